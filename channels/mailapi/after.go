package mailapi

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gatehouse/channels"
)

// touch does what `after` says to the messages that were stored. A refusal
// leaves them for the next time and is told: it costs no message, and to do it
// twice does no harm.
func (p *Poller) touch(ctx context.Context, in channels.Session, f *folder) error {
	if !p.options.Touch || len(f.at.Due) == 0 {
		return f.move(ctx, in, f.at) // what the store took off the list is off it for whoever polls next, too
	}
	next := f.at
	for _, id := range f.at.Due {
		err := p.source.Touch(ctx, f.name, id)
		switch {
		case err == nil, errors.Is(err, ErrGone):
			next.Due = without(next.Due, id)
		case Refused(err) != nil && !p.busy(err) && !channels.ReauthNeeded(err):
			f.trouble = fmt.Errorf("what after says is not done: %w", err)
			return f.move(ctx, in, next)
		default:
			return errors.Join(err, f.move(ctx, in, next))
		}
	}
	return f.move(ctx, in, next)
}

func without(ids []string, id string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(other string) bool { return other == id })
}

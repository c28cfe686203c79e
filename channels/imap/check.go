package imap

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gatehouse/channels"
)

var _ channels.Checker = (*Poller)(nil)

// Check signs in and looks at each folder, read-only; see channels.Checker.
func (p *Poller) Check(ctx context.Context) (string, error) {
	if err := p.connect(ctx); err != nil {
		return "", err
	}
	defer p.Close()
	defer p.conn.watch(ctx)()
	var says []string
	var refused error
	for _, f := range p.folders {
		data, err := p.conn.enter(f.name, true)
		r := refusal(err)
		switch {
		case r != nil && !passing(r):
			refused = errors.Join(refused, fmt.Errorf("folder %q: %w", f.name, r))
		case err != nil:
			return "", err
		case data.UIDValidity == 0:
			refused = errors.Join(refused, fmt.Errorf("folder %q: %w", f.name, errNoValidity))
		default:
			says = append(says, fmt.Sprintf("%s has %d messages, UIDVALIDITY %d", f.name, data.NumMessages, data.UIDValidity))
		}
	}
	return strings.Join(says, "; "), refused
}

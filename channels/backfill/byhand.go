package backfill

import (
	"context"
	"errors"

	"gatehouse/channels"
	"gatehouse/ingest"
)

var errOnce = errors.New("the provider lists each message once only: it cannot be asked for a time, but by the setting backfill")

// Backfill goes through the list for an order; it needs no setting. What is
// older than the channel is history. See channels.Backfiller.
func (p *Poller) Backfill(ctx context.Context, in channels.Session, b ingest.Backfill) (n ingest.BackfillCount, err error) {
	if p.list.Once {
		return n, errOnce
	}
	for _, number := range p.numbers() {
		at, err := in.Cursor(ctx, number)
		if err != nil {
			return n, err
		}
		for _, w := range windows(p.kept(b.Since.UTC(), false), b.Until.UTC(), p.now(), p.list.Longest) {
			w.Number = number
			g := p.gather(in, w, p.now(), at)
			g.order, g.count = &b, &n
			if err := g.read(ctx); err != nil {
				return n, err
			}
			if err := g.rest(ctx); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

// rest stores what was found, and leaves the cursor.
func (g *gathering) rest(ctx context.Context) error {
	if len(g.found) == 0 {
		g.room.free()
		return nil
	}
	return g.store(ctx, g.at)
}

var _ channels.Backfiller = (*Poller)(nil)

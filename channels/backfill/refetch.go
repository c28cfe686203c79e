package backfill

import (
	"context"
	"slices"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// late is for how long a message may have waited until it was refused, while
// the webhook or this program was away.
const late = 7 * 24 * time.Hour

// Refetch looks through the list for what an order wants; it needs no backfill.
// What left no row is taken only if the channel back-fills: else the list may be
// that of other channels, too. A list that gives each message once has none of
// them any longer. See channels.Refetcher.
func (p *Poller) Refetch(ctx context.Context, in channels.Session, o channels.Order) error {
	if p.list.Once {
		return nil
	}
	for _, number := range p.numbers() {
		at, err := in.Cursor(ctx, number)
		if err != nil {
			return err
		}
		from := p.kept(o.Since().Add(-late), false)
		for _, w := range windows(from, time.Time{}, p.now(), p.list.Longest) {
			w.Number = number
			a := &again{poller: p, in: in, order: o, window: w, room: room{in: in}, move: ingest.Move{Mailbox: number, From: at, To: at}}
			if err := a.look(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// again is one look through a window of a number's list for an order.
type again struct {
	poller *Poller
	in     channels.Session
	order  channels.Order
	window channels.Window
	move   ingest.Move
	found  []ingest.Arrival // in the list's order
	room   room
}

func (a *again) look(ctx context.Context) error {
	defer a.room.free()
	err := a.poller.eachPage(ctx, a.window, func(rows []channels.Row, size int64) error { return a.add(ctx, rows, size) })
	if err != nil {
		return err
	}
	return a.store(ctx)
}

// add takes what is wanted of a page of size octets.
func (a *again) add(ctx context.Context, rows []channels.Row, size int64) error {
	rows = slices.DeleteFunc(rows, func(r channels.Row) bool { return r.Key == "" })
	wants, err := a.order.Wants(ctx, keysOf(rows))
	if err != nil {
		return err
	}
	full, err := a.room.add(ctx, 2*size)
	if err != nil {
		return err
	}
	for i, r := range rows {
		if err := a.choose(ctx, r, wants[i]); err != nil {
			return err
		}
	}
	if len(a.found) < maxGathered && !full {
		return nil
	}
	return a.store(ctx)
}

func (a *again) choose(ctx context.Context, r channels.Row, want ingest.Want) error {
	unheard := want == ingest.Unheard
	old := !r.At.IsZero() && r.At.Before(a.in.Since())
	if want != ingest.Wanted && !unheard || unheard && (a.poller.list.Backfill == 0 || old) {
		return nil
	}
	r, size, err := a.poller.whole(ctx, r)
	if err != nil {
		return err
	}
	if _, err := a.room.add(ctx, 2*size); err != nil {
		return err
	}
	arrival := a.poller.arrival(a.poller.now(), r)
	if unheard {
		if means, err := a.order.Means(ctx, arrival.Message); err != nil || !means {
			return err
		}
	}
	ban, err := a.in.Refuses(ctx, arrival.Message)
	if err != nil {
		return err
	}
	if ban != 0 {
		a.order.Leave(ingest.SkipRefused)
		return nil
	}
	a.found = append(a.found, arrival)
	return nil
}

// store hands over what was found, oldest first.
func (a *again) store(ctx context.Context) error {
	defer a.room.free()
	a.poller.order(a.found)
	for batch := range slices.Chunk(a.found, maxBatch) {
		move := a.move
		if err := a.order.Take(ctx, ingest.Batch{Arrivals: batch, Move: &move}); err != nil {
			return err
		}
	}
	a.found = nil
	return nil
}

var _ channels.Refetcher = (*Poller)(nil)

package twilio

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

// Refetch looks through Twilio's list for what an order wants; it needs no
// backfill. What left no row is taken only if the channel back-fills: else the
// list may be that of other channels, too. See channels.Refetcher.
func (p *Poller) Refetch(ctx context.Context, in channels.Session, o channels.Order) error {
	for _, number := range p.numbers {
		at, err := in.Cursor(ctx, number)
		if err != nil {
			return err
		}
		a := &again{poller: p, in: in, order: o, room: room{in: in}, move: ingest.Move{Mailbox: number, From: at, To: at}}
		if err := a.look(ctx); err != nil {
			return err
		}
	}
	return nil
}

// again is one look through a number's list for an order.
type again struct {
	poller *Poller
	in     channels.Session
	order  channels.Order
	move   ingest.Move
	found  []ingest.Arrival // newest first
	room   room
}

func (a *again) look(ctx context.Context) error {
	defer a.room.free()
	first := a.poller.api.first(a.move.Mailbox, a.order.Since().Add(-late))
	err := a.poller.eachPage(ctx, first, func(rows []row, size int) error { return a.add(ctx, rows, size) })
	if err != nil {
		return err
	}
	return a.store(ctx)
}

// add takes what is wanted of a page of size octets.
func (a *again) add(ctx context.Context, rows []row, size int) error {
	rows = slices.DeleteFunc(rows, func(r row) bool { return r.outbound() || r.err != nil })
	keys := make([]string, len(rows))
	for i, r := range rows {
		keys[i] = r.key()
	}
	wants, err := a.order.Wants(ctx, keys)
	if err != nil {
		return err
	}
	full, err := a.room.add(ctx, int64(2*size))
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

func (a *again) choose(ctx context.Context, r row, want ingest.Want) error {
	unheard := want == ingest.Unheard
	if want != ingest.Wanted && !unheard || unheard && (a.poller.every == 0 || r.sentBefore(a.in.Since())) {
		return nil
	}
	arrival := r.arrival(a.poller.now().UTC().Truncate(time.Second))
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
	slices.Reverse(a.found)
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

package backfill

import (
	"context"
	"slices"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// gathering is what the look through one window has found and not yet stored,
// in the list's order.
type gathering struct {
	poller *Poller
	in     channels.Session
	window channels.Window
	began  time.Time
	at     string          // the cursor
	seen   map[string]bool // a row moves to the next page when a new one comes
	found  []ingest.Arrival
	room   room
}

func (p *Poller) gather(in channels.Session, w channels.Window, began time.Time, at string) *gathering {
	return &gathering{poller: p, in: in, window: w, began: began, at: at, seen: map[string]bool{}, room: room{in: in}}
}

// read goes through the window. What was found is stored before it returns where
// memory or the list's order ask for it.
func (g *gathering) read(ctx context.Context) error {
	err := g.poller.eachPage(ctx, g.window, func(rows []channels.Row, size int64) error { return g.add(ctx, rows, size) })
	if err != nil {
		g.room.free()
	}
	return err
}

// add takes the messages of a page of size octets.
func (g *gathering) add(ctx context.Context, rows []channels.Row, size int64) error {
	rows, err := g.fresh(ctx, rows)
	if err != nil {
		return err
	}
	full, err := g.room.add(ctx, 2*size)
	for _, r := range rows {
		if err != nil {
			return err
		}
		full, err = g.take(ctx, r, full)
	}
	if err != nil || g.poller.list.NewestFirst && !g.poller.list.Once && len(g.found) < maxGathered && !full {
		return err
	}
	if len(g.found) == 0 {
		return nil
	}
	return g.store(ctx, g.at)
}

// fresh leaves out what was on a page before, and where each message costs a
// request what is known.
func (g *gathering) fresh(ctx context.Context, rows []channels.Row) (fresh []channels.Row, err error) {
	for _, r := range rows {
		name := nameOfRow(r)
		if !g.seen[name] {
			fresh = append(fresh, r)
		}
		g.seen[name] = true
	}
	if g.poller.list.More == nil {
		return fresh, nil
	}
	known, err := g.in.Known(ctx, keysOf(fresh))
	if err != nil {
		return nil, err
	}
	n := -1
	return slices.DeleteFunc(fresh, func(r channels.Row) bool { n++; return r.Key != "" && known[n] }), nil
}

// nameOfRow tells a row from the others of its list.
func nameOfRow(r channels.Row) string {
	if r.Key == "" {
		return "row " + string(r.Element)
	}
	return "key " + r.Key
}

func keysOf(rows []channels.Row) []string {
	keys := make([]string, len(rows))
	for i, r := range rows {
		keys[i] = r.Key
	}
	return keys
}

// take reads a row.
func (g *gathering) take(ctx context.Context, r channels.Row, full bool) (bool, error) {
	r, size, err := g.poller.whole(ctx, r)
	if err != nil {
		return full, err
	}
	if size > 0 {
		if full, err = g.room.add(ctx, 2*size); err != nil {
			return full, err
		}
	}
	g.found = append(g.found, g.poller.arrival(g.began, r))
	return full, nil
}

// end stores what was found, moves the cursor, and returns it.
func (g *gathering) end(ctx context.Context, to string) (at string, err error) {
	err = g.store(ctx, to)
	return g.at, err
}

// store stores what was found, oldest first, and moves the cursor with the last
// batch. An empty batch moves it, too.
func (g *gathering) store(ctx context.Context, to string) error {
	defer g.room.free()
	if g.poller.list.NewestFirst {
		slices.Reverse(g.found)
	}
	for first := true; first || len(g.found) > 0; first = false {
		n := min(len(g.found), maxBatch)
		move := &ingest.Move{Mailbox: g.window.Number, From: g.at, To: g.at}
		if n == len(g.found) {
			move.To = to
		}
		if _, err := g.in.Receive(ctx, ingest.Batch{Arrivals: g.found[:n], Move: move}); err != nil {
			return err
		}
		g.at, g.found = move.To, g.found[n:]
	}
	g.found = nil
	return nil
}

// arrival is a row's message, received at the given time.
func (p *Poller) arrival(at time.Time, r channels.Row) ingest.Arrival {
	a := p.list.Read.Arrival(channels.Stamp{At: at, Row: true, Product: r.Product, Outer: r.Outer}, r.Element)
	a.Message.Recovered = true
	return a
}

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
	order  *ingest.Backfill // that asks; without an ID it is time
	count  *ingest.BackfillCount
}

func (p *Poller) gather(in channels.Session, w channels.Window, began time.Time, at string) *gathering {
	return &gathering{poller: p, in: in, window: w, began: began, at: at, seen: map[string]bool{}, room: room{in: in},
		order: &ingest.Backfill{}, count: &ingest.BackfillCount{}}
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
	rows = g.unseen(rows)
	g.count.Listed += len(rows)
	if g.order.DryRun {
		return g.wouldBe(ctx, rows)
	}
	rows, err := g.costly(ctx, rows)
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
	if err != nil || g.poller.later() && len(g.found) < maxGathered && !full {
		return err
	}
	if len(g.found) == 0 {
		return nil
	}
	return g.store(ctx, g.at)
}

// later reports that what is found is stored after older rows that may follow.
func (p *Poller) later() bool { return (p.list.NewestFirst || p.list.Mixed) && !p.list.Once }

// unseen leaves out what was on a page before.
func (g *gathering) unseen(rows []channels.Row) (unseen []channels.Row) {
	for _, r := range rows {
		name := nameOfRow(r)
		if !g.seen[name] {
			unseen = append(unseen, r)
		}
		g.seen[name] = true
	}
	return unseen
}

// costly leaves out what is known where each message costs a request.
func (g *gathering) costly(ctx context.Context, rows []channels.Row) ([]channels.Row, error) {
	if g.poller.list.More == nil {
		return rows, nil
	}
	known, err := g.in.Known(ctx, g.keys(rows))
	n := -1
	return slices.DeleteFunc(rows, func(channels.Row) bool { n++; return err == nil && known[n] }), err
}

// wouldBe counts what nobody knows of.
func (g *gathering) wouldBe(ctx context.Context, rows []channels.Row) error {
	known, err := g.in.Known(ctx, g.keys(rows))
	for _, k := range known {
		if !k {
			g.count.New++
		}
	}
	return err
}

// keys are those of rows; one that cannot be read has that of its arrival.
func (g *gathering) keys(rows []channels.Row) []string {
	keys := keysOf(rows)
	for i, key := range keys {
		if key == "" {
			keys[i] = g.poller.arrival(g.began, rows[i]).Keys[0]
		}
	}
	return keys
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
	a := g.poller.arrival(g.began, r)
	a.Message.Recovered = true
	// Lists count in seconds: what came in the one of the first connection is new.
	a.Message.Historic = !r.At.IsZero() && r.At.Before(g.in.Since().Truncate(time.Second))
	g.found = append(g.found, a)
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
	g.poller.order(g.found)
	for first := true; first || len(g.found) > 0; first = false {
		n := min(len(g.found), maxBatch)
		upto := g.at
		if n == len(g.found) {
			upto = to
		}
		if err := g.send(ctx, g.found[:n], upto); err != nil {
			return err
		}
		g.found = g.found[n:]
	}
	g.found = nil
	return nil
}

// send stores a batch. Where the database refuses its data the messages are
// stored one by one, and what is refused alone is dead with its bytes.
func (g *gathering) send(ctx context.Context, batch []ingest.Arrival, upto string) error {
	err := g.receive(ctx, batch, upto)
	if !ingest.Invalid(err) || len(batch) == 0 {
		return err
	}
	for i, a := range batch {
		err := g.receive(ctx, batch[i:i+1], g.at)
		if ingest.Invalid(err) {
			err = g.receive(ctx, []ingest.Arrival{channels.Rejected(a, "the store refuses what was read of it")}, g.at)
		}
		if err != nil {
			return err
		}
	}
	return g.receive(ctx, nil, upto)
}

func (g *gathering) receive(ctx context.Context, batch []ingest.Arrival, upto string) error {
	move := &ingest.Move{Mailbox: g.window.Number, From: g.at, To: upto}
	_, err := g.in.Receive(ctx, ingest.Batch{Arrivals: batch, Move: move, Backfill: g.order.ID})
	if err == nil {
		g.at = upto
	}
	return err
}

// arrival is a row's message, received at the given time.
func (p *Poller) arrival(at time.Time, r channels.Row) ingest.Arrival {
	return p.list.Read.Arrival(channels.Stamp{At: at, Row: true, Product: r.Product, Outer: r.Outer, Region: p.host.Region}, r.Element)
}

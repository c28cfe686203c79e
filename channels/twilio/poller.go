package twilio

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

const (
	// overlap is for how long Twilio may be behind with its list.
	overlap = time.Hour
	// firstLook is how far back the first look goes if nobody knows since
	// when the channel is in use.
	firstLook = 24 * time.Hour
	maxBatch  = 200
	// maxGathered bounds the rows in memory: beyond it they are stored before
	// the older ones are known.
	maxGathered = 10_000
	// maxPages ends a list that goes round in circles.
	maxPages = 20_000
)

// Poller asks Twilio's list of messages for what the webhook missed: all since
// the last moment that is known to be complete, and an hour more. What the
// webhook brought is known by its MessageSid.
//
// Twilio lists the newest first. They are stored oldest first, so that they
// stand in a conversation as they were written, and the cursor moves with the
// last of them.
type Poller struct {
	api     api
	numbers []string // to which the messages came; "" is any
	every   time.Duration
	now     func() time.Time
}

// openPoller makes a poller that never looks if the channel has no backfill.
func openPoller(decode channels.Settings, host channels.Host) (channels.Poller, error) {
	s, _, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	a, err := newAPI(s)
	if err != nil {
		return nil, err
	}
	p := &Poller{api: a, numbers: s.Numbers, every: s.Backfill, now: host.Now}
	if len(p.numbers) == 0 {
		p.numbers = []string{""}
	}
	return p, nil
}

// Poll stores what the webhook missed. See channels.Poller.
func (p *Poller) Poll(ctx context.Context, in channels.Session) error {
	if p.every == 0 {
		return nil
	}
	for _, number := range p.numbers {
		if err := p.look(ctx, in, number); err != nil {
			return err
		}
	}
	return nil
}

// look reads the list of one number from its cursor on.
func (p *Poller) look(ctx context.Context, in channels.Session, number string) error {
	at, err := in.Cursor(ctx, number)
	if err != nil {
		return err
	}
	began := p.now().UTC().Truncate(time.Second)
	from, err := p.from(at, in.Since())
	if err != nil {
		return err
	}
	g := &gathering{in: in, number: number, at: at, from: from, began: began, seen: map[string]bool{}, room: room{in: in}}
	defer g.room.free()
	if err := p.read(ctx, g, p.api.first(number, from)); err != nil {
		return err
	}
	complete := from
	if t := began.Add(-overlap); t.After(from) {
		complete = t
	}
	return g.store(ctx, complete.Format(time.RFC3339))
}

// read follows the pages to the end of the list.
func (p *Poller) read(ctx context.Context, g *gathering, next string) error {
	return p.eachPage(ctx, next, func(rows []row, size int) error { return g.add(ctx, rows, size) })
}

// eachPage follows the pages to the end of the list; size is a page's octets.
func (p *Poller) eachPage(ctx context.Context, next string, each func(rows []row, size int) error) error {
	for n := 0; next != ""; n++ {
		if n == maxPages {
			return fmt.Errorf("list messages: no end after %d pages", n)
		}
		body, err := p.api.get(ctx, next)
		if err != nil {
			return err
		}
		var rows []row
		if rows, next, err = p.api.page(body); err != nil {
			return err
		}
		if err := each(rows, len(body)); err != nil {
			return err
		}
	}
	return nil
}

// from is the moment from which on nothing is known to be complete.
func (p *Poller) from(cursor string, since time.Time) (time.Time, error) {
	switch {
	case cursor == "" && since.IsZero():
		return p.now().UTC().Add(-firstLook), nil
	case cursor == "":
		return since.UTC(), nil
	}
	from, err := time.Parse(time.RFC3339, cursor)
	if err != nil {
		return from, fmt.Errorf("cursor: %w", err)
	}
	return from, nil
}

// Wait returns when it is time to look again.
func (p *Poller) Wait(ctx context.Context) error {
	var again <-chan time.Time
	if p.every > 0 {
		t := time.NewTimer(p.every)
		defer t.Stop()
		again = t.C
	}
	select {
	case <-again:
	case <-ctx.Done():
	}
	return nil
}

// Close drops idle connections.
func (p *Poller) Close() error {
	p.api.client.CloseIdleConnections()
	return nil
}

// gathering is what one look has found and not yet stored, newest first.
type gathering struct {
	in          channels.Session
	number, at  string
	from, began time.Time
	seen        map[string]bool // a row moves to the next page when a new one comes
	found       []ingest.Arrival
	room        room
}

// add takes the messages of a page of size octets that are in the window.
func (g *gathering) add(ctx context.Context, rows []row, size int) error {
	full, err := g.room.add(ctx, int64(2*size))
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.outbound() || r.sentBefore(g.from) || g.seen[r.key()] {
			continue
		}
		g.seen[r.key()] = true
		g.found = append(g.found, r.arrival(g.began))
	}
	if len(g.found) < maxGathered && !full {
		return nil
	}
	return g.store(ctx, g.at)
}

// store stores what was found, oldest first, and moves the cursor with the
// last batch. An empty batch moves it, too.
func (g *gathering) store(ctx context.Context, to string) error {
	defer g.room.free()
	slices.Reverse(g.found)
	for first := true; first || len(g.found) > 0; first = false {
		n := min(len(g.found), maxBatch)
		move := &ingest.Move{Mailbox: g.number, From: g.at, To: g.at}
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

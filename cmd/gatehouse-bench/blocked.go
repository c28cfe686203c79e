package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gatehouse/ingest"
)

// blocked measures how long a supervisor waits for a page of the blocked list,
// with 100,000 messages of 5,000 visitors held: as it opens, and by filter. p50
// and p99 are of one page of 50 tickets with the counts above them, the rates
// are pages a second.
//
// The yardstick reads the ids of the 50 newest tickets by their index.
func blocked(ctx context.Context, b *bench) (lines []*line, err error) {
	p, err := b.host.place(ctx, channel{nowHeld, "chat", ingest.Chat})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.leave(ctx)) }()
	w := &leaving{
		settling: &settling{place: p, channel: nowHeld, n: b.sized(100_000), ledger: newLedger()},
		exit:     exit{name: "blocked"},
	}
	if err := w.hold(ctx, 0); err != nil {
		return nil, err
	}
	newest, err := p.store.Tickets(ctx, ingest.TicketFilter{})
	if err != nil {
		return nil, err
	}
	if len(newest.Items) == 0 {
		return nil, errors.New("the blocked list is empty")
	}
	views := viewsOf(newest.Items[0].ContactID, w.rule)
	list := []contestant{{name: "newest tickets by index", run: pages(p.yard.NewestTickets)}}
	for _, v := range views {
		list = append(list, contestant{name: v.name, run: pages(func(ctx context.Context) error {
			_, err := p.store.Tickets(ctx, v.filter)
			return err
		})})
	}
	laps, err := alternate(ctx, b.log, b.rounds, p.yard.Warm, list...)
	if err != nil {
		return nil, err
	}
	f, err := w.ledger.audit(ctx, p, nowHeld, string(ingest.Held), sentPost)
	for i, v := range views {
		l := compare(v.name, fmt.Sprintf("%s, %d messages held", v.does, w.n), laps[i+1], list[0].name, laps[0], 0)
		l.GoalP50 = v.goal
		l.found(f)
		lines = append(lines, l)
	}
	return lines, err
}

// view is a way to look at the blocked list; goal is in milliseconds.
type view struct {
	name, does string
	filter     ingest.TicketFilter
	goal       float64
}

func viewsOf(contact ingest.ID, rule int64) []view {
	const filtered = 150
	no := false
	return []view{
		{"blocked", "the list as it opens", ingest.TicketFilter{}, 100},
		{"blocked-contact", "by contact", ingest.TicketFilter{Contact: contact}, filtered},
		{"blocked-channel", "by channel", ingest.TicketFilter{Channel: nowHeld}, filtered},
		{"blocked-kind", "by kind", ingest.TicketFilter{Kind: string(ingest.Block)}, filtered},
		{"blocked-rule", "by rule", ingest.TicketFilter{Rule: rule}, filtered},
		{"blocked-expired", "by expiry", ingest.TicketFilter{Expired: &no}, filtered},
		{"blocked-text", "by text in the sender's name", ingest.TicketFilter{Text: "Visitor blocked1-7"}, filtered},
	}
}

// pagesARound is how many pages of a view are read in a round.
const pagesARound = 10

func pages(read func(context.Context) error) func(context.Context, int) (lap, error) {
	return func(ctx context.Context, _ int) (l lap, err error) {
		for range pagesARound {
			one, err := timed(1, func() error { return read(ctx) })
			if err != nil {
				return l, err
			}
			l.n, l.took, l.waits = l.n+1, l.took+max(one.took, time.Microsecond), append(l.waits, one.took)
		}
		return l, nil
	}
}

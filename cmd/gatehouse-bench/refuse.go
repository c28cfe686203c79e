package main

import (
	"context"
	"errors"
	"fmt"

	"gatehouse/cmd/gatehouse-bench/yard"
	"gatehouse/ingest"
)

// refuse measures what a banned sender's message costs, from its being handed
// to the store until it is decided, beside one that is let through: the same
// messages, received in batches of 200 and settled by 2 workers. The yardstick
// is the accepted ones, so the ratio says how many are refused in the time of
// one accepted. p50 and p99 are of one settle, or of one batch where there is
// none.
//
//	refuse         by a provider's webhook: its message is refused before it is stored
//	refuse-header  by a mail's header: its body was not downloaded, and it is refused as it is stored
func refuse(ctx context.Context, b *bench) (lines []*line, err error) {
	p, err := b.host.place(ctx, channel{hooked, "webhook", ingest.Hook}, channel{mailed, "imap", ingest.Email})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.leave(ctx)) }()
	r := &refusing{place: p, n: b.sized(10_000)}
	ban, err := p.block(ctx, ingest.Ban, "domain:banned.example.net")
	if err != nil {
		return nil, err
	}
	if err := p.store.Refresh(ctx, &p.judge); err != nil {
		return nil, err
	}
	laps, err := alternate(ctx, b.log, b.rounds, p.yard.Warm,
		r.contestant("refuse", hooked, banned, 0), r.contestant("accepted by webhook", hooked, welcome, 0),
		r.contestant("refuse-header", mailed, banned, ban), r.contestant("accepted mail", mailed, welcome, 0))
	if err != nil {
		return nil, err
	}
	lines = []*line{
		compare("refuse", "a banned sender by webhook", laps[0], "the same messages accepted", laps[1], 2),
		compare("refuse-header", "a banned sender by a mail's header", laps[2], "the same mails accepted", laps[3], 2),
	}
	f, err := r.audit(ctx)
	for _, l := range lines {
		l.Must = 2
		l.found(f)
	}
	return lines, err
}

// The channels of case refuse, and who writes.
const (
	hooked  = "hooked"
	mailed  = "mailed"
	banned  = "banned.example.net"
	welcome = "example.org"
)

// refusing is case refuse at work.
type refusing struct {
	*place
	n        int
	arrivals []ingest.Arrival
	accepted int // in all rounds, on both channels
	refused  int
}

// contestant has senders of a domain write; header is the ban that their mail
// has met already.
func (r *refusing) contestant(name, channel, domain string, header int64) contestant {
	return contestant{
		name: name,
		prepare: func(_ context.Context, round int) error {
			r.arrivals = letters(channel, fmt.Sprintf("%s%d", name, round), domain, r.n, header)
			return nil
		},
		run: func(ctx context.Context, _ int) (lap, error) {
			if domain == banned {
				r.refused += r.n
			} else {
				r.accepted += r.n
			}
			return r.take(ctx)
		},
	}
}

// letters are n messages by half as many senders. Of one refused by its header
// nothing more is known.
func letters(channel, round, domain string, n int, header int64) []ingest.Arrival {
	w, list := newWords(round), make([]ingest.Arrival, n)
	for i := range list {
		from := ingest.Identity{Kind: "email", Value: fmt.Sprintf("%s-%d@%s", round, i%max(n/2, 1), domain), How: ingest.Header}
		text := w.text(settleText)
		a := ingest.Arrival{
			Message: ingest.Message{Channel: channel, From: ingest.Sender{Identity: from, Address: from.Value},
				Identities: []ingest.Identity{from}, Subject: "Your order", Auto: ingest.AutoNone},
			Keys: []string{fmt.Sprintf("%s/%d", round, i)}, Refused: header, Content: ingest.Sum(text),
		}
		if header == 0 {
			a.Message.Text, a.Raw = text, []byte(text)
		}
		list[i] = a
	}
	return list
}

// take receives the arrivals, 200 at a time, and settles what waits.
func (r *refusing) take(ctx context.Context) (lap, error) {
	var waits lap
	l, err := timed(r.n, func() error {
		for from := 0; from < r.n; from += yard.BatchSize {
			batch := ingest.Batch{Arrivals: r.arrivals[from:min(from+yard.BatchSize, r.n)]}
			one, err := timed(1, func() error { _, err := r.store.Receive(ctx, batch); return err })
			if err != nil {
				return err
			}
			waits.waits = append(waits.waits, one.took)
		}
		lanes, err := r.store.Waiting(ctx)
		if err != nil || len(lanes) == 0 {
			return err
		}
		waits, err = drainLanes(ctx, r.store, &r.judge, lanes, 2)
		return err
	})
	l.waits = waits.waits
	return l, err
}

// audit asks the laws, and the store's account for what became of how many.
func (r *refusing) audit(ctx context.Context) (f findings, err error) {
	list, err := r.store.Accounts(ctx)
	if err != nil {
		return f, err
	}
	conversed, refused := 0, 0
	for _, a := range list {
		conversed, refused = conversed+int(a.Conversed), refused+int(a.Refused)
	}
	f.lost = max(r.accepted-conversed, 0) + max(r.refused-refused, 0)
	f.duplicated = max(conversed-r.accepted, 0) + max(refused-r.refused, 0)
	f.violations, err = r.violations(ctx)
	return f, err
}

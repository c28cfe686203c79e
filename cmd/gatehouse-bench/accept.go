package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"gatehouse/channels"
	"gatehouse/cmd/gatehouse-bench/yard"
	"gatehouse/ingest"
)

// accept measures how fast pushed messages are stored and acknowledged. 128
// clients each hand over one chat message at a time, made by the chat adapter,
// and wait until it is committed; what they wait is p50 and p99. In line
// accept they call the group commit in this process, in line accept-http they
// post to the chat door over HTTP on the loopback, on connections kept open:
// what that costs on top includes the clients' own part.
//
// The yardstick writes the same rows, known beforehand, to the same tables by
// plain unnest: 200 messages a transaction, two connections, one round trip
// each. It looks for no repeats and keeps no order.
//
// After each lap every fiftieth message is sent a second time, which must be
// answered with the message that stands.
func accept(ctx context.Context, b *bench) (lines []*line, err error) {
	chat := func(name string) channel { return channel{name, "chat", ingest.Chat} }
	p, err := b.host.place(ctx, chat("accept"), chat("accept-http"), chat("yard"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.leave(ctx)) }()
	n, group := b.sized(8000), channels.NewGroup(p.store, nil)
	inside := direct(group, n, b.options)
	outside, stop, err := overHTTP(group, n, b.options)
	if err != nil {
		return nil, err
	}
	defer stop()
	bare := &acceptYard{place: p, like: inside.name, n: n}
	laps, err := alternate(ctx, b.log, b.rounds, p.yard.Warm, inside.contestant(), outside.contestant(), bare.contestant())
	if err != nil {
		return nil, err
	}
	const against = "the same rows by plain unnest, 2 connections x 200"
	lines = []*line{
		compare(inside.name, fmt.Sprintf("%d clients on the group commit", b.clients), laps[0], against, laps[2], 0.6),
		compare(outside.name, fmt.Sprintf("%d clients on the chat door over HTTP", b.clients), laps[1], against, laps[2], 0),
	}
	return lines, errors.Join(inside.audit(ctx, p, lines[0]), outside.audit(ctx, p, lines[1]))
}

func (b *bench) sized(n int) int {
	if b.n > 0 {
		return b.n
	}
	return n
}

// clients send n messages, each client one at a time, and note what each waits.
func clients(ctx context.Context, clients, n int, send func(ctx context.Context, i int) error) (lap, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	waits := make([]time.Duration, n)
	var next atomic.Int64
	var wg sync.WaitGroup
	begin := time.Now()
	for range clients {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				at := time.Now()
				if err := send(ctx, i); err != nil {
					cancel(fmt.Errorf("message %d: %w", i, err))
				}
				waits[i] = time.Since(at)
			}
		})
	}
	wg.Wait()
	return lap{n: n, took: time.Since(begin), waits: waits}, context.Cause(ctx)
}

// again is which messages are sent twice: every again-th.
const again = 50

// pushing is clients that push chat posts to a channel of their own.
type pushing struct {
	name    string // of the line and of the channel
	n       int
	options options
	ledger  *ledger
	posts   []post
	ready   func() error // makes of the posts what send needs
	send    func(ctx context.Context, i int) (ingest.ID, error)
}

func (p *pushing) contestant() contestant { return contestant{p.name, p.prepare, p.run} }

// prepare makes a round's posts: each visitor writes twice.
func (p *pushing) prepare(_ context.Context, round int) error {
	p.posts = posts(fmt.Sprintf("%s%d", p.name, round), p.n, p.options.size, func(i int) string {
		return fmt.Sprintf("%s-%d-%d", p.name, round, i%((p.n+1)/2))
	})
	return p.ready()
}

func (p *pushing) run(ctx context.Context, _ int) (lap, error) {
	l, err := clients(ctx, p.options.clients, p.n, p.push)
	for i := 0; i < p.n && err == nil; i += again {
		err = p.push(ctx, i)
	}
	return l, err
}

func (p *pushing) push(ctx context.Context, i int) error {
	id, err := p.send(ctx, i)
	if err != nil {
		return err
	}
	return p.ledger.note(p.posts[i].ID, id)
}

func (p *pushing) audit(ctx context.Context, at *place, l *line) error {
	f, err := p.ledger.audit(ctx, at, p.name, "", sentPost)
	l.found(f)
	return err
}

// direct calls the group commit with what the chat adapter makes of posts.
func direct(g *channels.Group, n int, o options) *pushing {
	var list []ingest.Arrival
	p := &pushing{name: "accept", n: n, options: o, ledger: newLedger()}
	p.ready = func() (err error) {
		list, err = arrivals(p.name, p.posts)
		return err
	}
	p.send = func(ctx context.Context, i int) (ingest.ID, error) {
		receipt, err := g.Receive(ctx, list[i:i+1])
		if err != nil {
			return ingest.ID{}, err
		}
		return receipt.Results[0].ID, nil
	}
	return p
}

// acceptYard writes what a channel got in round 0, again and again.
type acceptYard struct {
	*place
	like string
	n    int
	rows []*yard.Row
	list []yard.Message
}

func (y *acceptYard) contestant() contestant { return contestant{"plain unnest", y.prepare, y.run} }

func (y *acceptYard) prepare(ctx context.Context, round int) (err error) {
	if y.rows == nil {
		if y.rows, err = y.yard.Last(ctx, y.like, y.n); err != nil {
			return err
		}
	}
	y.list = yard.Messages(y.rows, fmt.Sprint(round))
	return nil
}

func (y *acceptYard) run(ctx context.Context, _ int) (lap, error) {
	return timed(len(y.list), func() error { return y.yard.Accept(ctx, "yard", y.list) })
}

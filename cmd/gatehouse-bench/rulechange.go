package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"gatehouse/ingest"
)

// ruleChange measures how long setting or lifting a rule takes while a load
// runs: 16 visitors post to the chat door without a pause, and the program
// settles what they write. A change waits for the decisions under way, and no
// decision straddles it. p50 and p99 are of one change, from its call to its
// commit; the rates are changes a second of waiting.
//
// The yardstick is the same changes in an idle system.
func ruleChange(ctx context.Context, b *bench) (lines []*line, err error) {
	redis, err := b.host.redisURL(ctx)
	if err != nil {
		return nil, err
	}
	p, err := b.host.place(ctx, channel{meeting, "chat", ingest.Chat})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.leave(ctx)) }()
	c := &changing{
		place: p, n: b.sized(200), redis: redis,
		beside: &visitors{place: p, channel: meeting, n: 16, pause: time.Millisecond, ledger: newLedger()},
	}
	laps, err := alternate(ctx, b.log, b.rounds, p.yard.Warm,
		contestant{name: "rulechange", run: c.underLoad}, contestant{name: "rulechange in an idle system", run: c.idle})
	if err != nil {
		return nil, err
	}
	l := compare("rulechange", "rules set and lifted under load", laps[0], "an idle system", laps[1], 0)
	l.GoalP99 = 50
	f, err := c.beside.ledger.audit(ctx, p, meeting, string(ingest.Conversed), sentPost)
	l.found(f)
	return []*line{l}, err
}

// changing is case rulechange at work.
type changing struct {
	*place
	n      int // changes
	redis  string
	beside *visitors
}

func (c *changing) underLoad(ctx context.Context, round int) (l lap, err error) {
	m, err := c.machine(ctx, c.redis)
	if err != nil {
		return l, err
	}
	defer func() { err = errors.Join(err, m.close()) }()
	_, err = c.beside.accompany(ctx, m.queue.Hint, func() (err error) {
		l, err = c.idle(ctx, round)
		return err
	})
	if err != nil {
		return l, err
	}
	return l, c.drained(ctx)
}

// idle sets a rule and lifts it, again and again. Nobody writes from the
// addresses that the rules are on, so nothing is held.
func (c *changing) idle(ctx context.Context, round int) (l lap, err error) {
	for l.n < c.n {
		rule, took, err := c.set(ctx, fmt.Sprintf("visitor:nobody-%d-%d", round, l.n))
		if err != nil {
			return l, err
		}
		at := time.Now()
		if _, err := c.store.Lift(ctx, ingest.LiftOrder{Rules: []int64{rule}, Actor: "bench"}); err != nil {
			return l, err
		}
		l.waits = append(l.waits, took, time.Since(at))
		l.n, l.took = l.n+2, l.took+took+time.Since(at)
		time.Sleep(rand.N(10 * time.Millisecond))
	}
	return l, nil
}

func (c *changing) set(ctx context.Context, on string) (int64, time.Duration, error) {
	at := time.Now()
	rule, err := c.block(ctx, ingest.Block, on)
	return rule, time.Since(at), err
}

// block makes a rule stand.
func (p *place) block(ctx context.Context, kind ingest.RuleKind, on string) (int64, error) {
	target, err := ingest.ParseTarget(on)
	if err != nil {
		return 0, err
	}
	set, err := p.store.SetRule(ctx, ingest.RuleOrder{Kind: kind, Target: target, Reason: "bench", Actor: "bench"})
	return set.Rule.ID, err
}

// drained waits until nothing waits to be decided.
func (p *place) drained(ctx context.Context) error {
	return await(ctx, "nothing waits", func() (bool, error) {
		lanes, err := p.store.Waiting(ctx)
		return len(lanes) == 0, err
	})
}

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gatehouse/cmd/gatehouse-bench/yard"
	"gatehouse/ingest"
)

// replay measures Unblock All: a rule on an address holds 100,000 chat messages
// of 5,000 visitors; it is lifted, and until the job is done, each message
// received again, decided and in a conversation, the program is at work as it
// always is: job runner, hints through Redis, 4 workers. p50 and p99 are of a
// job's step.
//
//	replay       nothing else goes on
//	replay-busy  visitors write meanwhile; p50 and p99 are of their posts, from sending to acknowledgement
//
// The yardstick is one set-based statement, written by hand, in one transaction:
// it leaves the same rows, in conversations known to nobody else, moves each
// message once instead of twice, and neither judges anything nor lets anybody
// else at the rows meanwhile.
func replay(ctx context.Context, b *bench) ([]*line, error) {
	return wayOut(ctx, b, exit{
		name: "replay", choice: ingest.UnblockAll, ends: ingest.Conversed, goal: 0.25, must: 1.0 / 6,
		statement: func(ctx context.Context, w *leaving) error { return w.yard.Unblock(ctx, yardHeld, w.trail) },
	})
}

// purge measures Delete All the same way; its yardstick deletes the same by one
// statement.
func purge(ctx context.Context, b *bench) ([]*line, error) {
	return wayOut(ctx, b, exit{
		name: "purge", choice: ingest.DeleteAll, ends: ingest.Purged, goal: 0.4, must: 0.4,
		statement: func(ctx context.Context, w *leaving) error { return w.yard.Purge(ctx, yardHeld) },
	})
}

// The channels of cases replay and purge.
const (
	nowHeld  = "held"
	yardHeld = "yard"
	meeting  = "meanwhile"
)

// perVisitor is how many messages a visitor has written.
const perVisitor = 20

// exit is a way out of the blocked list.
type exit struct {
	name       string
	choice     ingest.HeldChoice
	ends       ingest.State
	goal, must float64
	statement  func(context.Context, *leaving) error
}

func wayOut(ctx context.Context, b *bench, e exit) (lines []*line, err error) {
	redis, err := b.host.redisURL(ctx)
	if err != nil {
		return nil, err
	}
	chat := func(name string) channel { return channel{name, "chat", ingest.Chat} }
	p, err := b.host.place(ctx, chat(nowHeld), chat(yardHeld), chat(meeting))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.leave(ctx)) }()
	w := &leaving{
		settling: &settling{place: p, channel: nowHeld, n: b.sized(100_000), ledger: newLedger()}, exit: e, redis: redis,
		beside: &visitors{place: p, channel: meeting, n: 8, pause: 80 * time.Millisecond, ledger: newLedger()},
	}
	laps, err := alternate(ctx, b.log, b.rounds, p.yard.Warm, w.alone(), w.bare(), w.busy())
	if err != nil {
		return nil, err
	}
	const against = "one set-based statement"
	lines = []*line{
		compare(e.name, "the program alone", laps[0], against, laps[1], e.goal),
		compare(e.name+"-busy", "with 8 visitors who write meanwhile", laps[2], against, laps[1], 0),
	}
	lines[0].Must, lines[1].GoalP99 = e.must, 100
	for _, l := range lines {
		l.GoalLongest = 100
	}
	return lines, w.judgeAll(ctx, lines)
}

// leaving is cases replay and purge at work.
type leaving struct {
	*settling
	exit
	redis  string
	beside *visitors
	rule   int64
	rows   []*yard.Row // what was held in round 0
	times  int         // that messages were held
	trail  string      // of a message that left
}

func (w *leaving) alone() contestant {
	return contestant{w.name, w.hold, func(ctx context.Context, _ int) (lap, error) {
		return w.lift(ctx, func(_ context.Context, _ *machine, do func() error) ([]time.Duration, error) { return nil, do() })
	}}
}

func (w *leaving) busy() contestant {
	return contestant{w.name + "-busy", w.hold, func(ctx context.Context, _ int) (lap, error) {
		return w.lift(ctx, func(ctx context.Context, m *machine, do func() error) ([]time.Duration, error) {
			return w.beside.accompany(ctx, m.queue.Hint, do)
		})
	}}
}

func (w *leaving) bare() contestant {
	return contestant{w.name + " by one statement", w.holdCopies, func(ctx context.Context, _ int) (lap, error) {
		return timed(w.n, func() error { return w.statement(ctx, w) })
	}}
}

// blockedAddress is where the posts of package yard's arrivals come from.
const blockedAddress = "ip:192.0.2.7"

// hold has new visitors write under a block.
func (w *leaving) hold(ctx context.Context, _ int) (err error) {
	if w.rule, err = w.block(ctx, ingest.Block, blockedAddress); err != nil {
		return err
	}
	w.times++
	name := fmt.Sprintf("%s%d", w.name, w.times)
	list := posts(name, w.n, settleText, func(i int) string { return fmt.Sprintf("%s-%d", name, i%max(w.n/perVisitor, 1)) })
	if err := w.receive(ctx, list); err != nil {
		return err
	}
	if _, err = w.work(ctx, 2); err == nil && w.rows == nil {
		w.rows, err = w.yard.Last(ctx, nowHeld, w.n)
	}
	return err
}

// holdCopies holds what Gatehouse held in round 0 once more, in a channel of
// the yardstick's own.
func (w *leaving) holdCopies(ctx context.Context, round int) (err error) {
	last, err := w.yard.Last(ctx, nowHeld, 1)
	if err != nil {
		return err
	}
	w.trail = last[0].Trail
	rule, err := w.block(ctx, ingest.Block, "visitor:nobody")
	if err != nil {
		return err
	}
	if err := w.yard.Accept(ctx, yardHeld, yard.Messages(w.rows, fmt.Sprint(round))); err != nil {
		return err
	}
	return w.yard.Hold(ctx, yardHeld, rule)
}

// lift lets what is held leave, with the machine at work and visitors beside it.
func (w *leaving) lift(ctx context.Context, beside func(context.Context, *machine, func() error) ([]time.Duration, error)) (l lap, err error) {
	m, err := w.machine(ctx, w.redis)
	if err != nil {
		return l, err
	}
	defer func() { err = errors.Join(err, m.close()) }()
	l.n = w.n
	l.waits, err = beside(ctx, m, func() error {
		begin := time.Now()
		lifted, err := w.store.Lift(ctx, ingest.LiftOrder{Rules: []int64{w.rule}, Held: w.choice, Actor: "bench"})
		if err == nil {
			err = await(ctx, "the job is done", func() (bool, error) { return w.yard.Ended(ctx, lifted.Job) })
		}
		l.took = time.Since(begin)
		return err
	})
	if err != nil {
		return l, err
	}
	l.steps = m.stepped()
	if l.waits == nil {
		l.waits = l.steps
	}
	return l, w.drained(ctx)
}

// await asks again and again.
func await(ctx context.Context, what string, done func() (bool, error)) error {
	for end := time.Now().Add(5 * patience); ; time.Sleep(5 * time.Millisecond) {
		if ok, err := done(); ok || err != nil {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("waited in vain until %s", what)
		}
	}
}

// judgeAll looks where all the messages are.
func (w *leaving) judgeAll(ctx context.Context, lines []*line) error {
	look := func(l *ledger, channel string, ends ingest.State) (findings, error) {
		if ends == ingest.Purged {
			return l.auditPurged(ctx, w.place, channel)
		}
		return l.audit(ctx, w.place, channel, string(ends), sentPost)
	}
	left, err := look(w.ledger, nowHeld, w.ends)
	if err != nil {
		return err
	}
	came, err := look(w.beside.ledger, meeting, ingest.Conversed)
	lines[0].found(left)
	lines[1].found(findings{left.lost + came.lost, left.duplicated + came.duplicated, came.violations})
	return err
}

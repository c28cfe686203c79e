package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"

	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"go.yaml.in/yaml/v3"

	"gatehouse/channels"
	"gatehouse/channels/imap"
	"gatehouse/ingest"
)

// idle measures what mailboxes cost that wait: 200 of them, each polled by its
// runner under its lease and listening with IDLE. CPU and memory are the
// process's, and so those of the mail server in it, too. Then a mail comes into
// each at once: p50 and p99 are from its delivery to its commit. There is no
// yardstick.
func idle(ctx context.Context, b *bench) (lines []*line, err error) {
	n := b.sized(200)
	w := &watchers{came: map[string]time.Time{}, mails: corpus(n), ledgers: map[string]*ledger{}}
	var list []channel
	for i := range n {
		list = append(list, channel{mailChannel(i), "imap", ingest.Email})
		w.ledgers[mailChannel(i)] = newLedger()
	}
	if w.place, err = b.host.place(ctx, list...); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.leave(ctx)) }()
	if err := w.open(n); err != nil {
		return nil, err
	}
	defer w.box.close()
	defer w.start(ctx, n)()
	fmt.Fprintf(b.log, "idle: %d mailboxes are watched for %v\n", n, b.quiet)
	if err := w.wait(ctx, n, func() int { return len(w.well) }); err != nil {
		return nil, err
	}
	l := &line{Case: "idle", Does: fmt.Sprintf("%d mailboxes in IDLE, then a mail into each", n), N: n, Rounds: 1,
		Against: "nothing", GoalCPU: 2, GoalMemory: 150}
	if l.CPU, err = burnt(ctx, b.quiet); err != nil {
		return nil, err
	}
	l.Memory = resident()
	if err := w.deliver(ctx, n, l); err != nil {
		return nil, err
	}
	return []*line{l}, w.audit(ctx, n, l)
}

// watchers is case idle at work. It is the store as the runners see it.
type watchers struct {
	*place
	box     *mailbox
	users   []*imapmemserver.User
	mails   [][]byte
	ledgers map[string]*ledger

	mu   sync.Mutex
	well map[string]bool      // channels that have polled
	came map[string]time.Time // when a channel's mail was committed
	err  error
}

func (w *watchers) open(n int) (err error) {
	w.well = map[string]bool{}
	for i := range n {
		u, err := newUser(fmt.Sprint(mailUser, i))
		if err != nil {
			return err
		}
		w.users = append(w.users, u)
	}
	w.box, err = serveMail(w.users...)
	return err
}

// start runs all channels until the returned function is called.
func (w *watchers) start(ctx context.Context, n int) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	gates, memory := channels.NewGates(), channels.NewBudget(budget)
	for i := range n {
		host := hostOf(mailChannel(i))
		host.Gates = gates
		poller, err := imap.New(w.settings(i), host)
		if err != nil {
			w.err = err
			break
		}
		r := channels.Runner{
			Channel: mailChannel(i), Family: ingest.Email, Holder: "gatehouse-bench", Poller: poller,
			Store: &listener{w.store, w}, Budget: memory, Log: slog.New(slog.DiscardHandler),
		}
		group.Go(func() { r.Run(ctx) })
	}
	return func() { cancel(); group.Wait() }
}

func (w *watchers) settings(i int) channels.Settings {
	return func(into any) error {
		return yaml.Unmarshal(fmt.Appendf(nil, "{host: 127.0.0.1, port: %d, tls: none, username: %s%d, password: %s, start: all}",
			w.box.port, mailUser, i, mailPassword), into)
	}
}

// wait waits until n have done what is counted.
func (w *watchers) wait(ctx context.Context, n int, counted func() int) error {
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		w.mu.Lock()
		got, err := counted(), w.err
		w.mu.Unlock()
		switch {
		case err != nil || got == n:
			return err
		case ctx.Err() != nil || time.Now().After(deadline):
			return fmt.Errorf("%d of %d mailboxes were heard of: %w", got, n, ctx.Err())
		}
	}
}

// deliver brings a mail into each mailbox and waits for all of them.
func (w *watchers) deliver(ctx context.Context, n int, l *line) error {
	sent := make([]time.Time, n)
	for i, u := range w.users {
		sent[i] = time.Now()
		if err := deliver(u, w.mails[i]); err != nil {
			return err
		}
	}
	if err := w.wait(ctx, n, func() int { return len(w.came) }); err != nil {
		return err
	}
	var took []time.Duration
	last := sent[0]
	for i := range n {
		w.ledgers[mailChannel(i)].expect(mailID(i))
		at := w.came[mailChannel(i)]
		took = append(took, at.Sub(sent[i]))
		if at.After(last) {
			last = at
		}
	}
	one := []lap{{n: n, took: last.Sub(sent[0]), waits: took}}
	l.Rate = round(median(rates(one)), 0)
	ms := waits(one)
	l.P50, l.P99 = round(quantile(ms, 0.5), 3), round(quantile(ms, 0.99), 3)
	return nil
}

// audit compares every channel with what was sent to it.
func (w *watchers) audit(ctx context.Context, n int, l *line) error {
	var sum findings
	for i := range n {
		f, err := w.ledgers[mailChannel(i)].audit(ctx, w.place, mailChannel(i), "", sentMail)
		if err != nil {
			return err
		}
		sum.lost, sum.duplicated, sum.violations = sum.lost+f.lost, sum.duplicated+f.duplicated, f.violations
	}
	l.found(sum)
	return nil
}

// listener is the store, with an ear on what is stored and reported.
type listener struct {
	channels.Store
	of *watchers
}

func (s *listener) Receive(ctx context.Context, b ingest.Batch) (ingest.Receipt, error) {
	receipt, err := s.Store.Receive(ctx, b)
	s.of.mu.Lock()
	defer s.of.mu.Unlock()
	for i := range receipt.Results {
		channel := b.Arrivals[i].Message.Channel
		name, unnamed := sentMail(b.Arrivals[i].Raw)
		s.of.err = errors.Join(s.of.err, unnamed, s.of.ledgers[channel].note(name, receipt.Results[i].ID))
		s.of.came[channel] = time.Now()
	}
	return receipt, err
}

// Report hears that a mailbox was polled.
func (s *listener) Report(ctx context.Context, name string, h ingest.Health) error {
	s.of.mu.Lock()
	s.of.well[name] = true
	if h.State != "ok" {
		s.of.err = errors.Join(s.of.err, fmt.Errorf("%s is %s: %s", name, h.State, h.Error))
	}
	s.of.mu.Unlock()
	return s.Store.Report(ctx, name, h)
}

// burnt is how much of a core the process takes in a time, in per cent.
func burnt(ctx context.Context, d time.Duration) (float64, error) {
	runtime.GC() // what the start left
	before, at := processor(), time.Now()
	select {
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-time.After(d):
	}
	return round(100*(processor()-before).Seconds()/time.Since(at).Seconds(), 2), nil
}

func processor() time.Duration {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// resident is the process's memory in MiB, as Linux tells it; 0 elsewhere.
func resident() float64 {
	b, err := os.ReadFile("/proc/self/statm")
	var size, pages int64
	if _, bad := fmt.Sscan(string(b), &size, &pages); err != nil || bad != nil {
		return 0
	}
	return round(float64(pages*int64(os.Getpagesize()))/(1<<20), 1)
}

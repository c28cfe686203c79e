package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"gatehouse/cmd/gatehouse-bench/yard"
	"gatehouse/ingest"
)

// ledger is a case's own list of what was acknowledged to it: the sender's id
// of a message, and ours. It is safe for concurrent use.
type ledger struct {
	mu    sync.Mutex
	acked map[string]ingest.ID
}

func newLedger() *ledger { return &ledger{acked: map[string]ingest.ID{}} }

// note records an acknowledgement. A repeat must name the message that stands.
func (l *ledger) note(sent string, id ingest.ID) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if before, ok := l.acked[sent]; ok && before != id {
		return fmt.Errorf("%s was acknowledged as %s and then as %s", sent, before, id)
	}
	l.acked[sent] = id
	return nil
}

// expect says that a message must have been acknowledged.
func (l *ledger) expect(sent string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.acked[sent]; !ok {
		l.acked[sent] = ingest.ID{}
	}
}

// findings are what is wrong with what a case stored.
type findings struct{ lost, duplicated, violations int }

// audit compares a channel with the list and asks the laws. sent finds the
// sender's id in the raw bytes: the store's own keys have no say. state, if
// not empty, is where all must be.
func (l *ledger) audit(ctx context.Context, p *place, channel, state string, sent func(raw []byte) (string, error)) (findings, error) {
	var f findings
	var bad error
	there, right := map[string]int{}, map[string]bool{}
	err := p.yard.Look(ctx, channel, func(s yard.Stored) {
		name, err := sent(s.Raw)
		bad = errors.Join(bad, err)
		there[name]++
		if s.ID == l.acked[name] && (state == "" || s.State == state) {
			right[name] = true
		}
	})
	if err = errors.Join(err, bad); err != nil {
		return f, fmt.Errorf("look at what is stored: %w", err)
	}
	for name := range l.acked {
		if !right[name] {
			f.lost++
		}
		f.duplicated += max(there[name]-1, 0)
	}
	f.violations, err = p.violations(ctx)
	return f, err
}

// auditPurged holds that of each message of the list only a row without words
// is left, and asks the laws.
func (l *ledger) auditPurged(ctx context.Context, p *place, channel string) (findings, error) {
	var f findings
	there := map[ingest.ID]bool{}
	err := p.yard.Look(ctx, channel, func(s yard.Stored) {
		if s.State == string(ingest.Purged) && len(s.Raw) == 0 {
			there[s.ID] = true
		}
	})
	if err != nil {
		return f, fmt.Errorf("look at what is stored: %w", err)
	}
	for _, id := range l.acked {
		if !there[id] {
			f.lost++
		}
	}
	f.violations, err = p.violations(ctx)
	return f, err
}

// violations asks the laws.
func (p *place) violations(ctx context.Context) (n int, err error) {
	verdict, err := p.store.Verify(ctx, time.Time{})
	for _, v := range verdict.Violations {
		n += v.N
	}
	return n, err
}

package channels

import (
	"context"
	"fmt"
	"hash/fnv"
	"time"

	"gatehouse/ingest"
)

// Reconciler is a Poller whose source can be compared with what became of it.
type Reconciler interface {
	Poller
	// Reconcile says of every mail that the source has, up to the cursors, where
	// it is, and takes what nobody knows of. What the source refuses is said in
	// the books; an error ends the connection, as with Poll.
	Reconcile(ctx context.Context, in Session, b Books) ([]ingest.FolderBooks, error)
}

// Books is what a Reconciler asks.
type Books interface {
	// States says of each key in which state its message is; "" if nobody knows
	// of it.
	States(ctx context.Context, keys []string) ([]ingest.State, error)
	// Uncounted reports whether a message is one that a ban may have refused
	// without keeping a row, judged by its header.
	Uncounted(ctx context.Context, m ingest.Message) (bool, error)
}

// Mended asks, after a mail that nobody knew of was stored, whether it is known
// now: else it says why not. The store takes a mail whose key it has for a
// repeat, even if its message is lost.
func Mended(ctx context.Context, b Books, key string) (says string, err error) {
	states, err := b.States(ctx, []string{key})
	if err == nil && states[0] == "" {
		says = "its key is known, but its message is gone from the database: see gatehouse verify"
	}
	return says, err
}

// Reconciliations is what a runner needs of the store for them.
type Reconciliations interface {
	StatesOf(ctx context.Context, channel string, keys []string) ([]ingest.State, error)
	RefusedUncounted(ctx context.Context, channel string, m ingest.Message) (bool, error)
	// Reconciled notes the outcome, with the error if there is none, and when it
	// is due again.
	Reconciled(ctx context.Context, channel string, books []ingest.FolderBooks, cause string, next time.Time) error
}

// reconcile compares the source with the store if it is time.
func (r *Runner) reconcile(ctx context.Context, s *session) error {
	if !r.reconcileDue() {
		return nil
	}
	source := r.Poller.(Reconciler)
	books, err := source.Reconcile(ctx, s, ledger{s})
	cause := ""
	if err != nil {
		cause = plain(err.Error())
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if told := r.Reconciliations.Reconciled(ctx, r.Channel, books, cause, NextNight(time.Now(), r.Location, r.Channel)); told != nil {
		return fmt.Errorf("reconcile: %w", told)
	}
	if err != nil {
		return fmt.Errorf("reconcile: %w", err)
	}
	return nil
}

func (r *Runner) reconcileDue() bool {
	_, can := r.Poller.(Reconciler)
	return can && r.Reconciliations != nil && r.ReconcileDue != nil && r.ReconcileDue()
}

type ledger struct{ s *session }

func (l ledger) States(ctx context.Context, keys []string) ([]ingest.State, error) {
	return l.s.runner.Reconciliations.StatesOf(ctx, l.s.runner.Channel, keys)
}

func (l ledger) Uncounted(ctx context.Context, m ingest.Message) (bool, error) {
	return l.s.runner.Reconciliations.RefusedUncounted(ctx, l.s.runner.Channel, m)
}

// NextNight is when a channel is next reconciled by itself: after three in the
// morning, each channel at a minute of its own.
func NextNight(now time.Time, in *time.Location, channel string) time.Time {
	if in == nil {
		in = time.UTC
	}
	h := fnv.New32a()
	h.Write([]byte(channel))
	y, m, d := now.In(in).Date()
	night := time.Date(y, m, d, 3, int(h.Sum32()%60), 0, 0, in)
	if !night.After(now) {
		night = time.Date(y, m, d+1, 3, night.Minute(), 0, 0, in)
	}
	return night
}

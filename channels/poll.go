package channels

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"gatehouse/ingest"
)

// Store is what a runner needs of the store.
type Store interface {
	// Receive stores a batch whole, or fails with ErrFenced if its Move's
	// guard does.
	Receive(ctx context.Context, b ingest.Batch) (ingest.Receipt, error)
	// Acquire takes the channel's lease; ErrFenced while another has it.
	Acquire(ctx context.Context, channel, holder string, ttl time.Duration) (ingest.Lease, error)
	// Renew prolongs the lease; ErrFenced if it is another's by now.
	Renew(ctx context.Context, channel string, token int64, ttl time.Duration) error
	// Release gives the lease back: its holder did not die at work.
	Release(ctx context.Context, channel string, token int64) error
	// Cursor is the place reached in a mailbox, "" at first.
	Cursor(ctx context.Context, channel, mailbox string, fence int64) (string, error)
	// Attempt commits one more try at reading a message.
	Attempt(ctx context.Context, channel, mailbox, key string) (int, error)
	// Report notes how the channel fares.
	Report(ctx context.Context, channel string, h ingest.Health) error
}

// Runner runs one channel's poller. Any number of replicas may run the same
// channel: the one that has the lease polls.
type Runner struct {
	Channel string
	Family  ingest.Family
	Holder  string // names this process in the lease, for people
	Poller  Poller
	Store   Store
	Budget  *Budget
	Log     *slog.Logger
	// Refuses names the ban that refuses a message, from memory; nil: none does.
	Refuses func(ctx context.Context, m ingest.Message) (int64, error)
	// Hint tells the workers which lanes have work; it must not block. nil: nobody is told.
	Hint func(lanes []int)
	// Count notes what a source gave besides messages; nil: nobody counts.
	Count func(ctx context.Context, channel string, b ingest.Besides) error
	// Paused says that an administrator has paused the channel; nil: never.
	Paused func() bool
	// Orders is where orders to fetch again come from, Ordered says from memory
	// that one waits for this channel; nil: none does.
	Orders  Orders
	Ordered func() bool
	// Reconciliations is where what the source has is compared with, ReconcileDue
	// says from memory that it is time, Location has the nights; nil: it never is.
	Reconciliations Reconciliations
	ReconcileDue    func() bool
	Location        *time.Location

	// Backfills is where orders to ask for the messages of a time come from,
	// BackfillDue says from memory that one waits; nil: none does.
	Backfills   Backfills
	BackfillDue func() bool

	reported ingest.Health
	when     time.Time
}

// okEvery is how often an unchanged good health is reported.
const okEvery = 30 * time.Second

// Run polls whenever this process has the lease, until ctx ends. By then the
// poller is closed and the lease given back.
func (r *Runner) Run(ctx context.Context) {
	for ctx.Err() == nil {
		if !r.paused() {
			asked := time.Now()
			lease, err := r.Store.Acquire(ctx, r.Channel, r.Holder, leaseTTL)
			switch {
			case err == nil:
				r.hold(ctx, lease, asked)
			case !errors.Is(err, ingest.ErrFenced) && ctx.Err() == nil:
				r.Log.Warn("lease not to be had", "channel", r.Channel, "err", err)
			}
		}
		sleep(ctx, leaseTTL/3)
	}
}

// poll goes round until ctx ends or the session is fenced.
func (r *Runner) poll(ctx context.Context, s *session) {
	defer r.close()
	for failures := 0; ctx.Err() == nil; {
		err := r.round(ctx, s)
		switch {
		case err == nil:
			failures = 0
			continue
		case ctx.Err() != nil || errors.Is(err, ingest.ErrFenced):
			return
		}
		if s.progress.Swap(false) {
			failures = 0 // a source that gives something each time is not given up on
		}
		failures++
		r.close()
		r.failed(ctx, err, failures)
		if r.rest(ctx, pauseAfter(failures, err), err) {
			failures = 0
		}
	}
}

// round polls once, fetches again what was ordered, and waits for more. A panic is an error, after which the
// poller goes carefully: the message that caused it must not do so for ever.
func (r *Runner) round(ctx context.Context, s *session) (err error) {
	defer func() {
		if p := recover(); p != nil {
			s.careful = true
			err = fmt.Errorf("reader panicked: %T", p) // the value may quote the message
			r.Log.Error("reader panicked", "channel", r.Channel, "type", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
		}
	}()
	err = r.Poller.Poll(ctx, s)
	if err != nil && !InPart(err) {
		return errors.Join(fmt.Errorf("poll: %w", err), r.ordersAfter(ctx, s, err))
	}
	s.careful = false
	r.polled(ctx, err)
	if err := r.refetch(ctx, s); err != nil {
		return err
	}
	if err := r.backfill(ctx, s); err != nil {
		return err
	}
	if err := r.reconcile(ctx, s); err != nil {
		return err
	}
	if err := r.wait(ctx); err != nil {
		return fmt.Errorf("wait: %w", err)
	}
	return nil
}

// ordersAfter asks for the messages of a time though polling failed: another
// time may well be listed, and who ordered hears why not.
func (r *Runner) ordersAfter(ctx context.Context, s *session, failed error) error {
	if ctx.Err() != nil || errors.Is(failed, ingest.ErrFenced) {
		return nil
	}
	return r.backfill(ctx, s)
}

func (r *Runner) close() {
	if err := r.Poller.Close(); err != nil {
		r.Log.Debug("closing the source failed", "channel", r.Channel, "err", err)
	}
}

// polled reports a round that took over all, or all but a part. That is logged
// once and not with each round.
func (r *Runner) polled(ctx context.Context, part error) {
	h := ingest.Health{State: "ok"}
	if part != nil {
		h = ingest.Health{State: "failing", Error: plain(part.Error())}
		if h != r.reported {
			r.Log.Warn("a part of the source cannot be polled", "channel", r.Channel, "err", part)
		}
	}
	r.report(ctx, h)
}

func (r *Runner) failed(ctx context.Context, err error, failures int) {
	state := "failing"
	if ReauthNeeded(err) {
		state = "needs_reauth"
	}
	r.Log.Warn("polling failed", "channel", r.Channel, "state", state, "failures", failures, "err", err)
	r.report(ctx, ingest.Health{State: state, Error: plain(err.Error())})
}

// report tells the store how the channel fares: every change and failure at
// once, an unchanged good health now and then.
func (r *Runner) report(ctx context.Context, h ingest.Health) {
	if h.State == "ok" && h == r.reported && time.Since(r.when) < okEvery {
		return
	}
	if err := r.Store.Report(ctx, r.Channel, h); err != nil {
		r.Log.Warn("health not reported", "channel", r.Channel, "err", err)
		return
	}
	r.reported, r.when = h, time.Now()
}

func (r *Runner) hint(lanes []int) {
	if r.Hint != nil && len(lanes) > 0 {
		r.Hint(lanes)
	}
}

func (r *Runner) paused() bool { return r.Paused != nil && r.Paused() }

package channels

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gatehouse/ingest"
)

// leaseTTL is how long a lease lasts without renewal. A replica that waits for
// it asks each third, so it takes over at most 4/3 of this after its holder
// died: 13.4 s.
const leaseTTL = 10 * time.Second

// hold polls under the lease until it is lost, ctx ends or the channel is
// paused, then closes the poller and gives the lease back. asked is when the
// lease was asked for.
func (r *Runner) hold(ctx context.Context, lease ingest.Lease, asked time.Time) {
	held, lose := context.WithCancelCause(ctx)
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		lose(r.keep(held, lease.Token, asked))
	}()
	r.poll(held, &session{runner: r, lease: lease, lose: lose, careful: lease.Careful})
	lose(nil)
	<-kept
	if cause := context.Cause(held); ctx.Err() == nil && !errors.Is(cause, context.Canceled) {
		r.Log.Info("polling stopped", "channel", r.Channel, "cause", cause)
	}
	r.release(ctx, lease)
}

// keep renews the lease each third of its life, faster after a failure, and
// returns why it must not be relied on any longer, or nil when ctx ends.
func (r *Runner) keep(ctx context.Context, token int64, good time.Time) error {
	next := leaseTTL / 3
	for sleep(ctx, next) {
		if r.paused() {
			return ErrPaused
		}
		asked := time.Now()
		err := r.renew(ctx, token, good.Add(leaseTTL))
		switch {
		case err == nil:
			good, next = asked, leaseTTL/3
		case errors.Is(err, ingest.ErrFenced):
			return err
		case time.Since(good) >= leaseTTL:
			return fmt.Errorf("lease not renewed in time: %w", err)
		default:
			next = min(leaseTTL/10, time.Until(good.Add(leaseTTL)))
		}
	}
	return nil
}

func (r *Runner) renew(ctx context.Context, token int64, ends time.Time) error {
	ctx, cancel := context.WithDeadline(ctx, ends)
	defer cancel()
	return r.Store.Renew(ctx, r.Channel, token, leaseTTL)
}

// release gives the lease back even though ctx may have ended: otherwise the
// next holder would take this orderly end for a death at work.
func (r *Runner) release(ctx context.Context, lease ingest.Lease) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaseTTL/2)
	defer cancel()
	if err := r.Store.Release(ctx, r.Channel, lease.Token); err != nil && !errors.Is(err, ingest.ErrFenced) {
		r.Log.Warn("lease not given back", "channel", r.Channel, "err", err)
	}
}

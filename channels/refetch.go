package channels

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gatehouse/ingest"
)

// Refetcher is a Poller whose source keeps what was taken from it, so that it
// can be asked for it once more: mail that a ban refused, or the body of one
// that was too large.
type Refetcher interface {
	Poller
	// Refetch looks through what the source still has up to the cursors, asks
	// what of it is wanted, and hands that over. It takes nothing that is new.
	// Nil means that all of it was looked at; it may be called again from the
	// start, and then finds what was taken no longer wanted. An error ends the
	// connection, as with Poll.
	Refetch(ctx context.Context, in Session, o Order) error
}

// Order is what a Refetcher asks while it looks.
type Order interface {
	// Wants says of each key whether its message is wanted. Of those that are
	// Unheard, Means tells.
	Wants(ctx context.Context, keys []string) ([]ingest.Want, error)
	// Means reports whether a message that left no row may be one of those
	// refused, judged by its header.
	Means(ctx context.Context, m ingest.Message) (bool, error)
	// Take stores messages with their content, in one transaction. The batch
	// needs a Move, which may leave the cursor where it is. What is not wanted
	// any longer is passed over.
	Take(ctx context.Context, b ingest.Batch) error
	// Leave counts a message that was found and is not taken, by one of the
	// reasons of ingest.SkipGone.
	Leave(why string)
	// Since is the hour of the first refusal: nothing older by its acceptance
	// is wanted.
	Since() time.Time
	// Whole reports that messages are wanted which are larger than is usual.
	Whole() bool
	// Careful reports that an earlier try did not end: what is read may end the
	// process.
	Careful() bool
}

// Orders is what a runner needs of the store to ask its source once more.
type Orders interface {
	// NextRefetch is what the channel is asked for; ErrNotFound: nothing.
	NextRefetch(ctx context.Context, channel string) (ingest.RefetchPart, error)
	WantedKeys(ctx context.Context, p ingest.RefetchPart, keys []string) ([]ingest.Want, error)
	MeantByRule(ctx context.Context, p ingest.RefetchPart, m ingest.Message) (bool, error)
	// Refetched stores a batch; ErrConflict: the order was cancelled.
	Refetched(ctx context.Context, p ingest.RefetchPart, b ingest.Batch) (ingest.Receipt, error)
	// EndRefetch says that the source was looked through; left counts by why
	// what was found and not taken.
	EndRefetch(ctx context.Context, p ingest.RefetchPart, left map[string]int) error
}

// refetchTries is how often an order is tried at a source before it is ended
// as failed: each try is committed before it, so that a message which ends the
// process stops nobody for ever.
const refetchTries = 10

// refetch works off the orders that wait for the channel. Whoever has the
// lease does; what another left unfinished is begun again.
func (r *Runner) refetch(ctx context.Context, s *session) error {
	for r.ordered() && ctx.Err() == nil {
		part, err := r.Orders.NextRefetch(ctx, r.Channel)
		if errors.Is(err, ingest.ErrNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("what to fetch again: %w", err)
		}
		if err := r.refetchPart(ctx, s, part); err != nil {
			return fmt.Errorf("fetch again: %w", err)
		}
	}
	return nil
}

func (r *Runner) refetchPart(ctx context.Context, s *session, part ingest.RefetchPart) error {
	source, ok := r.Poller.(Refetcher)
	if !ok {
		return r.Orders.EndRefetch(ctx, part, map[string]int{ingest.SkipNoSource: maxSkipped})
	}
	tries, err := s.Attempt(ctx, "", fmt.Sprintf("job %d", part.Job))
	if err != nil {
		return err
	}
	if tries > refetchTries {
		r.Log.Error("fetching again is given up", "channel", r.Channel, "job", part.Job, "tries", tries-1)
		return r.Orders.EndRefetch(ctx, part, map[string]int{ingest.SkipFailed: maxSkipped})
	}
	o := &order{session: s, part: part, left: map[string]int{}, careful: tries > 1}
	err = source.Refetch(ctx, s, o)
	if errors.Is(err, ingest.ErrConflict) {
		return nil // it was cancelled
	}
	if err != nil {
		return err
	}
	return r.Orders.EndRefetch(ctx, part, o.left)
}

// maxSkipped stands for all that is left.
const maxSkipped = 1 << 30

// order is a part of an order in the hands of a Refetcher.
type order struct {
	session *session
	part    ingest.RefetchPart
	left    map[string]int
	careful bool
}

func (o *order) Wants(ctx context.Context, keys []string) ([]ingest.Want, error) {
	return o.session.runner.Orders.WantedKeys(ctx, o.part, keys)
}

func (o *order) Means(ctx context.Context, m ingest.Message) (bool, error) {
	return o.session.runner.Orders.MeantByRule(ctx, o.part, m)
}

func (o *order) Take(ctx context.Context, b ingest.Batch) error {
	r := o.session.runner
	b.Move = o.session.own(b.Move)
	address(b.Arrivals, r.Channel, r.Family)
	receipt, err := r.Orders.Refetched(ctx, o.part, b)
	if err != nil {
		return o.session.fenced(err)
	}
	r.hint(receipt.Lanes)
	return nil
}

func (o *order) Leave(why string) { o.left[why]++ }
func (o *order) Since() time.Time { return o.part.Since }
func (o *order) Whole() bool      { return o.part.Rule == 0 }
func (o *order) Careful() bool    { return o.careful }

func (r *Runner) ordered() bool { return r.Orders != nil && r.Ordered != nil && r.Ordered() }

// wanted reports that somebody waits for the poller to do something else.
func (r *Runner) wanted() bool { return r.ordered() || r.reconcileDue() || r.backfillDue() }

// lookEvery is how often a poller that waits is asked whether an order came.
const lookEvery = time.Second

// wait waits for more, or until an order comes: then the wait is cut off, and
// with it the connection.
func (r *Runner) wait(ctx context.Context) error {
	if r.Ordered == nil && r.ReconcileDue == nil && r.BackfillDue == nil {
		return r.Poller.Wait(ctx)
	}
	waiting, wake := context.WithCancel(ctx)
	looked := make(chan struct{})
	go func() {
		defer close(looked)
		defer wake()
		for sleep(waiting, lookEvery) && !r.wanted() {
		}
	}()
	err := r.Poller.Wait(waiting)
	cut := waiting.Err() != nil && ctx.Err() == nil
	wake()
	<-looked
	if cut {
		r.close()
		return nil
	}
	return err
}

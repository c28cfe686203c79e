package channels

import (
	"context"
	"errors"
	"fmt"

	"gatehouse/ingest"
)

// Backfiller is a Poller whose source can be asked for the messages of a time.
type Backfiller interface {
	Poller
	// Backfill goes through what the source lists from an order's Since to its
	// Until, and takes what nobody knows of, in batches that name the order and
	// leave the cursors where they are; of a dry run it only counts that. It may be
	// called again from the start, and then finds known what was taken. An error
	// that is not ingest.Temporary says that no other try helps.
	Backfill(ctx context.Context, in Session, b ingest.Backfill) (ingest.BackfillCount, error)
}

// Backfills is what a runner needs of the store for them.
type Backfills interface {
	// NextBackfill is the oldest order of the channel, and counts a try at it;
	// ErrNotFound: there is none.
	NextBackfill(ctx context.Context, channel string) (ingest.Backfill, error)
	// RetryBackfill notes why it could not be done this time.
	RetryBackfill(ctx context.Context, id int64, cause string) error
	// EndBackfill says what it came to, or with a cause why nothing more comes of it.
	EndBackfill(ctx context.Context, id int64, n ingest.BackfillCount, cause string) error
}

// backfillTries is how often an order is begun before it has failed: each try is
// committed before it, so that one which ends the process does not do so for ever.
const backfillTries = 10

// backfill works off the orders of the channel, the oldest first. What another
// process left unfinished is begun again.
func (r *Runner) backfill(ctx context.Context, s *session) error {
	for r.backfillDue() && ctx.Err() == nil {
		b, err := r.Backfills.NextBackfill(ctx, r.Channel)
		if errors.Is(err, ingest.ErrNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("what to back-fill: %w", err)
		}
		if err := r.backfillOne(ctx, s, b); err != nil {
			return fmt.Errorf("back-fill: %w", err)
		}
	}
	return nil
}

func (r *Runner) backfillOne(ctx context.Context, s *session, b ingest.Backfill) error {
	end := func(n ingest.BackfillCount, cause string) error { return r.Backfills.EndBackfill(ctx, b.ID, n, cause) }
	source, ok := r.Poller.(Backfiller)
	if !ok {
		return end(ingest.BackfillCount{}, "the provider of this channel cannot be asked for what it has")
	}
	if b.Tries > backfillTries {
		return end(ingest.BackfillCount{}, plain(fmt.Sprintf("given up after %d tries: %s", backfillTries, b.Error)))
	}
	n, err := source.Backfill(ctx, s, b)
	switch {
	case err == nil:
		return end(n, "")
	case ctx.Err() != nil || errors.Is(err, ingest.ErrFenced):
		return err
	case ReauthNeeded(err) || !ingest.Temporary(err):
		return end(n, plain(err.Error()))
	}
	return errors.Join(err, r.Backfills.RetryBackfill(ctx, b.ID, plain(err.Error())))
}

func (r *Runner) backfillDue() bool {
	return r.Backfills != nil && r.BackfillDue != nil && r.BackfillDue()
}

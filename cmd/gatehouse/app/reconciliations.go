package app

import (
	"context"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
	"gatehouse/ingest/postgres"
)

// reconciliations knows which channels' sources are to be compared with what
// became of them.
type reconciliations struct{ pauses }

// refresh asks anew; on an error what was last known holds.
func (r *reconciliations) refresh(ctx context.Context, store *postgres.Store) error {
	names, err := store.DueReconciliations(ctx)
	if err != nil {
		return err
	}
	r.set(names)
	return nil
}

// reconciling is the store, and forgets at once what has been done.
type reconciling struct {
	*postgres.Store
	due *reconciliations
}

func (r reconciling) Reconciled(ctx context.Context, channel string, books []ingest.FolderBooks, cause string, next time.Time) error {
	err := r.Store.Reconciled(ctx, channel, books, cause, next)
	if err == nil {
		r.due.drop(channel)
	}
	return err
}

// planReconciliations says when channels are first reconciled.
func (a *App) planReconciliations(ctx context.Context, c change) error {
	next := map[string]time.Time{}
	for name, j := range c.joined {
		if j.runner == nil {
			continue
		}
		if _, can := j.runner.Poller.(channels.Reconciler); can {
			next[name] = channels.NextNight(time.Now(), a.Config.Location(), name)
		}
	}
	return a.Store.PlanReconciliations(ctx, next)
}

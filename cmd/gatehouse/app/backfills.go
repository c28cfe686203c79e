package app

import (
	"context"
	"errors"

	"gatehouse/channels/all"
	"gatehouse/ingest"
	"gatehouse/ingest/postgres"
)

// backfills knows which channels' providers are to be asked by order.
type backfills struct{ pauses }

// refresh asks anew; on an error what was last known holds.
func (b *backfills) refresh(ctx context.Context, store *postgres.Store) error {
	names, err := store.Backfilling(ctx)
	if err != nil {
		return err
	}
	b.set(names)
	return nil
}

// backfilling is the store, and forgets at once what has been done.
type backfilling struct {
	*postgres.Store
	due *backfills
}

func (b backfilling) NextBackfill(ctx context.Context, channel string) (ingest.Backfill, error) {
	next, err := b.Store.NextBackfill(ctx, channel)
	if errors.Is(err, ingest.ErrNotFound) {
		b.due.drop(channel)
	}
	return next, err
}

// listers are the kinds of channel whose providers can be asked for what they have.
func listers() []string {
	var names []string
	for _, kind := range all.Kinds {
		if kind.Lister != nil {
			names = append(names, kind.Name)
		}
	}
	return names
}

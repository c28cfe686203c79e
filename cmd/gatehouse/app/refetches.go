package app

import (
	"context"

	"gatehouse/channels/all"
	"gatehouse/ingest/postgres"
)

// refetches knows which channels' sources are to be asked once more.
type refetches struct{ pauses }

// refresh asks anew; on an error what was last known holds.
func (r *refetches) refresh(ctx context.Context, store *postgres.Store) error {
	names, err := store.Fetching(ctx)
	if err != nil {
		return err
	}
	r.set(names)
	return nil
}

// sources are the kinds of channel that have a source to ask.
func sources() []string {
	var names []string
	for _, kind := range all.Kinds {
		if kind.Poller != nil {
			names = append(names, kind.Name)
		}
	}
	return names
}

package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var sqlMessagesChanges = statement("messages_changes")

// Changes lists what edits, takes back or reacts to the messages, by message and
// in the order of receipt, as far as it is in one of the states; at most 1,000
// in all.
func (s *Store) Changes(ctx context.Context, ids []ingest.ID, states []ingest.State) (map[ingest.ID][]ingest.Stored, error) {
	rows, err := s.pool.Query(ctx, sqlMessagesChanges, ids, statesOf(states))
	if err != nil {
		return nil, classify(err)
	}
	var of, change ingest.ID
	var targets, changes []ingest.ID
	_, err = pgx.ForEachRow(rows, []any{&of, &change}, func() error {
		targets, changes = append(targets, of), append(changes, change)
		return nil
	})
	if err != nil || changes == nil {
		return nil, classify(err)
	}
	list, err := s.stored(ctx, changes)
	byTarget := map[ingest.ID][]ingest.Stored{}
	for i, m := range list {
		byTarget[targets[i]] = append(byTarget[targets[i]], m)
	}
	return byTarget, classify(err)
}

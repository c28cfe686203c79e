package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var sqlSurvivor = "select survivor($1)"

// survivor is whom a contact was merged into, else itself; an id that is nobody's
// stays what it is. It changes under the exclusive rules lock alone.
func survivor(ctx context.Context, q querier, id ingest.ID) (ingest.ID, error) {
	var now ingest.ID
	err := q.QueryRow(ctx, sqlSurvivor, id).Scan(&now)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && now.IsZero() {
		return id, nil
	}
	return now, err
}

// targetNow is a rule's target as facts name it: of a contact that was merged
// whom it was merged into.
func targetNow(ctx context.Context, q querier, t ingest.Target) (ingest.Target, error) {
	if t.Kind != "contact" {
		return t, nil
	}
	id, err := ingest.ParseID(t.Value)
	if err != nil {
		return t, err
	}
	id, err = survivor(ctx, q, id)
	t.Value = id.String()
	return t, err
}

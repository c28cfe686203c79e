package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var sqlGiveUp = statement("give_up")

// giveUp makes a message dead that could not be settled alone, so that those
// behind it in its lane go on. If another settle has had it meanwhile, nothing
// is left to do.
func (s *Store) giveUp(ctx context.Context, lane int, id ingest.ID, cause error) error {
	err := s.tx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock(2, $1)", lane); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, sqlGiveUp, id, text(cause.Error()))
		return err
	})
	if err != nil {
		return fmt.Errorf("give up message %s: %w", id, err)
	}
	return nil
}

package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

var sqlGiveUp = statement("give_up")

// giveUp makes the first message of a lane dead after it could not be settled
// alone, so that those behind it go on.
func (s *Store) giveUp(ctx context.Context, lane int, cause error) error {
	err := s.tx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock(2, $1)", lane); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, sqlGiveUp, lane, text(cause.Error()))
		return err
	})
	if err != nil {
		return fmt.Errorf("give up a message of lane %d: %w", lane, err)
	}
	return nil
}

package postgres

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlRulesEnded   = statement("rules_ended")
	sqlRulesExpired = statement("rules_expired")
)

// byExpiry is who lifts a rule that has ended by the clock.
const byExpiry = "expiry"

// EndRules tells of the rules that have ended by the clock, lifts those that were
// to let go what they hold, and starts the jobs that do so. They are found by
// their state: any replica may, and each is lifted once. Rules that were to keep
// what they hold stay as they are.
func (s *Store) EndRules(ctx context.Context) error {
	err := s.tx(ctx, func(tx pgx.Tx) error {
		ended, err := numbers(tx.Query(ctx, sqlRulesExpired, s.now()))
		if err != nil || len(ended) == 0 {
			return err
		}
		return tellRules(ctx, tx, "rule.expired", ended...)
	})
	if err != nil {
		return fmt.Errorf("tell of rules that ended: %w", classify(err))
	}
	due, err := endedRules(ctx, s.pool, s.now())
	if err == nil && len(due) > 0 {
		err = s.tx(ctx, func(tx pgx.Tx) error { return s.endRules(ctx, tx) })
	}
	if err != nil {
		return fmt.Errorf("end rules: %w", classify(err))
	}
	return nil
}

func endedRules(ctx context.Context, q querier, now time.Time) ([]int64, error) {
	return numbers(q.Query(ctx, sqlRulesEnded, now))
}

func numbers(rows pgx.Rows, err error) ([]int64, error) {
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[int64])
}

// endRules asks again under the lock: another replica may have been quicker, or
// somebody put the end off. Whoever makes room for rules that have ended calls
// it first.
func (s *Store) endRules(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, sqlRulesLock); err != nil {
		return err
	}
	for {
		due, err := endedRules(ctx, tx, s.now())
		if err != nil || len(due) == 0 {
			return err
		}
		var epoch int64
		if err := tx.QueryRow(ctx, sqlEpochRaise).Scan(&epoch); err != nil {
			return err
		}
		for _, id := range due {
			if err := endRule(ctx, tx, id, ingest.ExpiryRelease, epoch); err != nil {
				return err
			}
		}
	}
}

// endRule lifts a rule that has ended by the clock, under the exclusive rules
// lock, and starts the job that lets go what it holds if that was its wish.
func endRule(ctx context.Context, tx pgx.Tx, id int64, wish ingest.OnExpiry, epoch int64) error {
	held := ingest.KeepHeld
	if wish == ingest.ExpiryRelease {
		held = ingest.UnblockAll
	}
	rules := []int64{id}
	if _, err := tx.Exec(ctx, sqlRuleLift, rules, byExpiry, held, epoch); err != nil {
		return err
	}
	if err := record(ctx, tx, byExpiry, "rule.lift", "rule:"+strconv.FormatInt(id, 10), map[string]any{"held": held}); err != nil {
		return err
	}
	if err := tellRules(ctx, tx, "rule.lifted", rules...); err != nil {
		return err
	}
	var holds bool
	if err := tx.QueryRow(ctx, sqlRulesHoldAny, rules).Scan(&holds); err != nil || !holds || held == ingest.KeepHeld {
		return err
	}
	_, err := startLiftJob(ctx, tx, ingest.LiftOrder{Rules: rules, Held: held, Actor: byExpiry}, rules, epoch)
	return err
}

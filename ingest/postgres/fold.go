package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

var (
	sqlWaiting      = statement("waiting")
	sqlFoldIntake   = statement("fold_intake")
	sqlFoldHits     = statement("fold_hits")
	sqlFoldRulings  = statement("fold_rulings")
	sqlCloseIdle    = statement("close_idle")
	sqlTidy         = statement("tidy")
	sqlNeedsAnalyze = statement("needs_analyze")
)

// Waiting returns the lanes that hold waiting messages: by state, never by
// what an earlier look saw.
func (s *Store) Waiting(ctx context.Context) ([]int, error) {
	rows, err := s.pool.Query(ctx, sqlWaiting)
	if err != nil {
		return nil, classify(err)
	}
	lanes, err := pgx.CollectRows(rows, pgx.RowTo[int])
	return lanes, classify(err)
}

// foldMost is how many appended rows one statement sums up.
const foldMost = 10_000

// Fold sums up what was appended, all of it: the ledger, the hits of rules, and
// what people decided of what rules held.
// Then it seals the audit's new lines. Replicas may fold at once.
func (s *Store) Fold(ctx context.Context) error {
	for _, sql := range []string{sqlFoldIntake, sqlFoldHits, sqlFoldRulings} {
		for n := foldMost; n == foldMost; {
			if err := s.pool.QueryRow(ctx, sql, foldMost).Scan(&n); err != nil {
				return fmt.Errorf("fold: %w", classify(err))
			}
		}
	}
	return s.SealAudit(ctx)
}

// CloseIdle closes chat and SMS conversations that nobody wrote in for long.
func (s *Store) CloseIdle(ctx context.Context, chat, sms time.Duration) error {
	_, err := s.pool.Exec(ctx, sqlCloseIdle, chat, sms)
	return classify(err)
}

// Tidy removes events, attempts and idempotency records that are past their
// time.
func (s *Store) Tidy(ctx context.Context) error {
	_, err := s.pool.Exec(ctx, sqlTidy)
	return classify(err)
}

// Analyze renews the planner's statistics when the tables pass 1,000 and
// 10,000 messages: plans kept from empty tables halve the rate.
func (s *Store) Analyze(ctx context.Context) error {
	var needed bool
	if err := s.pool.QueryRow(ctx, sqlNeedsAnalyze).Scan(&needed); err != nil || !needed {
		return classify(err)
	}
	_, err := s.pool.Exec(ctx, "analyze messages, message_keys, bodies, raw, prints, contacts, identities, conversations, tickets, held_texts, transitions, events, deliveries")
	return classify(err)
}

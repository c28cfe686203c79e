package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var sqlRulesSince = statement("rules_since")

// Rules returns the rules changed after epoch, lifted ones included, with the
// epoch and the settings they belong to.
func (s *Store) Rules(ctx context.Context, after int64) ([]ingest.Rule, int64, ingest.Settings, error) {
	rules, epoch, settings, err := s.rulesSince(ctx, s.pool, after)
	return rules, epoch, settings, classify(err)
}

// rulesSince also learns how channels are called: scopes of rules name them.
func (s *Store) rulesSince(ctx context.Context, q querier, after int64) ([]ingest.Rule, int64, ingest.Settings, error) {
	settings, epoch, err := readSettings(ctx, q)
	if err != nil {
		return nil, 0, settings, err
	}
	rows, err := q.Query(ctx, sqlRulesSince, after)
	if err != nil {
		return nil, 0, settings, err
	}
	rules, err := pgx.CollectRows(rows, scanRule)
	if err != nil {
		return nil, 0, settings, err
	}
	return rules, epoch, settings, s.learnChannels(ctx, q)
}

// scanRule reads the columns of rules_since.
func scanRule(row pgx.CollectableRow) (ingest.Rule, error) {
	var r ingest.Rule
	err := row.Scan(&r.ID, &r.Kind, &r.Target.Kind, &r.Target.Value, &r.Reason, &r.Comment, &r.Scope, &r.SpareKnown,
		&r.CreatedBy, &r.CreatedAt, &r.ExpiresAt, &r.OnExpiry, &r.LiftedAt, &r.LiftedBy, &r.HeldChoice, &r.With,
		&r.Hits, &r.LastHitAt, &r.Epoch, &r.About)
	return r, err
}

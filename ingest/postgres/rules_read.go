package postgres

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlRulesSince        = statement("rules_since")
	sqlIdentitiesJoining = statement("identities_joining")
)

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
	if err == nil {
		err = errors.Join(knownOf(ctx, q, rules), s.keyed(ctx, q, rules))
	}
	if err != nil {
		return nil, 0, settings, err
	}
	return rules, epoch, settings, s.learnChannels(ctx, q)
}

// knownOf tells by what the contacts are known that have rules among these.
func knownOf(ctx context.Context, q querier, rules []ingest.Rule) error {
	on := map[ingest.ID][]int{}
	for i, r := range rules {
		if r.Target.Kind == "contact" && r.LiftedAt == nil {
			if id, err := ingest.ParseID(r.Target.Value); err == nil {
				on[id] = append(on[id], i)
			}
		}
	}
	if len(on) == 0 {
		return nil
	}
	rows, err := q.Query(ctx, sqlIdentitiesJoining, slices.Collect(maps.Keys(on)))
	if err != nil {
		return err
	}
	var contact ingest.ID
	var id ingest.Identity
	_, err = pgx.ForEachRow(rows, []any{&contact, &id.Kind, &id.Value, &id.How}, func() error {
		for _, i := range on[contact] {
			rules[i].Known = append(rules[i].Known, id)
		}
		return nil
	})
	return err
}

// scanRule reads the columns of rules_since.
func scanRule(row pgx.CollectableRow) (ingest.Rule, error) {
	var r ingest.Rule
	err := row.Scan(&r.ID, &r.Kind, &r.Target.Kind, &r.Target.Value, &r.Reason, &r.Comment, &r.Scope, &r.SpareKnown,
		&r.CreatedBy, &r.CreatedAt, &r.ExpiresAt, &r.OnExpiry, &r.LiftedAt, &r.LiftedBy, &r.HeldChoice, &r.With,
		&r.Hits, &r.LastHitAt, &r.Epoch, &r.About)
	return r, err
}

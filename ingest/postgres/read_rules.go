package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlRulesList = statement("rules_list")
	sqlRulesRead = statement("rules_read")
)

// ListRules lists rules, newest first, lifted and expired ones included. How
// many others share their targets is not counted.
func (s *Store) ListRules(ctx context.Context, f ingest.RuleFilter) (ingest.List[ingest.Rule], error) {
	m, err := after(f.After)
	if err != nil {
		return ingest.List[ingest.Rule]{}, err
	}
	limit := limitOf(f.Limit)
	if f.Review != nil {
		l, err := s.doubted(ctx, f, m, limit)
		if err != nil {
			err = fmt.Errorf("list rules to review: %w", classify(err))
		}
		return l, err
	}
	list, more, err := marks(ctx, s.pool, limit, byN, sqlRulesList,
		given(f.Kind), given(f.State), given(f.Target), m.n(), s.now(), limit+1)
	var items []ingest.Rule
	if err == nil {
		items, err = s.readRules(ctx, numbersOf(list))
	}
	if err != nil {
		return ingest.List[ingest.Rule]{}, fmt.Errorf("list rules: %w", classify(err))
	}
	return listed(items, list, more), nil
}

// Rule returns one rule, with the number of known contacts that its target
// names besides the one it was set from: see [Store.Named].
func (s *Store) Rule(ctx context.Context, id int64) (ingest.Rule, error) {
	list, err := s.readRules(ctx, []int64{id})
	r, err := one(list, classify(err), "rule", id)
	if err != nil {
		return r, err
	}
	named, err := s.Named(ctx, []ingest.Target{r.Target}, r.About)
	if err != nil {
		return r, err
	}
	r.SharedBy = &named[0]
	return r, nil
}

// rulesByID finds rules for what refers to them.
func rulesByID(ctx context.Context, q querier, ids []int64) (map[int64]*ingest.Rule, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, err := readRules(ctx, q, ids)
	known := make(map[int64]*ingest.Rule, len(list))
	for i := range list {
		known[list[i].ID] = &list[i]
	}
	return known, err
}

func (s *Store) readRules(ctx context.Context, ids []int64) ([]ingest.Rule, error) {
	list, err := readRules(ctx, s.pool, ids)
	if err != nil {
		return nil, err
	}
	at := make([]*ingest.Rule, len(list))
	for i := range list {
		at[i] = &list[i]
	}
	return list, s.namePersons(ctx, at...)
}

func readRules(ctx context.Context, q querier, ids []int64) ([]ingest.Rule, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := q.Query(ctx, sqlRulesRead, ids)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (ingest.Rule, error) {
		var r ingest.Rule
		var f ingest.RuleFigures
		err := row.Scan(&r.ID, &r.Kind, &r.Target.Kind, &r.Target.Value, &r.Reason, &r.Comment, &r.Scope, &r.SpareKnown,
			&r.CreatedBy, &r.CreatedAt, &r.ExpiresAt, &r.OnExpiry, &r.LiftedAt, &r.LiftedBy, &r.HeldChoice, &r.With,
			&r.Hits, &r.LastHitAt, &r.Held, &r.Epoch, &r.About,
			&f.FirstHitAt, &f.ReleasedWrong, &f.Deleted)
		f = f.Share()
		r.Figures = &f
		return r, err
	})
}

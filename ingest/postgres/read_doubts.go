package postgres

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var sqlRulesReview = statement("rules_review")

// doubted lists the rules about which there are doubts, with those. State is of
// no account: they are not lifted. Hits and decisions count when they are folded.
func (s *Store) doubted(ctx context.Context, f ingest.RuleFilter, m *mark, limit int) (ingest.List[ingest.Rule], error) {
	var none ingest.List[ingest.Rule]
	settings, _, err := readSettings(ctx, s.pool)
	if err != nil {
		return none, err
	}
	var idle *time.Time
	if settings.ReviewIdle > 0 {
		at := s.now().Add(-time.Duration(settings.ReviewIdle))
		idle = &at
	}
	rows, err := s.pool.Query(ctx, sqlRulesReview, planned, given(f.Kind), given(f.Target), m.n(), s.now(), idle,
		settings.ReviewWrong, ingest.LeastDecided, slices.Collect(maps.Keys(f.Review.Shadows)), limit+1)
	if err != nil {
		return none, err
	}
	var list []mark
	codes := map[int64][]ingest.DoubtCode{}
	var id int64
	var of []ingest.DoubtCode
	_, err = pgx.ForEachRow(rows, []any{&id, &of}, func() error {
		list, codes[id] = append(list, mark{N: id}), slices.Clone(of)
		return nil
	})
	if err != nil {
		return none, err
	}
	more := len(list) > limit
	list = list[:min(len(list), limit)]
	items, err := s.readRules(ctx, numbersOf(list))
	for i := range items {
		r := &items[i]
		for _, code := range codes[r.ID] {
			r.Doubts = append(r.Doubts, r.Doubted(code, f.Review.Shadows[r.ID]))
		}
	}
	return listed(items, list, more), err
}

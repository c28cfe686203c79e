package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var sqlAuditList = statement("audit_list")

// Audit lists who did what, newest first; subject "" lists all.
func (s *Store) Audit(ctx context.Context, subject string, p ingest.Part) (ingest.List[ingest.AuditEntry], error) {
	m, err := after(p.After)
	if err != nil {
		return ingest.List[ingest.AuditEntry]{}, err
	}
	limit := limitOf(p.Limit)
	rows, err := s.pool.Query(ctx, sqlAuditList, given(subject), m.n(), limit+1)
	if err != nil {
		return ingest.List[ingest.AuditEntry]{}, classify(err)
	}
	items, err := pgx.CollectRows(rows, pgx.RowToStructByPos[ingest.AuditEntry])
	list := make([]mark, 0, len(items))
	for _, e := range items {
		list = append(list, mark{N: e.ID})
	}
	return listed(items[:min(len(items), limit)], list, false), classify(err)
}

// Record notes that somebody did what is not a change of the store's own: that
// they read raw bytes, for one.
func (s *Store) Record(ctx context.Context, actor, action, subject string) error {
	return classify(record(ctx, s.pool, actor, action, subject, nil))
}

package postgres

import (
	"context"
	"encoding/hex"
	"strings"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlAuditList   = statement("audit_list")
	sqlAuditExport = statement("audit_export")
	sqlAuditOpened = statement("audit_opened")
)

// Audit lists who did what, newest first.
func (s *Store) Audit(ctx context.Context, f ingest.AuditFilter) (ingest.List[ingest.AuditEntry], error) {
	m, err := after(f.After)
	if err != nil {
		return ingest.List[ingest.AuditEntry]{}, err
	}
	limit := limitOf(f.Limit)
	rows, err := s.pool.Query(ctx, sqlAuditList, planned, given(f.Actor), wild(f.Action), wild(f.Subject), f.From, f.To, m.n(), limit+1)
	if err != nil {
		return ingest.List[ingest.AuditEntry]{}, classify(err)
	}
	items, err := pgx.CollectRows(rows, auditEntry)
	list := make([]mark, 0, len(items))
	for _, e := range items {
		list = append(list, mark{N: e.ID})
	}
	return listed(items[:min(len(items), limit)], list, false), classify(err)
}

func auditEntry(row pgx.CollectableRow) (e ingest.AuditEntry, err error) {
	var n *int64
	var hash []byte
	err = row.Scan(&e.ID, &e.At, &e.Actor, &e.Action, &e.Subject, &e.Data, &n, &hash)
	if n != nil {
		e.N, e.Hash = *n, hex.EncodeToString(hash)
	}
	return e, err
}

// auditPart is how many lines of an export are read at a time.
const auditPart = 1000

// EachAudit hands over the sealed lines, in the chain's order, some at a time;
// an error of each ends it.
func (s *Store) EachAudit(ctx context.Context, f ingest.AuditFilter, each func([]ingest.AuditLine) error) error {
	var n int64
	for full := true; full; {
		lines, err := auditLines(ctx, s.pool, sqlAuditExport, planned, given(f.Actor), wild(f.Action), wild(f.Subject), f.From, f.To, n, auditPart)
		if err != nil {
			return classify(err)
		}
		if err := each(lines); err != nil {
			return err
		}
		if full = len(lines) == auditPart; full {
			n = lines[len(lines)-1].N
		}
	}
	return nil
}

// wild is a pattern for like in which only * stands for anything; nil is for
// everything.
func wild(s string) *string {
	return given(strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`, "*", "%").Replace(s))
}

// Record notes that somebody did what is not a change of the store's own: that
// they read raw bytes, for one.
func (s *Store) Record(ctx context.Context, actor, action, subject string) error {
	return classify(record(ctx, s.pool, actor, action, subject, nil))
}

// Opened notes that somebody was shown something, unless the same was noted of
// them less than [ingest.OpenedAgain] ago.
func (s *Store) Opened(ctx context.Context, actor, action, subject string, data any) error {
	_, err := s.pool.Exec(ctx, sqlAuditOpened, text(actor), action, subject, toJSON(data), ingest.OpenedAgain)
	return classify(err)
}

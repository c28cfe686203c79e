package postgres

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

// What is deleted while a dossier of it is made ends it, and what was written of
// it goes at once; another person's dossier goes on.
func TestDossierIsOvertaken(t *testing.T) {
	s, ctx := open(t), context.Background()
	j := &testJudge{}
	var ann, bob ingest.ID
	for from, id := range map[string]*ingest.ID{"ann@example.com": &ann, "bob@example.com": &bob} {
		must(t, s.pool.QueryRow(ctx, "select contact from tickets where id = $1", s.held(t, j, from, "hello from "+from)).Scan(id))
	}
	job, err := s.Dossier(ctx, ann, "test")
	must(t, err)
	d := &dossier{s: s, ctx: ctx}
	of, again, err := d.begin(job)
	must(t, err)
	if of != ann {
		t.Errorf("it is of %s", of)
	}
	add := d.chunks(job, again)
	must(t, add(0, []byte("words"), []ingest.ID{ann}))
	forget := func(id ingest.ID) {
		t.Helper()
		must(t, s.tx(ctx, func(tx pgx.Tx) error { return forgetExports(ctx, tx, []ingest.ID{id}) }))
	}
	forget(bob)
	must(t, add(1, []byte("more"), []ingest.ID{}))
	forget(ann)
	if err := add(2, []byte("late"), []ingest.ID{}); !errors.Is(err, errOvertaken) {
		t.Errorf("it goes on: %v", err)
	}
	var left int
	must(t, s.pool.QueryRow(ctx, "select count(*) from export_chunks").Scan(&left))
	if left != 0 {
		t.Errorf("%d chunks are left", left)
	}
	s.made(t)
	s.exportIs(t, job, ingest.ExportReady)
	forget(ann)
	s.exportIs(t, job, ingest.ExportGone)
}

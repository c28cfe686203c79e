//go:build long

package postgres

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"gatehouse/ingest"
)

// Memory holds a few chunks of a dossier, however large the mail is that is in
// it, and a CSV that is asked for meanwhile waits for nothing.
func TestLongDossierInLittleMemory(t *testing.T) {
	const chunks = 192 // of 1 MiB
	s, ctx := open(t), context.Background()
	r := receive(t, s, mail("ann@example.com", "m1", "large"))
	settleAll(t, s, &testJudge{})
	noise, source := make([]byte, chunkSize), rand.NewChaCha8([32]byte{})
	for n := 1; n <= chunks; n++ {
		_, _ = source.Read(noise)
		_, err := s.pool.Exec(ctx, "insert into raw (message, n, data) values ($1, $2, $3)", r.Results[0].ID, n, noise)
		must(t, err)
	}
	job, err := s.Dossier(ctx, contactBy(t, s, "email", "ann@example.com"), "test")
	must(t, err)
	began := time.Now()
	most := heap(func() {
		var made sync.WaitGroup
		made.Go(func() { s.makeDossiers(t) })
		for count(t, s, "select count(*) from export_chunks") < 2 {
			time.Sleep(time.Millisecond)
		}
		csv := s.exported(t, ingest.ExportOrder{What: ingest.ExportContacts})
		s.made(t)
		s.exportIs(t, csv, ingest.ExportReady)
		s.exportIs(t, job, ingest.ExportState(ingest.JobRunning))
		made.Wait()
	})
	e := s.exportIs(t, job, ingest.ExportReady)
	t.Logf("%d octets in %v, %d MiB more memory at most", e.Bytes, time.Since(began), most>>20)
	if e.Bytes < chunks*chunkSize || most > chunks/4*chunkSize {
		t.Errorf("%d octets in %d octets of memory", e.Bytes, most)
	}
}

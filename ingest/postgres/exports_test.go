package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

func (s *Store) exported(t *testing.T, o ingest.ExportOrder) int64 {
	t.Helper()
	o.Actor = "test"
	id, err := s.Export(context.Background(), o)
	must(t, err)
	return id
}

func (s *Store) made(t *testing.T) {
	t.Helper()
	_, err := s.MakeExports(context.Background())
	must(t, err)
}

func (s *Store) exportIs(t *testing.T, id int64, state ingest.ExportState) ingest.Export {
	t.Helper()
	e, err := s.ExportOf(context.Background(), id)
	must(t, err)
	if e.State != state {
		t.Fatalf("it is %s: %+v, want %s", e.State, e, state)
	}
	return e
}

// text is the whole file.
func (s *Store) text(t *testing.T, id int64) string {
	t.Helper()
	var b strings.Builder
	for n := 0; ; n++ {
		chunk, err := s.ExportChunk(context.Background(), id, n)
		if errors.Is(err, ingest.ErrNotFound) {
			return b.String()
		}
		must(t, err)
		b.Write(chunk)
	}
}

// held stores a held message of a sender and returns its ticket.
func (s *Store) held(t *testing.T, j *testJudge, from, words string) ingest.ID {
	t.Helper()
	ctx := context.Background()
	_, err := s.SetRule(ctx, ingest.RuleOrder{Kind: ingest.Block, Target: ingest.Target{Kind: "email", Value: from}, Actor: "test"})
	must(t, err)
	r := receive(t, s, mail(from, words, words))
	settleAll(t, s, j)
	var ticket ingest.ID
	must(t, s.pool.QueryRow(ctx, "select ticket from messages where id = $1", r.Results[0].ID).Scan(&ticket))
	return ticket
}

// A file that would be larger than it may be is refused with the number of its
// rows: counted before where there are more than could fit, else while it is
// written.
func TestExportTooLarge(t *testing.T) {
	for most, rows := range map[int64]int64{1000: 30, 2500: 30} {
		s, ctx := open(t), context.Background()
		_, err := s.pool.Exec(ctx, "insert into contacts (id, name) select gen_random_uuid(), 'Ann' from generate_series(1, 30)")
		must(t, err)
		s.exportMost = most
		id := s.exported(t, ingest.ExportOrder{What: ingest.ExportContacts})
		s.made(t)
		e := s.exportIs(t, id, ingest.ExportState(ingest.JobFailed))
		if e.Error != ingest.ExportTooLarge || e.Rows != rows || !strings.Contains(e.Says, "30 rows") {
			t.Errorf("%d: %+v", most, e)
		}
		if j, err := s.Job(ctx, id); err != nil || j.Error != ingest.ExportTooLarge || j.Total != int(rows) || j.Done != 0 {
			t.Errorf("%d: its job: %+v, %v", most, j, err)
		}
		if got := s.text(t, id); got != "" {
			t.Errorf("%d: it has %q", most, got)
		}
	}
}

// A file of many chunks is put together as it was written.
func TestExportOfManyChunks(t *testing.T) {
	s, ctx := open(t), context.Background()
	_, err := s.pool.Exec(ctx, "insert into contacts (id, name, company) select gen_random_uuid(), 'n' || n, repeat('x', 200) from generate_series(1, 3000) n")
	must(t, err)
	id := s.exported(t, ingest.ExportOrder{What: ingest.ExportContacts})
	s.made(t)
	e, text := s.exportIs(t, id, ingest.ExportReady), s.text(t, id)
	if e.Rows != 3000 || int64(len(text)) != e.Bytes || strings.Count(text, "\r\n") != 3001 || e.Bytes < 2*exportChunk {
		t.Errorf("%+v: %d octets, %d lines", e, len(text), strings.Count(text, "\r\n"))
	}
	for n := 1; n <= 3000; n++ {
		if !strings.Contains(text, fmt.Sprintf(",n%d,", n)) {
			t.Fatalf("n%d is missing", n)
		}
	}
}

// What is deleted for good is in no file either; a file that does not tell of it
// stays.
func TestDeletedIsNotExported(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	gone, stays := s.held(t, j, "eve@example.com", "watches"), s.held(t, j, "ann@example.com", "order")
	both := s.exported(t, ingest.ExportOrder{What: ingest.ExportHeld})
	s.made(t)
	of, err := s.Ticket(ctx, stays)
	must(t, err)
	other := s.exported(t, ingest.ExportOrder{What: ingest.ExportHeld, Held: ingest.TicketFilter{Contact: of.ContactID}})
	s.made(t)
	if !strings.Contains(s.text(t, both), "watches") {
		t.Fatalf("the file is %q", s.text(t, both))
	}
	_, err = s.DeleteTickets(ctx, ingest.TicketOrder{Tickets: []ingest.ID{gone}, Actor: "test"})
	must(t, err)
	work(t, s, j)
	if e := s.exportIs(t, both, ingest.ExportGone); e.Error != "erased" || s.text(t, both) != "" {
		t.Errorf("%+v has %q", e, s.text(t, both))
	}
	s.exportIs(t, other, ingest.ExportReady)
	if text := s.text(t, other); !strings.Contains(text, stays.String()) {
		t.Errorf("the other file is %q", text)
	}
}

// What is deleted while a file is made of it is not in that file.
func TestExportBesideADelete(t *testing.T) {
	s, ctx := open(t), context.Background()
	_, err := s.pool.Exec(ctx, "insert into contacts (id, name) select gen_random_uuid(), 'Ann'")
	must(t, err)
	id := s.exported(t, ingest.ExportOrder{What: ingest.ExportContacts})
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) error {
		mine, err := s.export(ctx, tx, id)
		if !mine || err != nil {
			return fmt.Errorf("mine %v: %w", mine, err)
		}
		return errors.New("cut off")
	})
	if err == nil || err.Error() != "cut off" {
		t.Fatal(err)
	}
	s.exportIs(t, id, ingest.ExportState(ingest.JobRunning)) // cut off, it is begun again
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) error {
		var n int
		if err := tx.QueryRow(ctx, "select count(*) from contacts").Scan(&n); err != nil { // its moment is now
			return err
		}
		must(t, s.tx(ctx, func(other pgx.Tx) error { return forgetExports(ctx, other, nil) }))
		_, err := s.export(ctx, tx, id)
		return err
	})
	if !overtaken(err) {
		t.Fatalf("it was made of what is deleted: %v", err)
	}
	s.made(t)
	s.exportIs(t, id, ingest.ExportReady)
}

// Nobody waits for a file that is being made: its job is cancelled at once, and
// then it is not made.
func TestExportIsCancelledWhileItIsMade(t *testing.T) {
	s, ctx := open(t), context.Background()
	id := s.exported(t, ingest.ExportOrder{What: ingest.ExportContacts})
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) error {
		var what, filter string
		if err := tx.QueryRow(ctx, sqlExportTake, id).Scan(&what, &filter); err != nil {
			return err
		}
		if worked, err := s.MakeExports(ctx); worked || err != nil {
			t.Errorf("two make it: %v, %v", worked, err)
		}
		must(t, s.CancelJob(ctx, id, "test"))
		return newExportFile(id, 0, chunksIn(ctx, tx, id)).finish(ctx, tx, s)
	})
	if !overtaken(err) {
		t.Errorf("it was made: %v", err)
	}
	s.exportIs(t, id, ingest.ExportState(ingest.JobCancelled))
}

// After its time a file has gone, at once for who asks and soon from the
// database; so many are kept and no more.
func TestExportsPastTheirTime(t *testing.T) {
	s, ctx, now := open(t), context.Background(), time.Now()
	s.now = func() time.Time { return now }
	var ids []int64
	for range ingest.ExportsMost {
		ids = append(ids, s.exported(t, ingest.ExportOrder{What: ingest.ExportHeld}))
	}
	if _, err := s.Export(ctx, ingest.ExportOrder{What: ingest.ExportHeld, Actor: "test"}); !errors.Is(err, ingest.ErrExports) {
		t.Fatalf("one too many: %v", err)
	}
	s.made(t)
	s.exportIs(t, ids[0], ingest.ExportReady)
	now = now.Add(ingest.ExportKept + time.Second)
	if e := s.exportIs(t, ids[0], ingest.ExportGone); e.Error != "expired" || s.text(t, ids[0]) != "" {
		t.Errorf("%+v", e)
	}
	must(t, s.DropOldExports(ctx))
	var chunks, filters int
	must(t, s.pool.QueryRow(ctx, "select (select count(*) from export_chunks), (select count(*) from exports where filter is null)").Scan(&chunks, &filters))
	if chunks != 0 || filters != 1 { // those that wait for their turn are kept
		t.Errorf("%d chunks are left, %d filters are gone", chunks, filters)
	}
}

// A panic over one export is a strike against it, and stops neither the program
// nor the exports behind it.
func TestAnExportThatPanicsFails(t *testing.T) {
	s, ctx := open(t), context.Background()
	var ahead time.Duration
	s.now = func() time.Time { return time.Now().Add(ahead) }
	bad, good := s.exported(t, ingest.ExportOrder{What: ingest.ExportContacts}), s.exported(t, ingest.ExportOrder{What: ingest.ExportHeld})
	for range maxStrikes {
		_, err := s.makeDue(ctx, ingest.JobExport, func(ctx context.Context, id int64) (bool, error) {
			if id == bad {
				panic("plantedword")
			}
			return s.tryExport(ctx, id)
		})
		if err == nil || strings.Contains(err.Error(), "plantedword") {
			t.Errorf("reported is %v", err)
		}
		ahead += time.Minute
	}
	s.exportIs(t, bad, ingest.ExportState(ingest.JobFailed))
	s.exportIs(t, good, ingest.ExportReady)
}

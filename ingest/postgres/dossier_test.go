package postgres

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

func (s *Store) makeDossiers(t *testing.T) (worked bool) {
	t.Helper()
	worked, err := s.MakeDossiers(context.Background(), plain{})
	must(t, err)
	return worked
}

// dossiers stores a held message of each of these and orders the first one's dossier.
func dossiers(t *testing.T, s *Store, from ...string) (job int64, contacts []ingest.ID) {
	t.Helper()
	ctx, j := context.Background(), &testJudge{}
	for _, address := range from {
		var id ingest.ID
		must(t, s.pool.QueryRow(ctx, "select contact from tickets where id = $1", s.held(t, j, address, "hello from "+address)).Scan(&id))
		contacts = append(contacts, id)
	}
	job, err := s.Dossier(ctx, contacts[0], "test")
	must(t, err)
	return job, contacts
}

// begun does something while a dossier is made, which is then cut off, as when
// its process dies.
func (s *Store) begun(t *testing.T, job int64, do func(d *dossier)) {
	t.Helper()
	ctx, cut := context.Background(), errors.New("cut off")
	d := &dossier{s: s, ctx: ctx, reader: plain{}, id: job}
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		d.tx = tx
		contact, err := d.take()
		if err == nil {
			err = d.begin(contact)
		}
		if err == nil {
			do(d)
			err = cut
		}
		return err
	})
	if !errors.Is(err, cut) {
		t.Fatal(err)
	}
}

func (s *Store) forget(t *testing.T, ids ...ingest.ID) {
	t.Helper()
	ctx := context.Background()
	must(t, s.tx(ctx, func(tx pgx.Tx) error { return forgetExports(ctx, tx, ids) }))
}

func (s *Store) noChunks(t *testing.T) {
	t.Helper()
	if n := count(t, s, "select count(*) from export_chunks"); n != 0 {
		t.Errorf("%d chunks are left", n)
	}
}

// What is deleted while a dossier of it is made ends it, and what was written of
// it goes at once; another person's dossier goes on.
func TestDossierIsOvertaken(t *testing.T) {
	s := open(t)
	job, of := dossiers(t, s, "ann@example.com", "bob@example.com")
	s.begun(t, job, func(d *dossier) {
		must(t, d.add(0, []byte("words"), []ingest.ID{}))
		s.forget(t, of[1])
		must(t, d.add(1, []byte("more"), []ingest.ID{}))
		s.forget(t, of[0])
		if err := d.add(2, []byte("late"), []ingest.ID{}); !errors.Is(err, errOvertaken) {
			t.Errorf("it goes on: %v", err)
		}
		s.noChunks(t)
	})
	s.makeDossiers(t)
	s.exportIs(t, job, ingest.ExportReady)
	s.forget(t, of[0])
	s.exportIs(t, job, ingest.ExportGone)
	s.noChunks(t)
}

// What is deleted between the moment that a dossier is of and its first chunk is
// not in it either.
func TestDossierIsOvertakenAtItsBeginning(t *testing.T) {
	s, ctx := open(t), context.Background()
	job, of := dossiers(t, s, "ann@example.com")
	d := &dossier{s: s, ctx: ctx, reader: plain{}, id: job}
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		d.tx = tx
		contact, err := d.take()
		must(t, err)
		s.forget(t, of[0])
		return d.begin(contact)
	})
	if !errors.Is(err, errOvertaken) {
		t.Errorf("it is of what is deleted: %v", err)
	}
}

// A dossier of two who were one when it was begun goes with each of them, though
// the merge is undone while it is made; and with a ticket that is newer.
func TestDossierOfTwoThatArePartedGoesWithEach(t *testing.T) {
	for _, late := range []bool{false, true} {
		s, ctx := open(t), context.Background()
		_, of := dossiers(t, s, "ann@example.com", "bob@example.com")
		must(t, s.CancelJob(ctx, 1, "test"))
		done := merge(t, s, of[1], of[0])
		job, err := s.Dossier(ctx, of[0], "test")
		must(t, err)
		goes := of[1]
		s.begun(t, job, func(d *dossier) {
			must(t, d.add(0, []byte("words of both"), []ingest.ID{}))
			unmerge(t, s, done.Merge)
			if late {
				must(t, s.pool.QueryRow(ctx, "insert into tickets (id, contact, channel, reason) select gen_random_uuid(), $1, min(id), 'flood' from channels returning id", of[1]).Scan(&goes))
			}
			s.forget(t, goes)
			if err := d.add(1, []byte("late"), []ingest.ID{}); !errors.Is(err, errOvertaken) {
				t.Errorf("late %v: it goes on: %v", late, err)
			}
		})
	}
}

// A process that dies leaves a dossier to the next one, which leaves nothing of
// what the other one wrote; two never make one.
func TestDossierOfADeadProcessIsMadeAnew(t *testing.T) {
	s, ctx := open(t), context.Background()
	job, _ := dossiers(t, s, "ann@example.com")
	s.begun(t, job, func(d *dossier) {
		must(t, d.add(0, []byte("half"), []ingest.ID{}))
		must(t, d.add(9, []byte("of it"), []ingest.ID{}))
		if s.makeDossiers(t) {
			t.Error("two make it")
		}
	})
	s.made(t) // not an export's matter
	s.exportIs(t, job, ingest.ExportState(ingest.JobRunning))
	if !s.makeDossiers(t) {
		t.Error("nobody makes it")
	}
	e, text := s.exportIs(t, job, ingest.ExportReady), s.text(t, job)
	if _, err := zip.NewReader(strings.NewReader(text), int64(len(text))); err != nil || int64(len(text)) != e.Bytes || e.Rows != 1 {
		t.Errorf("%d octets, %+v: %v", len(text), e, err)
	}
	if _, err := s.ExportChunk(ctx, job, 9); !errors.Is(err, ingest.ErrNotFound) {
		t.Errorf("what the dead one wrote is there: %v", err)
	}
}

// canceller cancels a job when a text is to be read again.
type canceller struct {
	plain
	cancel func()
}

func (c canceller) Hold(context.Context, int64) (func(), error) { c.cancel(); return func() {}, nil }

// A dossier is cancelled between its chunks; nothing of it is left, and it can be
// asked for again.
func TestDossierIsCancelled(t *testing.T) {
	s, ctx := open(t), context.Background()
	noise := make([]byte, 2*exportChunk)
	_, _ = rand.NewChaCha8([32]byte{}).Read(noise)
	a := mail("ann@example.com", "m1", "large")
	a.Raw = noise
	receive(t, s, a, chat("ann", "1", "hello"))
	settleAll(t, s, &testJudge{})
	merge(t, s, contactBy(t, s, "visitor", "ann"), contactBy(t, s, "email", "ann@example.com"))
	job, err := s.Dossier(ctx, contactBy(t, s, "visitor", "ann"), "test")
	must(t, err)
	r := canceller{cancel: func() { _ = s.CancelJob(ctx, job, "test") }}
	if _, err := s.MakeDossiers(ctx, r); err != nil {
		t.Error(err)
	}
	s.exportIs(t, job, ingest.ExportState(ingest.JobCancelled))
	s.noChunks(t)
	must(t, s.RetryJob(ctx, job, "test"))
	work(t, s, &testJudge{})
	s.makeDossiers(t)
	text := s.text(t, job)
	z, err := zip.NewReader(strings.NewReader(text), s.exportIs(t, job, ingest.ExportReady).Bytes)
	must(t, err)
	if got := entry(t, z, "raw/", ".eml"); got != string(noise) {
		t.Errorf("%d octets, want the %d of the mail", len(got), len(noise))
	}
}

// entry reads the file of a ZIP whose name begins and ends so.
func entry(t *testing.T, z *zip.Reader, before, after string) string {
	t.Helper()
	for _, f := range z.File {
		if strings.HasPrefix(f.Name, before) && strings.HasSuffix(f.Name, after) {
			r, err := f.Open()
			must(t, err)
			b, err := io.ReadAll(r)
			must(t, err)
			return string(b)
		}
	}
	t.Fatalf("there is no %s…%s", before, after)
	return ""
}

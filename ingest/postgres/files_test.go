package postgres_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"gatehouse/ingest"
)

// mms is a message of a visitor that names n files.
func mms(visitor, key string, n int) ingest.Arrival {
	a := chat(visitor, key, "look")
	for i := range n {
		a.Message.Attachments = append(a.Message.Attachments, ingest.Attachment{Index: i, Status: ingest.FilePending})
	}
	a.Message.Attachments = append(a.Message.Attachments, ingest.Attachment{Index: n, Status: ingest.FileStored})
	return a
}

// took takes a file, which must be there, for a minute.
func (w *world) took() ingest.FileTask {
	w.t.Helper()
	t, err := w.replicas[0].ClaimFile(context.Background(), time.Minute, nil)
	must(w.t, err)
	return t
}

// nothing is there to be taken.
func (w *world) nothing() {
	w.t.Helper()
	if t, err := w.replicas[0].ClaimFile(context.Background(), time.Minute, nil); !errors.Is(err, ingest.ErrNotFound) {
		w.t.Errorf("taken: %+v, %v", t, err)
	}
}

func (w *world) write(t ingest.FileTask, chunks ...string) {
	w.t.Helper()
	for n, c := range chunks {
		must(w.t, w.replicas[0].WriteFile(context.Background(), t, n, []byte(c)))
	}
}

func fenced(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, ingest.ErrFenced) {
		t.Errorf("%s: %v", what, err)
	}
}

const helloSum = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

// stored is what becomes of "hello", of type text/plain.
func stored(index int) ingest.File {
	return ingest.File{Index: index, Status: ingest.FileStored, Size: 5, SHA256: helloSum, ContentType: "text/plain"}
}

func TestFilesComeToTheirMessage(t *testing.T) {
	w, ctx := newWorld(t, 1), context.Background()
	s := w.replicas[0]
	id := w.receive(mms("ann", "1", 2)).Results[0].ID
	w.nothing() // whether it is refused is not known yet
	w.settleAll()
	if n, err := s.FilesDue(ctx, 9); n != 2 || err != nil {
		t.Errorf("%d are due, %v", n, err)
	}
	if _, err := s.ClaimFile(ctx, time.Minute, []string{"chat"}); !errors.Is(err, ingest.ErrNotFound) {
		t.Errorf("a channel was not passed over: %v", err)
	}
	first, second := w.took(), w.took()
	w.nothing()
	if first.Message != id || first.Index == second.Index || first.Channel != "chat" || first.Kind != "chat" || first.Try != 1 || first.RawBytes == 0 {
		t.Fatalf("%+v, %+v", first, second)
	}
	w.write(first, "hel", "lo")
	if chunk, err := s.FileChunk(ctx, id, first.Index, 0); chunk != nil || err != nil {
		t.Errorf("%q is shown before it is whole, %v", chunk, err)
	}
	must(t, s.FinishFile(ctx, first, stored(first.Index)))
	w.write(second, "half of i")
	must(t, s.FailFile(ctx, second, "not_found", nil))
	if n := ask[int](w, "select count(*) from media where file = $1", second.Index); n != 0 {
		t.Errorf("%d chunks are left of a file that failed", n)
	}
	files, err := s.Files(ctx, []ingest.ID{id})
	must(t, err)
	want := stored(first.Index)
	want.Message = id
	failed := ingest.File{Message: id, Index: second.Index, Status: ingest.FileFailed, Error: "not_found"}
	if !slices.Contains(files, want) || !slices.Contains(files, failed) || len(files) != 2 {
		t.Errorf("%+v", files)
	}
	for n, want := range []string{"hel", "lo", ""} {
		if chunk, err := s.FileChunk(ctx, id, first.Index, n); string(chunk) != want || err != nil {
			t.Errorf("chunk %d: %q, %v", n, chunk, err)
		}
	}
	events := all[string](w, "select data::text from events where type = 'message.attachment' and conversation is not null order by id")
	if !slices.Equal(events, []string{`{"index": 0, "status": "stored"}`, `{"error": "not_found", "index": 1, "status": "failed"}`}) &&
		!slices.Equal(events, []string{`{"index": 1, "status": "stored"}`, `{"error": "not_found", "index": 0, "status": "failed"}`}) {
		t.Errorf("%q", events)
	}
	fenced(t, "finished twice", s.FinishFile(ctx, first, stored(0)))
	fenced(t, "failed after the end", s.FailFile(ctx, first, "timeout", nil))
	w.lawful()
}

// Eight tries in about a day, then somebody has to ask again.
func TestFilesAreTriedAgain(t *testing.T) {
	w, ctx := newWorld(t, 1), context.Background()
	s := w.replicas[0]
	id := w.receive(mms("ann", "1", 1)).Results[0].ID
	w.settleAll()
	if err := s.RetryFile(ctx, id, 0, "sam"); !errors.Is(err, ingest.ErrConflict) {
		t.Errorf("one that is pending: %v", err)
	}
	began := w.now()
	for try := 1; ; try++ {
		task := w.took()
		again := task.Again(w.now(), 0)
		must(t, s.FailFile(ctx, task, "timeout", again))
		if task.Try != try {
			t.Fatalf("%+v, want try %d", task, try)
		}
		if again == nil {
			break
		}
		w.nothing()
		w.ahead.Add(int64(again.Sub(w.now()) + time.Second))
	}
	if took := w.now().Sub(began); took < 20*time.Hour || took > 30*time.Hour {
		t.Errorf("given up after %s", took)
	}
	w.nothing()
	must(t, s.RetryFile(ctx, id, 0, "sam"))
	if task := w.took(); task.Try != 1 {
		t.Errorf("%+v", task)
	}
	if n := ask[int](w, "select count(*) from audit where action = 'attachment.retry' and subject = 'message:' || $1::text", id.String()); n != 1 {
		t.Errorf("%d lines in the audit", n)
	}
	w.lawful()
}

// A try that takes too long is taken over; what it still writes comes to nothing.
func TestALateTryIsFenced(t *testing.T) {
	w, ctx := newWorld(t, 1), context.Background()
	s := w.replicas[0]
	id := w.receive(mms("ann", "1", 1)).Results[0].ID
	w.settleAll()
	late := w.took()
	w.write(late, "old", "older", "oldest")
	w.ahead.Store(int64(2 * time.Minute))
	next := w.took()
	fenced(t, "write", s.WriteFile(ctx, late, 3, []byte("x")))
	w.write(next, "hello")
	fenced(t, "finish", s.FinishFile(ctx, late, stored(0)))
	fenced(t, "fail", s.FailFile(ctx, late, "timeout", nil))
	must(t, s.FinishFile(ctx, next, stored(0)))
	if n := ask[int](w, "select count(*) from media where message = $1", id); n != 1 {
		t.Errorf("%d chunks", n)
	}
	w.lawful()
}

// Whatever takes a message's content takes its files, those too that are being
// written: a chunk on its way is waited for.
func TestFilesGoWithTheirMessage(t *testing.T) {
	w, ctx := newWorld(t, 1), context.Background()
	s := w.replicas[0]
	rule := w.set(order(ingest.Block, "visitor:ann"))
	w.receive(mms("ann", "1", 2), mms("ann", "2", 1))
	w.settleAll()
	done, writing := w.took(), w.took()
	w.write(done, "hello")
	must(t, s.FinishFile(ctx, done, stored(done.Index)))
	tx := w.begin()
	_, err := tx.Exec(ctx, `insert into media (message, file, n, data) select message, idx, 0, 'x' from files where message = $1 and idx = $2 for share`,
		writing.Message, writing.Index)
	must(t, err)
	w.lift(ingest.DeleteAll, rule.ID)
	purged := make(chan struct{})
	go func() { defer close(purged); w.work() }()
	w.blocked(1)
	must(t, tx.Commit(ctx))
	<-purged
	fenced(t, "write", s.WriteFile(ctx, writing, 1, []byte("x")))
	fenced(t, "finish", s.FinishFile(ctx, writing, stored(0)))
	fenced(t, "fail", s.FailFile(ctx, writing, "timeout", nil))
	if err := s.RetryFile(ctx, done.Message, 0, "sam"); !errors.Is(err, ingest.ErrConflict) {
		t.Errorf("retry: %v", err)
	}
	if n := ask[int](w, "select (select count(*) from files) + (select count(*) from media)"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	w.lawful()
}

// Files of those who are banned are not asked for, nor kept in mind.
func TestFilesOfTheRefused(t *testing.T) {
	w := newWorld(t, 1)
	w.set(order(ingest.Ban, "visitor:ann"))
	w.receive(mms("ann", "1", 3))
	w.settleAll()
	w.nothing()
	if n := ask[int](w, "select count(*) from files"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	w.lawful()
}

// What a dead message names is known once it can be read.
func TestFilesOfTheDead(t *testing.T) {
	w, ctx := newWorld(t, 1), context.Background()
	s := w.replicas[0]
	a := chat("ann", "1", "look")
	a.Problem, a.Derived = ingest.ReasonUnreadable, false
	id := w.receive(a).Results[0].ID
	read := mms("ann", "1", 1).Message
	must(t, s.RetryDead(ctx, id, &read, "sam"))
	w.settleAll()
	if task := w.took(); task.Message != id {
		t.Errorf("%+v", task)
	}
	w.lawful()
}

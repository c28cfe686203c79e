package postgres_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"gatehouse/ingest"
)

// retentionOf is what the store says of a class.
func (w *world) retentionOf(class string) ingest.Retention {
	w.t.Helper()
	list, err := w.replicas[0].Retentions(context.Background())
	must(w.t, err)
	i := slices.IndexFunc(list, func(r ingest.Retention) bool { return r.Class == class })
	if i < 0 {
		w.t.Fatalf("no class %s", class)
	}
	return list[i]
}

// What was said goes after its time, and nothing of it is left; the conversation
// stays and counts it, and the same message delivered again is a repeat.
func TestRetentionOfConversations(t *testing.T) {
	w := newWorld(t, 1)
	ctx := context.Background()
	said := []ingest.Arrival{mail("kim@example.com", "kept@example.com", "aardvark sentence"), chats("v1", 0, 1)[0]}
	ids := []ingest.ID{w.receive(said[0]).Results[0].ID, w.receive(said[1]).Results[0].ID}
	law := w.receive(mail("lee@example.com", "law@example.com", "of the law")).Results[0].ID
	w.settleAll()
	must(t, w.replicas[0].SetLegalHold(ctx, ingest.HoldOrder{Contact: w.contactOf("email:lee@example.com"), Reason: "case-7", Actor: "ann"}))
	w.change(func(s *ingest.Settings) { s.ConversedKeep = ingest.Keep(30 * day) })
	w.ahead.Store(int64(24 * day))
	w.retain()
	if got := w.retentionOf(ingest.ClassConversed); got.Due != 2 || got.DeletedAt != nil {
		t.Errorf("a week before: %+v", got)
	}
	if got := all[string](w, "select data::text from events where type = 'retention.coming'"); !slices.Equal(got, []string{`{"conversed": 2}`}) {
		t.Errorf("told: %q", got)
	}
	w.ahead.Store(int64(31 * day))
	w.retain()
	if got := w.becameOf(append(ids, law)); !slices.Equal(got[:2], []string{"purged", "purged"}) || !strings.HasPrefix(got[2], "conversed") {
		t.Errorf("%q", got)
	}
	if got := w.retentionOf(ingest.ClassConversed); got.Due != 0 || got.Deleted != 2 {
		t.Errorf("after: %+v", got)
	}
	if got := ask[string](w, "select string_agg(messages::text || subject, ',' order by messages, subject) from conversations v where exists (select from messages m where m.conversation = v.id and m.state = 'purged')"); got != "1,1" {
		t.Errorf("conversations %s", got)
	}
	for _, tab := range all[string](w, "select tablename from pg_tables where schemaname = 'public'") {
		if n := ask[int](w, "select count(*) from "+tab+" x where x::text like '%aardvark%'"); n > 0 {
			t.Errorf("the word is in %s still", tab)
		}
	}
	again := w.receive(said...)
	if again.Results[0].ID != ids[0] || again.Results[1].ID != ids[1] {
		t.Errorf("the same again: %+v, want %v", again.Results, ids)
	}
	w.settleAll()
	w.lawful()
}

func TestRetentionOfTheDead(t *testing.T) {
	w := newWorld(t, 1)
	a := chats("v1", 0, 1)[0]
	a.Problem, a.Note = ingest.ReasonUnreadable, "torn"
	id := w.receive(a).Results[0].ID
	w.ahead.Store(int64(999 * day))
	w.retain()
	if got := w.becameOf([]ingest.ID{id}); !strings.HasPrefix(got[0], "dead") {
		t.Errorf("without a time: %q", got)
	}
	w.change(func(s *ingest.Settings) { s.DeadKeep = ingest.Keep(30 * day) })
	w.retain()
	if got := w.becameOf([]ingest.ID{id}); got[0] != "purged" {
		t.Errorf("%q", got)
	}
	w.lawful()
}

// The audit goes as a whole beginning, and what is left is a chain still.
func TestRetentionOfTheAudit(t *testing.T) {
	w := newWorld(t, 1)
	w.change(func(s *ingest.Settings) { s.AuditKeep = ingest.Keep(30 * day) })
	w.exec("insert into audit (actor, action, subject, at) select 'old', 'rule.set', 'rule:' || i, now() - interval '40 days' from generate_series(1, 1500) i")
	w.audited("ann", 3)
	w.exec("insert into audit (actor, action, subject, at) values ('late', 'rule.set', 'rule:9', now() - interval '40 days')")
	w.seal()
	w.retain() // the change of the settings is number 1, and keeps the rest
	before := ask[int](w, "select count(*) from audit where actor = 'old'")
	w.ahead.Store(int64(31 * day))
	w.retain()
	w.seal()
	if n := ask[int](w, "select count(*) from audit where actor in ('old', 'ann', 'late')"); before != 1500 || n != 0 {
		t.Errorf("%d lines, then %d", before, n)
	}
	if got := w.chain(); got != "" {
		t.Error(got)
	}
	h, err := w.watch.AuditHead(context.Background())
	must(t, err)
	if n := ask[int](w, "select count(*) from audit where action = 'audit.cut' and (data ->> 'up_to')::bigint = $1 and data ->> 'hash' = $2", h.Cut, h.CutHash); n != 1 {
		t.Errorf("cut at %d, and %d lines say so", h.Cut, n)
	}
	w.exec("alter table audit disable trigger user")
	w.exec("delete from audit where n = (select min(n) from audit)")
	if got := w.chain(); !strings.HasPrefix(got, "lines of the audit that are not there") {
		t.Errorf("the first that is left is gone: %q", got)
	}
}

// Mails go as they came, and what they say stays. So does all of a chat, of what
// is held, and of what a legal hold covers, until that is lifted.
func TestRetentionOfRawBytes(t *testing.T) {
	w := newWorld(t, 1)
	ctx := context.Background()
	ids := w.receive(mail("kim@example.com", "kept@example.com", "aardvark sentence"), mail("lee@example.com", "law@example.com", "of the law"),
		chats("v1", 0, 1)[0]).Results
	w.settleAll()
	w.set(order(ingest.Block, "email:eve@example.com"))
	held := w.receive(mail("eve@example.com", "held@example.com", "held")).Results[0].ID
	w.settleAll()
	must(t, w.replicas[0].SetLegalHold(ctx, ingest.HoldOrder{Contact: w.contactOf("email:lee@example.com"), Reason: "case-7", Actor: "ann"}))
	before := ask[string](w, "select string_agg(b::text, ';' order by message) from bodies b")
	w.change(func(s *ingest.Settings) { s.RawKeep = ingest.Keep(30 * day) })
	left := func() (list []string) {
		names := map[ingest.ID]string{ids[0].ID: "kim", ids[1].ID: "lee", ids[2].ID: "chat", held: "held"}
		for _, id := range all[ingest.ID](w, "select message from raw") {
			list = append(list, names[id])
		}
		slices.Sort(list)
		return list
	}
	w.ahead.Store(int64(24 * day))
	w.retain()
	if got := w.retentionOf(ingest.ClassRaw); got.Due != 1 || len(left()) != 4 {
		t.Errorf("a week before: %+v, %q", got, left())
	}
	w.ahead.Store(int64(31 * day))
	w.retain()
	w.wants("as they came", left(), "chat", "held", "lee")
	if got := w.retentionOf(ingest.ClassRaw); got.Due != 0 || got.Deleted != 1 {
		t.Errorf("after: %+v", got)
	}
	if got := ask[string](w, "select string_agg(b::text, ';' order by message) from bodies b"); got != before {
		t.Errorf("what they say is %q, was %q", got, before)
	}
	must(t, w.replicas[0].LiftLegalHold(ctx, w.contactOf("email:lee@example.com"), "ann"))
	w.ahead.Store(int64(33 * day))
	w.retain()
	w.wants("without the hold", left(), "chat", "held")
	w.lawful()
}

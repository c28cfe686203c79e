package postgres_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/postgres"
)

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	_, err := w.db.Exec(context.Background(), query, args...)
	must(w.t, err)
}

// audited writes n lines of one person.
func (w *world) audited(actor string, n int) {
	w.t.Helper()
	for i := range n {
		must(w.t, w.replicas[0].Record(context.Background(), actor, "test.done", fmt.Sprintf("test:%d", i)))
	}
}

func (w *world) seal() {
	w.t.Helper()
	for _, r := range w.replicas {
		must(w.t, r.SealAudit(context.Background()))
	}
}

// chain is the violations of the audit's law.
func (w *world) chain() string {
	w.t.Helper()
	v, err := w.watch.Verify(context.Background(), noon)
	must(w.t, err)
	var parts []string
	for _, x := range v.Violations {
		if x.Law == ingest.AuditLaw {
			parts = append(parts, fmt.Sprintf("%s: %d %v", x.Says, x.N, x.IDs))
		}
	}
	return strings.Join(parts, "; ")
}

// Lines come in the order of their transactions: one that is open holds up the
// seal of those after it, and nothing comes in between later.
func TestAuditIsSealedBelowTheOldestTransaction(t *testing.T) {
	w := newWorld(t, 2)
	w.audited("ann", 2)
	tx := w.begin()
	_, err := tx.Exec(context.Background(), "insert into audit (actor, action, subject) values ('bob', 'test.slow', 'test:0')")
	must(t, err)
	w.audited("cleo", 2)
	w.seal()
	if got := all[string](w, "select actor from audit where n is not null order by n"); !slices.Equal(got, []string{"ann", "ann"}) {
		t.Errorf("while bob is at it: %q", got)
	}
	must(t, tx.Commit(context.Background()))
	w.seal()
	if got := all[string](w, "select actor from audit order by n"); !slices.Equal(got, []string{"ann", "ann", "bob", "cleo", "cleo"}) {
		t.Errorf("after it: %q", got)
	}
	if got := w.chain(); got != "" {
		t.Error(got)
	}
}

func TestAuditIsSealedByManyAtOnce(t *testing.T) {
	w := newWorld(t, 3)
	var all sync.WaitGroup
	for _, r := range w.replicas {
		all.Go(func() {
			for i := range 40 {
				must(t, r.Record(context.Background(), "ann", "test.done", fmt.Sprint(i)))
				must(t, r.SealAudit(context.Background()))
			}
		})
	}
	all.Wait()
	w.seal()
	if n, most := ask[int](w, "select count(*)::int from audit"), ask[int](w, "select max(n)::int from audit"); n != 120 || most != n {
		t.Errorf("%d lines, the last is number %d", n, most)
	}
	if got := w.chain(); got != "" {
		t.Error(got)
	}
}

// More than one transaction's worth, written before there was a chain.
func TestAuditOfAnOlderDatabaseIsSealed(t *testing.T) {
	w := newWorld(t, 1)
	w.exec("insert into audit (actor, action, subject, data, at) select 'old', 'rule.set', 'rule:' || i, jsonb_build_object('kind', 'ban'), now() - interval '1 year' from generate_series(1, 2500) i")
	if got := w.chain(); !strings.HasPrefix(got, "lines of the audit that are older than a minute and not sealed: 2500 [") {
		t.Errorf("unsealed: %s", got)
	}
	w.seal()
	if got := w.chain(); got != "" {
		t.Error(got)
	}
	h, err := w.watch.AuditHead(context.Background())
	if must(t, err); h.N != 2500 || h.Waiting != 0 || len(h.Hash) != 64 {
		t.Errorf("%+v", h)
	}
}

func TestAuditIsOnlyAddedTo(t *testing.T) {
	w := newWorld(t, 1)
	w.audited("ann", 1)
	for _, sealed := range []bool{false, true} {
		for _, query := range []string{
			"delete from audit", "truncate audit", "update audit set actor = 'bob'", "update audit set n = null, hash = null",
			"update audit set n = 9, hash = '', data = '{\"a\": 1}'", "update audit set at = now(), n = 1, hash = ''",
		} {
			if _, err := w.db.Exec(context.Background(), query); err == nil || !strings.Contains(err.Error(), "only added to") {
				t.Errorf("sealed %t, %s: %v", sealed, query, err)
			}
		}
		w.seal()
	}
	if got := w.chain(); got != "" {
		t.Error(got)
	}
}

// Who can switch the triggers off is found out.
func TestVerifyNamesWhatWasDoneToTheAudit(t *testing.T) {
	for _, c := range []struct{ query, want string }{
		{"update audit set data = '{\"forced\": []}' where n = 4", "the audit's line 4 is not what was sealed behind line 3: 1 [4]"},
		{"update audit set at = at + interval '1 microsecond' where n = 6", "the audit's line 6 is not what was sealed behind line 5: 1 [6]"},
		{"delete from audit where n in (2, 3)", "lines of the audit that are not there, from line 2: 2 [2-3]"},
		{"delete from audit where n > 4", "lines of the audit that are not there, from line 5: 2 [5-6]"},
		{"with gone as (delete from audit where n = 6) update audit_chain set n = 5", "the audit's chain does not end as it was sealed, at line 5: 1 [5]"},
		{"update audit set n = null, hash = null, at = now() - interval '1 hour' where n = 6",
			"lines of the audit that are not there, from line 6: 1 [6-6]; lines of the audit that are older than a minute and not sealed: 1 [6]"},
	} {
		w := newWorld(t, 1)
		w.audited("ann", 6)
		w.seal()
		w.exec("alter table audit disable trigger user")
		w.exec(c.query)
		if got := w.chain(); got != c.want {
			t.Errorf("%s: %s, want %s", c.query, got, c.want)
		}
	}
}

// A hash that was kept elsewhere tells an audit that was written anew from the
// one that it was of.
func TestAuditHeadProvesWhatWasBefore(t *testing.T) {
	w := newWorld(t, 1)
	ctx := context.Background()
	w.audited("ann", 3)
	w.seal()
	h, err := w.watch.AuditHead(ctx)
	must(t, err)
	kept, err := hex.DecodeString(h.Hash)
	must(t, err)
	w.audited("bob", 3)
	w.seal()
	has := func(want bool) {
		t.Helper()
		if got, err := w.watch.AuditHas(ctx, kept); err != nil || got != want {
			t.Errorf("has %t, %v; want %t", got, err, want)
		}
	}
	has(true)
	w.exec("alter table audit disable trigger user")
	w.exec("update audit set actor = 'eve' where n = 2")
	w.exec("update audit set n = null, hash = null")
	w.exec("update audit_chain set n = 0, hash = ''")
	w.seal()
	if got := w.chain(); got != "" {
		t.Errorf("it was written anew, whole: %s", got)
	}
	has(false)
}

func TestAuditIsChosen(t *testing.T) {
	w := newWorld(t, 1)
	ctx := context.Background()
	for _, l := range [][3]string{{"ann", "rule.set", "rule:1"}, {"ann", "rule.lift", "rule:1"}, {"bob", "rule.set", "rule:12"}, {"bob", "message.raw", "message:a_b"}} {
		must(t, w.replicas[0].Record(ctx, l[0], l[1], l[2]))
	}
	w.seal()
	third := ask[time.Time](w, "select at from audit order by id offset 2 limit 1")
	for _, c := range []struct {
		f    ingest.AuditFilter
		want string
	}{
		{ingest.AuditFilter{}, "4321"},
		{ingest.AuditFilter{Actor: "ann"}, "21"},
		{ingest.AuditFilter{Action: "rule.*"}, "321"},
		{ingest.AuditFilter{Action: "rule.set", Actor: "bob"}, "3"},
		{ingest.AuditFilter{Subject: "rule:1"}, "21"},
		{ingest.AuditFilter{Subject: "rule:1*"}, "321"},
		{ingest.AuditFilter{Subject: "message:a%b"}, ""},
		{ingest.AuditFilter{Subject: "message:a_b"}, "4"},
		{ingest.AuditFilter{From: &third}, "43"},
		{ingest.AuditFilter{To: &third}, "21"},
		{ingest.AuditFilter{Part: ingest.Part{Limit: 2}}, "43"},
	} {
		if got := numbers(t, w.watch, c.f); got != c.want {
			t.Errorf("%+v: %s, want %s", c.f, got, c.want)
		}
	}
}

// numbers is those of the lines that a filter chooses; an export has the same,
// all of them, the other way round.
func numbers(t *testing.T, s *postgres.Store, f ingest.AuditFilter) (listed string) {
	t.Helper()
	list, err := s.Audit(context.Background(), f)
	must(t, err)
	var whole []string
	for _, e := range list.Items {
		listed += fmt.Sprint(e.N)
		whole = append(whole, fmt.Sprint(e.N))
	}
	var exported []string
	must(t, s.EachAudit(context.Background(), f, func(lines []ingest.AuditLine) error {
		for _, l := range lines {
			exported = append(exported, fmt.Sprint(l.N))
		}
		return nil
	}))
	slices.Reverse(exported)
	if list.Next == "" && !slices.Equal(whole, exported) {
		t.Errorf("%+v: exported %q, listed %q", f, exported, whole)
	}
	return listed
}

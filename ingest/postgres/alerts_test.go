package postgres_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/ingest"
)

// lookAfter looks for alerts so much later, in two processes at once.
func (w *world) lookAfter(d time.Duration, own *ingest.Disk) {
	w.t.Helper()
	w.ahead.Add(int64(d))
	var g sync.WaitGroup
	for _, r := range w.replicas {
		g.Go(func() {
			if err := r.Alert(context.Background(), own); err != nil {
				w.t.Error(err)
			}
		})
	}
	g.Wait()
}

// A channel's alert is told once when it begins, once a day, and once when it is over.
func TestAlertsAreTold(t *testing.T) {
	w := newWorld(t, 2)
	w.exec("update channels set state = 'failing', failing_since = $1 where name = 'mail'", w.now())
	w.lookAfter(time.Minute, nil)
	w.wants("too early", w.told("alert.%"))
	w.lookAfter(2*time.Minute, nil)
	w.lookAfter(time.Hour, nil)
	w.wants("begins", w.told("alert.%", "kind", "channel"), "alert.raised channel_failing mail")
	w.lookAfter(24*time.Hour, nil)
	w.exec("update channels set state = 'ok', failing_since = null")
	w.lookAfter(time.Minute, nil)
	w.lookAfter(10*time.Minute, nil)
	w.wants("all of it", w.told("alert.%", "subject", "says"), "alert.raised channel:mail Channel mail cannot reach or use its source.",
		"alert.reminded channel:mail Channel mail cannot reach or use its source.", "alert.cleared channel:mail Channel mail works again.")
}

// Everything that is alerted of is found in the database, and its end too.
func TestAlertConditions(t *testing.T) {
	w := newWorld(t, 2)
	w.change(func(s *ingest.Settings) { s.AlertDatabaseBytes, s.AlertUnsettled = 1, ingest.Keep(time.Hour) })
	w.set(order(ingest.Block, "visitor:ann"))
	bad := chat("bob", "1", "x")
	bad.Problem = ingest.ReasonUnreadable
	w.receive(bad, chat("ann", "1", "held"))
	w.settleAll()
	w.receive(chat("carl", "1", "waits"))
	w.exec(`update channels set state = case name when 'mail' then 'needs_reauth' else 'ok' end, reauth_since = now(), rejecting_since = case name when 'sms' then now() end,
		silent_since = case name when 'chat' then now() end`)
	w.exec("insert into leases (channel, holder, token, until) select id, 'x', 1, now() from channels where name = 'chat'")
	w.exec("insert into jobs (kind, scope, state, pass_epoch, created_by, error, finished_at) values ('release', 'selection:1', 'failed', 1, 'sam', 'x', $1)", w.now())
	w.exec("insert into endpoints (id, url, host, place_xid, place_id, created_at, created_by, off_at, off_reason) values (gen_random_uuid(), '', 'example.com', '0', 0, now(), 'sam', now(), 'gone')")
	w.exec("insert into deliveries (endpoint, event, at, state, next_at, ended_at) select id, 1, now(), 'dead', now(), now() from endpoints")
	w.lookAfter(25*time.Hour, &ingest.Disk{Host: "a", Free: 9, Size: 100})
	w.lookAfter(2*time.Minute, &ingest.Disk{Host: "a", Free: 8, Size: 100})
	kinds := all[string](w, "select kind from alerts where raised_at is not null order by array_position($1, kind)", ingest.AlertKinds)
	var want []string
	for _, k := range ingest.AlertKinds {
		if k != ingest.AlertFailing { // another test's
			want = append(want, string(k))
		}
	}
	w.wants("kinds", kinds, want...)
	w.exec("update channels set state = 'ok', rejecting_since = null, silent_since = null, last_ok_at = now() + interval '30 days'")
	w.exec("delete from messages where state in ('received', 'dead')")
	w.exec("delete from deliveries")
	w.exec("delete from endpoints")
	w.exec("update tickets set opened_at = now()")
	w.change(func(s *ingest.Settings) { s.AlertDatabaseBytes = 0 })
	w.lookAfter(8*24*time.Hour, nil)
	w.lookAfter(time.Hour, nil)
	if n := ask[int](w, "select count(*) from alerts where cleared_at is null"); n != 0 {
		t.Errorf("%d alerts stand: %q", n, all[string](w, "select kind from alerts where cleared_at is null"))
	}
}

// What is filed in silence waits for nobody, and no alert says so.
func TestNoAlertOfTheBlacklist(t *testing.T) {
	w := newWorld(t, 2)
	w.set(order(ingest.Blacklist, "visitor:ann"))
	w.receive(chat("ann", "1", "filed"))
	w.settleAll()
	w.lookAfter(25*time.Hour, nil)
	w.wants("alerts", all[string](w, "select kind from alerts"))
	w.set(order(ingest.Block, "visitor:bob"))
	w.receive(chat("bob", "1", "held"))
	w.settleAll()
	w.lookAfter(25*time.Hour, nil)
	w.wants("alerts", all[string](w, "select kind || ' ' || n from alerts"), "unopened 1")
}

// A mailbox that is taken over takes hours and is not late while messages come.
func TestALongPollIsNotLate(t *testing.T) {
	w := newWorld(t, 1)
	w.exec("insert into leases (channel, holder, token, until) select id, 'x', 1, now() from channels where name = 'mail'")
	w.ahead.Store(int64(3 * time.Hour))
	w.exec("insert into arrivals (channel, hour, n, last_at) select id, date_trunc('hour', $1::timestamptz), 1, $1 from channels where name = 'mail'", w.now())
	w.lookAfter(30*time.Minute, nil)
	w.wants("while they come", w.told("alert.%"))
	w.lookAfter(time.Hour, nil)
	w.wants("when none did", w.told("alert.%", "kind"), "alert.raised channel_late")
}

// A clock that ran ahead keeps nobody from looking when it is gone.
func TestAWrongClockStopsNoAlerts(t *testing.T) {
	w := newWorld(t, 1)
	w.lookAfter(48*time.Hour, nil)
	w.exec("update channels set silent_since = now() where name = 'sms'")
	w.lookAfter(-48*time.Hour, nil)
	w.wants("by the right clock", w.told("alert.%", "subject"), "alert.raised channel:sms")
}

// No word of a message is in an alert (law 10).
func TestAlertsTellNoContent(t *testing.T) {
	w := newWorld(t, 1)
	bad := chat("planted", "1", "planted")
	bad.Problem = ingest.ReasonUnreadable
	w.receive(bad)
	w.lookAfter(time.Hour, nil)
	said := strings.Join(all[string](w, "select concat(a, e.data) from alerts a, events e where e.type like 'alert.%'"), " ")
	if !strings.Contains(said, "dead_messages") || strings.Contains(said, "planted") {
		t.Error(said)
	}
}

// Alerts are read, those that stand first, and muted for a while.
func TestAlertsAreReadAndMuted(t *testing.T) {
	w, ctx := newWorld(t, 1), context.Background()
	s := w.replicas[0]
	raise := func(name string) {
		w.exec("update channels set silent_since = case when name = $1 then now() end", name)
		w.lookAfter(time.Hour, nil)
	}
	for _, name := range []string{"sms", "chat", "mail"} {
		raise(name)
	}
	read := func(all bool) (subjects []string, ids []ingest.ID) {
		p := ingest.Part{Limit: 2}
		for {
			list, err := s.Alerts(ctx, all, p)
			must(t, err)
			for _, a := range list.Items {
				subjects, ids = append(subjects, a.Subject), append(ids, a.ID)
			}
			if p.After = list.Next; p.After == "" {
				return subjects, ids
			}
		}
	}
	open, ids := read(false)
	w.wants("open", open, "channel:mail")
	every, past := read(true)
	w.wants("all", every, "channel:mail", "channel:chat", "channel:sms")
	must(t, s.MuteAlert(ctx, ids[0], w.now().Add(48*time.Hour), "sam"))
	if err := s.MuteAlert(ctx, past[1], w.now(), "sam"); !errors.Is(err, ingest.ErrConflict) {
		t.Errorf("one that is over: %v", err)
	}
	if err := s.MuteAlert(ctx, ingest.NewID(noon), w.now(), "sam"); !errors.Is(err, ingest.ErrNotFound) {
		t.Errorf("none: %v", err)
	}
	w.lookAfter(25*time.Hour, nil)
	w.wants("muted", w.told("alert.reminded"))
	w.lookAfter(24*time.Hour, nil)
	w.wants("reminded", w.told("alert.reminded"), "alert.reminded")
	counts, err := s.OpenAlerts(ctx)
	if must(t, err); len(counts) != 1 || counts[ingest.AlertSilent] != 1 {
		t.Errorf("%v", counts)
	}
}

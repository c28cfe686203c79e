package postgres

import (
	"sync"
	"testing"
	"time"

	"gatehouse/ingest"
	"gatehouse/migrations/localpg"
)

// What comes is counted by the hour when the ledger is folded, whoever folds it.
func TestArrivalsAreFolded(t *testing.T) {
	ctx, s := t.Context(), open(t)
	receive(t, s, chat("v", "0", "one"), chat("v", "1", "two"), chat("v", "2", "three"))
	must(t, s.Count(ctx, "mail", ingest.Besides{Ignored: 5, Foreign: 5})) // receipts are no messages
	must(t, s.Fold(ctx))
	receive(t, s, chat("v", "3", "four"), chat("v", "0", "one"))
	must(t, s.Fold(ctx))
	hours, since, err := s.Arrivals(ctx, time.Now().Add(-2*time.Hour))
	must(t, err)
	sum := 0
	for _, h := range hours["chat"] {
		sum += h.N
	}
	if sum != 4 || len(hours["mail"]) != 0 || since.IsZero() || since.After(time.Now()) {
		t.Errorf("%v since %v", hours, since)
	}
	for _, w := range watched(t, s) {
		if heard := !w.Heard.IsZero(); heard != (w.Name == "chat") {
			t.Errorf("%s was heard at %v", w.Name, w.Heard)
		}
	}
}

func watched(t *testing.T, s *Store) map[string]ingest.WatchedChannel {
	t.Helper()
	list, err := s.Watched(t.Context())
	must(t, err)
	byName := map[string]ingest.WatchedChannel{}
	for _, w := range list {
		byName[w.Name] = w
	}
	return byName
}

// A habit of four weeks, read back from the database, tells a silence.
func TestAHabitIsLearnt(t *testing.T) {
	ctx, s := t.Context(), open(t)
	now := time.Now().UTC().Truncate(time.Hour).Add(50 * time.Minute)
	_, err := s.pool.Exec(ctx, `insert into arrivals (channel, hour, n, last_at)
		select c.id, $1::timestamptz - week * interval '7 days', 30, $1::timestamptz - week * interval '7 days' from channels c, generate_series(1, 4) week where c.name = 'chat'`,
		now.Truncate(time.Hour))
	must(t, err)
	_, err = s.pool.Exec(ctx, "update presence set began = began - interval '60 days', up = up - interval '60 days'")
	must(t, err)
	_, err = s.pool.Exec(ctx, "update channels set since = since - interval '60 days', heard_from = heard_from - interval '60 days'")
	must(t, err)
	hours, since, err := s.Arrivals(ctx, now.AddDate(0, 0, -30))
	must(t, err)
	w := watched(t, s)["chat"]
	h := ingest.Hearing{Habit: ingest.NewHabit(hours["chat"], since, time.UTC), Heard: w.Heard, From: w.From}
	if got, says := h.Silence(now); got.IsZero() || says == "" {
		t.Errorf("silent since %v: %q", got, says)
	}
	h.Heard = now.Truncate(time.Hour).Add(30 * time.Minute)
	if got, says := h.Silence(now); !got.IsZero() {
		t.Errorf("silent since %v: %q", got, says)
	}
}

// The stretch of refusals begins behind the last request that was believed, and
// a stranger's noise does not hide what the provider is refused for.
func TestTrafficOfAHook(t *testing.T) {
	ctx, s := t.Context(), open(t)
	now := time.Now().Truncate(time.Millisecond)
	s.now = func() time.Time { return now }
	at := func(minutes int) time.Time { return now.Add(time.Duration(minutes) * time.Minute) }
	count := func(cause string, n int64, first, last int) ingest.HookCount {
		return ingest.HookCount{Channel: "chat", Minute: at(first).Truncate(time.Minute), Cause: cause, N: n, First: at(first), Last: at(last)}
	}
	refused := func(cause string, at time.Time) ingest.HookRefusal {
		return ingest.HookRefusal{At: at, Cause: cause, Says: cause}
	}
	if w := watched(t, s)["chat"].Traffic; w != (ingest.HookTraffic{}) {
		t.Errorf("nothing came: %+v", w)
	}
	must(t, s.NoteHooks(ctx, ingest.HookNotes{Counts: []ingest.HookCount{count("", 1, -20, -20), count("secret", 4, -21, -12), count("no signature", 9, -5, -1), count("clock", 1, -50, -40)},
		Refusals: map[string][]ingest.HookRefusal{"chat": {refused("secret", at(-12)), refused("no signature", at(-1))}}}))
	w := watched(t, s)["chat"]
	if !w.Traffic.Believed.Equal(at(-20)) || !w.Traffic.First.Equal(at(-20)) || !w.Traffic.Last.Equal(at(-1)) || w.Traffic.Unsigned || w.Cause != "secret" {
		t.Errorf("%+v", w)
	}
	must(t, s.NoteHooks(ctx, ingest.HookNotes{Counts: []ingest.HookCount{count("", 1, -10, -10), count("", 2, -10, -9)}}))
	if w := watched(t, s)["chat"]; !w.Traffic.Believed.Equal(at(-9)) || !w.Traffic.First.Equal(at(-5)) || !w.Traffic.Unsigned {
		t.Errorf("%+v", w)
	}
	must(t, s.NoteHooks(ctx, ingest.HookNotes{Counts: []ingest.HookCount{count("", 1, 0, 0)}}))
	if w := watched(t, s)["chat"]; !w.Traffic.First.IsZero() || !w.Traffic.Last.IsZero() {
		t.Errorf("all is believed: %+v", w.Traffic)
	}
}

// Of several processes that see a trouble begin one tells it, and one that looks
// at what has changed since changes nothing.
func TestATroubleIsToldOnce(t *testing.T) {
	ctx, s := t.Context(), open(t)
	began := time.Now().Truncate(time.Millisecond)
	begin := ingest.TroubleChange{Channel: "chat", Trouble: ingest.Rejecting, Since: began, Says: "all are refused"}
	end := ingest.TroubleChange{Channel: "chat", Trouble: ingest.Rejecting, Was: began}
	for _, x := range []ingest.TroubleChange{begin, begin, end, end, begin} {
		must(t, s.ChangeTrouble(ctx, x))
	}
	must(t, s.ChangeTrouble(ctx, ingest.TroubleChange{Channel: "chat", Trouble: ingest.Rejecting, Was: began.Add(-time.Second)}))
	list, err := s.Events(ctx, ingest.EventFilter{Types: []string{"channel.rejecting", "channel.ok"}, Limit: 10})
	must(t, err)
	if len(list.Items) != 3 {
		t.Errorf("%d events", len(list.Items))
	}
	if h, err := s.Troubles(ctx, "chat"); err != nil || h == nil || h.State != "rejecting" || h.LastError != "all are refused" {
		t.Errorf("%+v, %v", h, err)
	}
	if h, err := s.Troubles(ctx, "mail"); h != nil || err != nil {
		t.Errorf("%+v, %v", h, err)
	}
}

// A provider that tries again for longer than nobody was there has told all.
func TestProvidersTryAgain(t *testing.T) {
	ctx, s := t.Context(), open(t)
	began := time.Now()
	must(t, s.Present(ctx, ingest.Presence{At: began}))
	must(t, s.Present(ctx, ingest.Presence{At: began.Add(2 * time.Hour), Pushed: map[string]time.Duration{"chat": time.Hour, "mail": 24 * time.Hour}}))
	must(t, s.Present(ctx, ingest.Presence{At: began.Add(time.Hour)})) // another one's clock is slow
	must(t, s.Present(ctx, ingest.Presence{At: began.Add(2*time.Hour + 59*time.Second), Pushed: map[string]time.Duration{"chat": 0, "mail": 0}}))
	for name, want := range map[string]int{"chat": 1, "mail": 0} {
		d, err := s.Channel(ctx, name)
		must(t, err)
		if len(d.Unknown) != want {
			t.Errorf("%s: %+v", name, d.Unknown)
		}
	}
	if from := watched(t, s)["chat"].From; from.Sub(began).Round(time.Second) != 2*time.Hour {
		t.Errorf("somebody listens since %v", from)
	}
}

// Many processes come back at once: one of them notes the gap.
func TestAGapIsNotedOnce(t *testing.T) {
	ctx, s := t.Context(), open(t)
	began := time.Now()
	must(t, s.Present(ctx, ingest.Presence{At: began}))
	var back sync.WaitGroup
	for n := range 8 {
		back.Go(func() {
			at := began.Add(time.Hour + time.Duration(n)*time.Second)
			if err := s.Present(ctx, ingest.Presence{At: at, Pushed: map[string]time.Duration{"chat": 0}}); err != nil {
				t.Error(err)
			}
		})
	}
	back.Wait()
	d, err := s.Channel(ctx, "chat")
	must(t, err)
	if len(d.Unknown) != 1 {
		t.Errorf("%+v", d.Unknown)
	}
}

// The program is checked before the database is brought up to it: that knows
// nothing against its channels.
func TestTroublesOfAnOlderDatabase(t *testing.T) {
	older := open(t)
	_, err := older.pool.Exec(t.Context(), "alter table channels drop column shows cascade")
	must(t, err)
	if h, err := older.Troubles(t.Context(), "chat"); h != nil || err != nil {
		t.Errorf("%+v, %v", h, err)
	}
}

func TestTroublesOfAnEmptyDatabase(t *testing.T) {
	s, err := Open(t.Context(), localpg.Empty(t), Options{})
	must(t, err)
	defer s.Close()
	if h, err := s.Troubles(t.Context(), "chat"); h != nil || err != nil {
		t.Errorf("%+v, %v", h, err)
	}
}

// What a provider says that it dropped is unknown, once, and told.
func TestDroppedIsUnknown(t *testing.T) {
	ctx, s := t.Context(), open(t)
	at := time.Now().UTC().Truncate(time.Minute)
	missed := []ingest.UnknownHours{{From: at.Add(-time.Minute), Until: at, Why: ingest.DroppedByProvider}}
	for range 2 {
		must(t, s.Count(ctx, "chat", ingest.Besides{Ignored: 1, Missed: missed}))
	}
	var hours, events int
	must(t, s.pool.QueryRow(ctx, `select (select count(*) from unknown_hours where why = 'dropped'),
		(select count(*) from events where type = 'channel.unknown' and data ->> 'channel' = 'chat' and data ->> 'why' = 'dropped')`).Scan(&hours, &events))
	if hours != 1 || events != 1 {
		t.Errorf("%d stretches, %d events, want one of each", hours, events)
	}
}

package app

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/all"
	"gatehouse/cmd/gatehouse/config"
	"gatehouse/ingest"
	"gatehouse/ingest/postgres"
	"gatehouse/migrations/localpg"
)

// clock is what several processes go by.
type clock struct{ ahead time.Duration }

func (c *clock) now() time.Time { return time.Now().Add(c.ahead) }

// replica is a process that answers at the hooks and watches, by a clock of the
// test's.
type replica struct {
	t     *testing.T
	store *postgres.Store
	hooks *channels.Server
	notes *channels.Notebook
	watch *channels.Watch
}

func newReplica(t *testing.T, url string, c *clock, texts ...string) *replica {
	t.Helper()
	store, err := postgres.Open(t.Context(), url, postgres.Options{Now: c.now})
	must(t, err)
	t.Cleanup(store.Close)
	notes := &channels.Notebook{Now: c.now}
	a := &App{Store: store, Log: slog.New(slog.DiscardHandler), notes: notes, pushed: channels.NewBudget(1 << 20),
		group: channels.NewGroup(store, nil), roles: AllRoles, hooks: &channels.Server{Log: slog.New(slog.DiscardHandler), Notes: notes}}
	list := map[string]joined{}
	var endpoints []*channels.Endpoint
	for _, text := range texts {
		ch, err := config.NewChannel(text)
		must(t, err)
		kind, _ := all.Find(ch.Kind)
		must(t, store.Register(t.Context(), ch.Name, ch.Kind, kind.Family))
		j := joined{Channel: ch}
		if kind.Webhook != nil {
			host := a.host(ch, ch.Name)
			host.Now = c.now
			decode := channels.Noticing(ch.Decode, func(s []channels.NamedSecret) { j.secrets = s })
			j.endpoint, err = channels.NewEndpoint(kind, decode, host, a.reception(kind), nil)
			must(t, err)
			endpoints = append(endpoints, j.endpoint)
		}
		list[ch.Name] = j
	}
	a.hooks.Serve(endpoints...)
	a.watchAll(list)
	r := &replica{t, store, a.hooks, notes, a.watch()}
	r.watch.Now = c.now
	return r
}

// round tells what was noted and looks at the channels, as each process does
// every few seconds.
func (r *replica) round() {
	r.t.Helper()
	must(r.t, r.notes.Tell(r.t.Context(), r.store))
	must(r.t, r.store.Fold(r.t.Context()))
	must(r.t, r.watch.Round(r.t.Context()))
}

// pass lets time pass in which this process is at work.
func (r *replica) pass(c *clock, d time.Duration) {
	r.t.Helper()
	for ; d > 0; d -= 50 * time.Second {
		c.ahead += min(d, 50*time.Second)
		must(r.t, r.watch.Round(r.t.Context()))
	}
}

func (r *replica) call(channel, body string, header ...string) int {
	req := httptest.NewRequest(http.MethodPost, "/hooks/"+channel, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	r.hooks.ServeHTTP(w, req)
	return w.Code
}

func (r *replica) signed(channel, body, secret string) int {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	return r.call(channel, body, "X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
}

func (r *replica) channel(name string) ingest.ChannelDetail {
	r.t.Helper()
	d, err := r.store.Channel(r.t.Context(), name)
	must(r.t, err)
	return d
}

// events are those of channels that were told, in their order.
func (r *replica) events() (list []string) {
	r.t.Helper()
	page, err := r.store.Events(r.t.Context(), ingest.EventFilter{Limit: 100})
	must(r.t, err)
	for _, e := range page.Items {
		if strings.HasPrefix(e.Type, "channel.") {
			list = append(list, e.Type)
		}
	}
	return list
}

// github is a channel that nobody can ask, with two secrets.
const github = "{name: orders, kind: webhook, scheme: github, secret: [old, new], map: {id: id, text: text, from: from}}"

func post(n int) string {
	return fmt.Sprintf(`{"id": "%d", "text": "hello", "from": "ann@example.com"}`, n)
}

// Two processes answer for one channel: it is rejecting when neither believes
// anybody for five minutes, until one does, and each change is told once.
func TestRejectingIsOneStateOfAllProcesses(t *testing.T) {
	c, url := &clock{}, localpg.Test(t)
	a, b := newReplica(t, url, c, github), newReplica(t, url, c, github)
	both := func() {
		t.Helper()
		a.round()
		b.round()
	}
	state := func(want string) {
		t.Helper()
		if got := b.channel("orders"); got.State != want || (got.RejectingSince != nil) != (want == "rejecting") {
			t.Fatalf("state %s since %v, want %s: %s", got.State, got.RejectingSince, want, got.LastError)
		}
	}
	if a.signed("orders", post(1), "old") != 200 || a.signed("orders", post(2), "wrong") != 401 || b.signed("orders", post(3), "wrong") != 401 {
		t.Fatal("not answered as it should be")
	}
	both()
	state("ok")
	a.pass(c, 4*time.Minute)
	both()
	state("ok")
	a.pass(c, 2*time.Minute)
	if b.call("orders", post(3)) != 401 {
		t.Fatal("an unsigned request was believed")
	}
	both()
	both()
	state("rejecting")
	d := a.channel("orders")
	if want := "are refused: no secret of the channel makes this signature: set the provider's secret"; !strings.Contains(d.LastError, want) {
		t.Errorf("what to do: %q", d.LastError)
	}
	if !maps.Equal(d.Refused, map[string]int64{"secret": 2, "no signature": 1}) || len(d.Refusals) != 3 || d.Refusals[0].Cause != "no signature" || d.Refusals[2].Size != int64(len(post(2))) {
		t.Errorf("refusals %v, %+v", d.Refused, d.Refusals)
	}
	if got := a.events(); !slices.Equal(got, []string{"channel.rejecting"}) {
		t.Errorf("events %v", got)
	}
	a.pass(c, time.Hour)
	both()
	state("rejecting")
	if a.signed("orders", post(4), "new") != 200 {
		t.Fatal("the new secret is refused")
	}
	b.round()
	state("rejecting")
	both()
	state("ok")
	if got := a.events(); !slices.Equal(got, []string{"channel.rejecting", "channel.ok"}) {
		t.Errorf("events %v", got)
	}
	for i, s := range a.channel("orders").Secrets {
		if s.Index != i || s.Key != "secret" || s.UsedAt == nil {
			t.Errorf("secret %+v", s)
		}
	}
	if d := a.channel("orders"); len(d.Secrets) != 2 || !d.Secrets[0].UsedAt.Before(*d.Secrets[1].UsedAt) {
		t.Errorf("the old secret is not the one that can go: %+v", d.Secrets)
	}
}

// A flood of strangers leaves few rows, and what the provider is refused for.
func TestRefusalsOfAFloodAreFew(t *testing.T) {
	c := &clock{}
	a := newReplica(t, localpg.Test(t), c, github)
	a.signed("orders", post(1), "wrong")
	for range 20 {
		a.round()
		for range 500 {
			a.call("orders", post(2))
		}
		c.ahead += time.Second
	}
	a.round()
	d := a.channel("orders")
	causes := map[string]int{}
	for _, r := range d.Refusals {
		causes[r.Cause]++
	}
	if !maps.Equal(causes, map[string]int{"secret": 1, "no signature": 10}) || d.Refused["no signature"] != 10_000 {
		t.Errorf("kept %v, counted %v", causes, d.Refused)
	}
}

// Of a channel it is said how often something comes; nothing has to come of the
// others. A poller that reports that all is well changes nothing.
func TestSilentWhenSomethingIsExpected(t *testing.T) {
	c, url := &clock{}, localpg.Test(t)
	said := strings.Replace(github, "kind", "expect_every: 30m, kind", 1)
	mail := "{name: mail, kind: imap, host: mail.example.com, username: a, password: b, expect_every: 1h}"
	other := "{name: other, kind: webhook, scheme: github, secret: new, map: {text: text, from: from}}"
	a, b := newReplica(t, url, c, said, mail, other), newReplica(t, url, c, said, mail, other)
	states := func(orders, mailbox string) {
		t.Helper()
		a.round()
		b.round()
		must(t, a.store.Report(t.Context(), "mail", ingest.Health{State: "ok"}))
		if o, m, x := a.channel("orders"), a.channel("mail"), a.channel("other"); o.State != orders || m.State != mailbox || x.State != "ok" {
			t.Fatalf("orders %s (%s), mail %s (%s), other %s", o.State, o.LastError, m.State, m.LastError, x.State)
		}
	}
	if a.signed("orders", post(1), "new") != 200 {
		t.Fatal("not believed")
	}
	states("ok", "ok")
	a.pass(c, 20*time.Minute)
	states("ok", "ok")
	a.pass(c, 11*time.Minute)
	states("silent", "ok")
	if d := a.channel("orders"); !strings.HasSuffix(d.LastError, "; a message is expected every 30m") || d.SilentSince == nil || d.RejectingSince != nil {
		t.Errorf("%+v", d)
	}
	a.pass(c, 30*time.Minute)
	states("silent", "silent")
	must(t, a.store.Report(t.Context(), "mail", ingest.Health{State: "failing", Error: "no answer"}))
	if m := a.channel("mail"); m.State != "failing" || m.LastError != "no answer" {
		t.Errorf("a failure outweighs silence: %+v", m.ChannelHealth)
	}
	states("silent", "silent")
	must(t, a.store.Pause(t.Context(), "orders", true, "ann"))
	states("paused", "silent")
	c.ahead = 0 // what comes is written down by the database's clock
	must(t, a.store.Pause(t.Context(), "orders", false, "ann"))
	if b.signed("orders", post(2), "new") != 200 {
		t.Fatal("not believed")
	}
	states("ok", "ok")
	want := []string{"channel.silent", "channel.silent", "channel.failing", "channel.silent", "channel.paused", "channel.resumed", "channel.ok"}
	if got := a.events(); !slices.Equal(got, want) {
		t.Errorf("events %v, want %v", got, want)
	}
}

// Nobody was there for an hour and a half. What that means differs by whether a
// provider can be asked.
func TestUnknownHours(t *testing.T) {
	c, url := &clock{}, localpg.Test(t)
	sms := "{name: sms, kind: twilio, account_sid: AC1, auth_token: one}"
	a, b := newReplica(t, url, c, github, sms), newReplica(t, url, c, github, sms)
	a.round()
	c.ahead += 50 * time.Second // a restart
	a.round()
	from := c.now()
	c.ahead += 90 * time.Minute
	a.round()
	b.round()
	d := b.channel("orders")
	if len(d.Unknown) != 1 || d.Unknown[0].Why != "away" || d.Unknown[0].From.Sub(from).Abs() > time.Minute || d.Unknown[0].Until.Sub(d.Unknown[0].From).Round(time.Minute) != 90*time.Minute {
		t.Fatalf("unknown %+v, from %v", d.Unknown, from)
	}
	if d := b.channel("sms"); len(d.Unknown) != 0 {
		t.Errorf("its provider can be asked: %+v", d.Unknown)
	}
	// With the list, as without.
	list, err := b.store.Health(t.Context(), "")
	must(t, err)
	for _, h := range list {
		if h.Unknown == nil || len(h.Unknown) != len(b.channel(h.Name).Unknown) {
			t.Errorf("%s in the list: %+v", h.Name, h.Unknown)
		}
	}
	must(t, b.store.SettleUnknown(t.Context(), "orders", "ann"))
	if d := b.channel("orders"); len(d.Unknown) != 0 {
		t.Errorf("settled: %+v", d.Unknown)
	}
	if got := a.events(); !slices.Equal(got, []string{"channel.unknown"}) {
		t.Errorf("events %v", got)
	}
}

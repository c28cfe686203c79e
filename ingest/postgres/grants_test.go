package postgres

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
	"gatehouse/ingest/seal"
	"gatehouse/migrations/localpg"
)

// Keys of the tests: any 32 octets that differ.
var (
	oldKey = base64.StdEncoding.EncodeToString([]byte("abcdefghijklmnopqrstuvwxyz012345"))
	newKey = base64.StdEncoding.EncodeToString([]byte("543210zyxwvutsrqponmlkjihgfedcba"))
)

func sealing(t *testing.T, url string, keys ...string) *Store {
	t.Helper()
	ring, err := seal.New(keys...)
	must(t, err)
	s, err := Open(context.Background(), url, Options{Seal: ring})
	must(t, err)
	t.Cleanup(s.Close)
	t.Cleanup(func() { checkEvents(t, s.pool.Config().ConnString()) })
	must(t, s.Register(context.Background(), "mail", "imap", ingest.Email))
	must(t, s.Register(context.Background(), "other", "imap", ingest.Email))
	return s
}

func wants(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

func TestAGrantIsTakenByOneAtATime(t *testing.T) {
	ctx, s := t.Context(), sealing(t, localpg.Test(t), oldKey)
	_, err := s.TakeGrant(ctx, "mail", time.Minute)
	wants(t, "there is none", err, ingest.ErrNotFound)
	must(t, s.SetGrant(ctx, "mail", "first", "ann"))
	g, err := s.TakeGrant(ctx, "mail", time.Minute)
	must(t, err)
	if g.Token != "first" {
		t.Errorf("token %q", string(g.Token))
	}
	_, err = s.TakeGrant(ctx, "mail", time.Minute)
	wants(t, "a second taker", err, ingest.ErrFenced)
	must(t, s.RenewGrant(ctx, "mail", ingest.Grant{Version: g.Version, Token: "second"}))
	next, err := s.TakeGrant(ctx, "mail", time.Nanosecond)
	must(t, err)
	if next.Token != "second" || next.Version <= g.Version {
		t.Errorf("%+v after %+v, token %q", next, g, string(next.Token))
	}
	wants(t, "the old one's successor again", s.RenewGrant(ctx, "mail", ingest.Grant{Version: g.Version, Token: "third"}), ingest.ErrConflict)
	late, err := s.TakeGrant(ctx, "mail", time.Minute) // the lease of the one before ran out: it died at work
	must(t, err)
	must(t, s.ReturnGrant(ctx, "mail", next, ingest.GrantFailed))
	_, err = s.TakeGrant(ctx, "mail", time.Minute)
	wants(t, "while the last taker has it, whoever else gives it back", err, ingest.ErrFenced)
	must(t, s.ReturnGrant(ctx, "mail", late, ingest.GrantKept))
	_, err = s.TakeGrant(ctx, "mail", time.Minute)
	must(t, err)
}

// Whatever an exchange with an old token came to, a newer one stands.
func TestAGrantThatWasReplacedStands(t *testing.T) {
	ctx, s := t.Context(), sealing(t, localpg.Test(t), oldKey)
	must(t, s.SetGrant(ctx, "mail", "old", "ann"))
	g, err := s.TakeGrant(ctx, "mail", time.Minute)
	must(t, err)
	must(t, s.SetGrant(ctx, "mail", "new", "bob"))
	wants(t, "a successor of the old one", s.RenewGrant(ctx, "mail", ingest.Grant{Version: g.Version, Token: "x"}), ingest.ErrConflict)
	wants(t, "the end of the old one", s.ReturnGrant(ctx, "mail", g, ingest.GrantRefused), ingest.ErrConflict)
	state, err := s.GrantState(ctx, "mail")
	must(t, err)
	if state.RefusedAt != nil || state.GrantedBy != "bob" {
		t.Errorf("%+v", state)
	}
	now, err := s.TakeGrant(ctx, "mail", time.Minute)
	must(t, err)
	if now.Token != "new" {
		t.Errorf("token %q", string(now.Token))
	}
}

func TestTheFirstRefusalIsRemembered(t *testing.T) {
	ctx, s := t.Context(), sealing(t, localpg.Test(t), oldKey)
	must(t, s.SetGrant(ctx, "mail", "token", "ann"))
	end := func(how ingest.GrantEnd) ingest.GrantState {
		t.Helper()
		g, err := s.TakeGrant(ctx, "mail", time.Minute)
		must(t, err)
		must(t, s.ReturnGrant(ctx, "mail", g, how))
		state, err := s.GrantState(ctx, "mail")
		must(t, err)
		return state
	}
	first := end(ingest.GrantRefused).RefusedAt
	for _, how := range []ingest.GrantEnd{ingest.GrantRefused, ingest.GrantFailed} {
		if now := end(how).RefusedAt; first == nil || now == nil || !now.Equal(*first) {
			t.Errorf("%s: refused at %v, first at %v", how, now, first)
		}
	}
	if now := end(ingest.GrantKept).RefusedAt; now != nil {
		t.Errorf("refused at %v after it was taken", now)
	}
}

func TestAConfiguredTokenBeginsAGrant(t *testing.T) {
	ctx, s := t.Context(), sealing(t, localpg.Test(t), oldKey)
	token := func() ingest.Secret {
		t.Helper()
		g, err := s.TakeGrant(ctx, "mail", time.Nanosecond)
		must(t, err)
		return g.Token
	}
	must(t, s.SeedGrant(ctx, "mail", "seed"))
	g, err := s.TakeGrant(ctx, "mail", time.Nanosecond)
	must(t, err)
	must(t, s.RenewGrant(ctx, "mail", ingest.Grant{Version: g.Version, Token: "successor"}))
	must(t, s.SeedGrant(ctx, "mail", "seed")) // a restart
	if got := token(); got != "successor" {
		t.Errorf("after a restart %q", string(got))
	}
	must(t, s.SeedGrant(ctx, "mail", "another"))
	if got := token(); got != "another" {
		t.Errorf("after another was configured %q", string(got))
	}
}

func TestSecretsAreSealedAnew(t *testing.T) {
	ctx, url := t.Context(), localpg.Test(t)
	old := sealing(t, url, oldKey)
	must(t, old.SetGrant(ctx, "mail", "plaintext-token", "ann"))
	must(t, old.SetGrant(ctx, "other", "another", "ann"))
	dump := func() (all string) {
		t.Helper()
		must(t, old.pool.QueryRow(ctx, "select string_agg(encode(sealed, 'escape'), ' ') from grants").Scan(&all))
		return all
	}
	if strings.Contains(dump(), "plaintext") {
		t.Error("the token can be read in the database")
	}
	both := sealing(t, url, newKey, oldKey)
	for _, want := range []int{2, 0} {
		if n, err := both.Reseal(ctx); err != nil || n != want {
			t.Errorf("%d sealed anew, %v, want %d", n, err, want)
		}
	}
	fresh := sealing(t, url, newKey)
	g, err := fresh.TakeGrant(ctx, "mail", time.Minute)
	if err != nil || g.Token != "plaintext-token" {
		t.Errorf("with the new key alone: %q, %v", string(g.Token), err)
	}
	_, err = old.Reseal(ctx)
	wants(t, "with the old key alone", err, seal.ErrNoKey)
	if err == nil || !strings.Contains(err.Error(), "grant of mail") {
		t.Errorf("it does not say whose: %v", err)
	}
	must(t, fresh.ReturnGrant(ctx, "mail", g, ingest.GrantKept))
	_, err = old.TakeGrant(ctx, "mail", time.Minute)
	wants(t, "taken with the old key", err, seal.ErrNoKey)
	_, err = fresh.TakeGrant(ctx, "mail", time.Minute) // the try has given it back
	must(t, err)
}

func TestSwappedSecretsDoNotOpen(t *testing.T) {
	ctx, s := t.Context(), sealing(t, localpg.Test(t), oldKey)
	must(t, s.SetGrant(ctx, "mail", "mine", "ann"))
	must(t, s.SetGrant(ctx, "other", "theirs", "ann"))
	_, err := s.pool.Exec(ctx, "update grants g set sealed = o.sealed from grants o where o.channel <> g.channel")
	must(t, err)
	_, err = s.TakeGrant(ctx, "mail", time.Minute)
	wants(t, "another channel's secret", err, seal.ErrBroken)
}

func TestWithoutAKeyNothingIsKept(t *testing.T) {
	ctx, s := t.Context(), open(t)
	wants(t, "set", s.SetGrant(ctx, "mail", "x", "ann"), errNoSeal)
	wants(t, "seed", s.SeedGrant(ctx, "mail", "x"), errNoSeal)
	if n, err := s.Reseal(ctx); n != 0 || err != nil {
		t.Error(n, err)
	}
}

// check asks before anything has run.
func TestAnEmptyDatabaseHasNoGrant(t *testing.T) {
	s, err := Open(t.Context(), localpg.Empty(t), Options{})
	must(t, err)
	t.Cleanup(s.Close)
	_, err = s.TakeGrant(t.Context(), "mail", time.Minute)
	wants(t, "taken", err, ingest.ErrNotFound)
}

func TestALinkIsGoodOnce(t *testing.T) {
	ctx, s := t.Context(), sealing(t, localpg.Test(t), oldKey)
	now := time.Now()
	id, err := s.NewConsent(ctx, ingest.ConsentOrder{Channel: "mail", ExpiresAt: now.Add(time.Hour), Actor: "ann"})
	must(t, err)
	must(t, s.BeginConsent(ctx, id, "state 1", "verifier 1"))
	must(t, s.BeginConsent(ctx, id, "state 2", "verifier 2")) // begun again in another window
	_, _, err = s.TakeConsent(ctx, "state 1")
	wants(t, "the first window", err, ingest.ErrNotFound)
	c, verifier, err := s.TakeConsent(ctx, "state 2")
	must(t, err)
	if c.ID != id || c.Channel != "mail" || verifier != "verifier 2" || c.State(now) != "waiting" {
		t.Errorf("%+v, %q", c, string(verifier))
	}
	_, _, err = s.TakeConsent(ctx, "state 2")
	wants(t, "the same answer again", err, ingest.ErrNotFound)
	must(t, s.FailConsent(ctx, id, "the owner declined"))
	if c, err = s.LatestConsent(ctx, "mail"); err != nil || c.Says != "the owner declined" || !c.Open(now) {
		t.Errorf("%+v, %v", c, err)
	}
	must(t, s.BeginConsent(ctx, id, "state 3", "verifier 3"))
	must(t, s.FinishConsent(ctx, id, "granted"))
	wants(t, "used up", s.FinishConsent(ctx, id, "again"), ingest.ErrConflict)
	wants(t, "begun after it was used up", s.BeginConsent(ctx, id, "state 4", "v"), ingest.ErrNotFound)
	g, err := s.TakeGrant(ctx, "mail", time.Minute)
	if err != nil || g.Token != "granted" {
		t.Errorf("%q, %v", string(g.Token), err)
	}
	if c, err = s.Consent(ctx, id); err != nil || c.State(now) != "granted" || c.Says != "" {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestALinkExpires(t *testing.T) {
	ctx, s := t.Context(), sealing(t, localpg.Test(t), oldKey)
	id, err := s.NewConsent(ctx, ingest.ConsentOrder{Channel: "mail", ExpiresAt: time.Now().Add(time.Hour), Actor: "ann"})
	must(t, err)
	must(t, s.BeginConsent(ctx, id, "state", "verifier"))
	s.now = func() time.Time { return time.Now().Add(2 * time.Hour) }
	_, _, err = s.TakeConsent(ctx, "state")
	wants(t, "taken too late", err, ingest.ErrNotFound)
	wants(t, "begun too late", s.BeginConsent(ctx, id, "state", "verifier"), ingest.ErrNotFound)
}

// One outage is told once, whatever it fails by in between.
func TestRefusedCredentialsAreToldOnce(t *testing.T) {
	ctx, s := t.Context(), open(t)
	report := func(states ...string) {
		t.Helper()
		for _, state := range states {
			must(t, s.Report(ctx, "mail", ingest.Health{State: state, Error: state}))
		}
	}
	told := func() int {
		t.Helper()
		list, err := s.Events(ctx, ingest.EventFilter{Types: []string{"channel.needs_reauth"}, Limit: 10})
		must(t, err)
		return len(list.Items)
	}
	health := func() ingest.ChannelHealth {
		t.Helper()
		list, err := s.Health(ctx, "mail")
		must(t, err)
		return list[0]
	}
	report("ok", "failing")
	if h := health(); h.FailingSince == nil || h.ReauthSince != nil || told() != 0 {
		t.Errorf("failing: %+v, told %d", h, told())
	}
	report("needs_reauth")
	first := health().ReauthSince
	report("needs_reauth", "failing", "needs_reauth")
	if h := health(); first == nil || h.ReauthSince == nil || !h.ReauthSince.Equal(*first) || told() != 1 {
		t.Errorf("since %v, first %v, told %d", h.ReauthSince, first, told())
	}
	report("ok")
	if h := health(); h.ReauthSince != nil || h.FailingSince != nil {
		t.Errorf("ok: %+v", h)
	}
	report("needs_reauth")
	if told() != 2 {
		t.Errorf("another outage: told %d", told())
	}
}

// An endpoint that wants no more is switched off, which is told once.
func TestSwitchedOffEndpointIsTold(t *testing.T) {
	ctx, s := t.Context(), sealing(t, localpg.Test(t), oldKey)
	url, format, says := "https://hooks.example.com/in", ingest.FormatStandard, ""
	id, err := s.MakeEndpoint(ctx, ingest.EndpointOrder{URL: &url, Host: "hooks.example.com", Description: &says, Types: []string{},
		Channels: []string{}, Format: &format, Scheme: ingest.SchemeV1, Key: ingest.Secret("0123456789abcdef0123456789abcdef"), Actor: "sam"})
	must(t, err)
	for range 2 {
		must(t, s.tx(ctx, func(tx pgx.Tx) error {
			return s.failEndpoint(ctx, tx, id, s.now(), ingest.Attempt{Status: 410, Error: "gone"})
		}))
	}
	if n := count(t, s, "select count(*) from events where type = 'endpoint.disabled' and data ->> 'endpoint' = $1 and data ->> 'reason' = $2",
		id.String(), ingest.OffGone); n != 1 {
		t.Errorf("told %d times", n)
	}
}

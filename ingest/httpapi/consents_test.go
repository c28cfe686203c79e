package httpapi_test

import (
	"context"
	"encoding/base64"
	"errors"
	"testing"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
	"gatehouse/ingest/postgres"
	"gatehouse/ingest/seal"
)

// asking asks the owners of channel mail alone.
type asking struct{}

func (asking) Asks(channel string) error {
	if channel != "mail" {
		return errors.New("it signs in with a password")
	}
	return nil
}

func (asking) Address(c ingest.Consent) string { return "https://desk.example.com/" + c.ID.String() }

func asks(o *httpapi.Options) { o.Consents = asking{} }

func TestOwnersAreAskedByLink(t *testing.T) {
	d := open(t, asks)
	d.ask(supervisor, "GET /channels/mail/auth", "").is(200).has("state", "none", "link", "", "granted_at", "")
	made := d.ask(admin, "POST /channels/mail/auth", "", "Idempotency-Key", "k").is(201).has("state", "waiting", "created_by", "admin")
	again := d.ask(admin, "POST /channels/mail/auth", "", "Idempotency-Key", "k").is(201)
	if made.get("url") == "" || again.get("url") != made.get("url") || again.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("%s, then %s", made.Body, again.Body)
	}
	if other := d.ask(admin, "POST /channels/mail/auth", "").is(201); other.get("url") == made.get("url") {
		t.Error("two links are one")
	}
	d.ask(supervisor, "GET /channels/mail/auth", "").is(200).has("link.state", "waiting", "link.url", "")
	d.ask(admin, "GET /audit?subject=channel:mail", "").is(200).has("items", "2", "items.0.action", "channel.auth")
}

func TestWhoseOwnerCannotBeAsked(t *testing.T) {
	d := open(t, asks)
	d.ask(admin, "POST /channels/chat/auth", "").problem(409, "no-consent").has("detail", "it signs in with a password")
	d.ask(admin, "POST /channels/nowhere/auth", "").problem(404, "not-found")
	d.ask(supervisor, "GET /channels/nowhere/auth", "").problem(404, "not-found")
	open(t).ask(admin, "POST /channels/mail/auth", "").problem(409, "no-consent")
}

func TestWhatAnOwnerGrantedIsTold(t *testing.T) {
	d := open(t, asks)
	ring, err := seal.New(base64.StdEncoding.EncodeToString([]byte("abcdefghijklmnopqrstuvwxyz012345")))
	must(t, err)
	ctx := context.Background()
	store, err := postgres.Open(ctx, d.url, postgres.Options{Seal: ring})
	must(t, err)
	t.Cleanup(store.Close)
	must(t, store.SetGrant(ctx, "mail", "secret-token", "ann"))
	d.ask(supervisor, "GET /channels/mail/auth", "").is(200).has("state", "granted", "granted_by", "ann", "refused_at", "")
	g, err := store.TakeGrant(ctx, "mail", time.Minute)
	must(t, err)
	must(t, store.ReturnGrant(ctx, "mail", g, ingest.GrantRefused))
	if a := d.ask(supervisor, "GET /channels/mail/auth", "").is(200).has("state", "refused"); a.get("refused_at") == "" {
		t.Errorf("not since when: %s", a.Body)
	}
	must(t, store.Report(ctx, "mail", ingest.Health{State: "needs_reauth", Error: "refused"}))
	if a := d.ask(supervisor, "GET /channels/mail", "").is(200).has("state", "needs_reauth"); a.get("reauth_since") == "" || a.get("failing_since") == "" {
		t.Errorf("not since when: %s", a.Body)
	}
	d.ask(agent, "GET /events?types=channel.needs_reauth,channel.authorised", "").is(200).has("items", "2", "items.0.type", "channel.authorised", "items.1.data.channel", "mail")
}

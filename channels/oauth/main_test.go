package oauth

import (
	"context"
	"encoding/base64"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/oauth/oauthtest"
	"gatehouse/ingest"
	"gatehouse/ingest/postgres"
	"gatehouse/ingest/seal"
	"gatehouse/migrations/localpg"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(localpg.Stopping(m)) }

const user = "support@example.com"

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newRing(t testing.TB) *seal.Ring {
	t.Helper()
	ring, err := seal.New(base64.StdEncoding.EncodeToString([]byte("abcdefghijklmnopqrstuvwxyz012345")))
	must(t, err)
	return ring
}

// newStore is a replica's store on a database.
func newStore(t *testing.T, url string) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), url, postgres.Options{Seal: newRing(t)})
	must(t, err)
	t.Cleanup(s.Close)
	must(t, s.Register(t.Context(), "mail", "imap", ingest.Email))
	return s
}

// newSource is a replica's source for the provider's owner.
func newSource(t *testing.T, p *oauthtest.Provider, grants channels.Grants, more ...string) *Source {
	t.Helper()
	var s Settings
	must(t, channeltest.Settings([]byte(p.Settings(more...)))(&s))
	host := channels.Host{Channel: "mail", Log: slog.New(slog.DiscardHandler), Now: time.Now, Grants: grants}
	c, err := New(s, user, host)
	must(t, err)
	source := NewSource(c, host)
	t.Cleanup(source.Close)
	return source
}

// good demands a token that the provider knows as the owner's.
func good(t *testing.T, p *oauthtest.Provider, s *Source) (token ingest.Secret, fresh bool) {
	t.Helper()
	token, fresh, err := s.Token(t.Context())
	if err != nil || !p.Good(user, string(token)) {
		t.Fatalf("no good token: %v", err)
	}
	return token, fresh
}

// fails demands an error that may pass, or one that needs a person.
func fails(t *testing.T, s *Source, person bool) error {
	t.Helper()
	_, _, err := s.Token(t.Context())
	if err == nil || ingest.Temporary(err) == person || channels.ReauthNeeded(err) != person {
		t.Fatalf("%v: temporary %t, needs a person %t", err, ingest.Temporary(err), channels.ReauthNeeded(err))
	}
	return err
}

// counted demands what the provider has seen.
func counted(t *testing.T, p *oauthtest.Provider, renewals int) {
	t.Helper()
	if p.Renewals() != renewals || p.Reused() != 0 || p.Together() > 1 {
		t.Errorf("%d renewals, %d with a used token, %d at once; want %d, 0, 1", p.Renewals(), p.Reused(), p.Together(), renewals)
	}
}

// frail is a store that cannot store new tokens while it is told so.
type frail struct {
	*postgres.Store
	away atomic.Bool
}

func (f *frail) RenewGrant(ctx context.Context, channel string, g ingest.Grant) error {
	if f.away.Load() {
		return ingest.AsTemporary(errors.New("the database is away"))
	}
	return f.Store.RenewGrant(ctx, channel, g)
}

package oauth

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/channels/oauth/oauthtest"
	"gatehouse/ingest"
	"gatehouse/migrations/localpg"
)

// granted is a provider and a source whose channel's owner has consented.
func granted(t *testing.T) (*oauthtest.Provider, *frail, *Source) {
	t.Helper()
	p := oauthtest.New(t, user)
	store := &frail{Store: newStore(t, localpg.Test(t))}
	must(t, store.SetGrant(t.Context(), "mail", ingest.Secret(p.Granted()), "ann"))
	return p, store, newSource(t, p, store)
}

func TestATokenIsMadeOnceAndRenewedInTime(t *testing.T) {
	p, _, s := granted(t)
	var late time.Duration
	s.client.now = func() time.Time { return time.Now().Add(late) }
	first, fresh := good(t, p, s)
	again, second := good(t, p, s)
	if first != again || !fresh || second {
		t.Errorf("fresh %t, then %t", fresh, second)
	}
	counted(t, p, 1)
	late = time.Hour - early + time.Second // a little before its end
	if next, fresh := good(t, p, s); next == first || !fresh {
		t.Error("a token that is about to end is used on")
	}
	counted(t, p, 2)
}

func TestARefusedTokenIsForgotten(t *testing.T) {
	p, _, s := granted(t)
	token, _ := good(t, p, s)
	s.Refused("another")
	if _, fresh := good(t, p, s); fresh {
		t.Error("another token's refusal made it forget this one")
	}
	p.Expire()
	s.Refused(token)
	good(t, p, s)
	counted(t, p, 2)
}

func TestOneExchangeServesAll(t *testing.T) {
	p, _, s := granted(t)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, _, err := s.Token(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	counted(t, p, 1)
}

// Replicas that renew at once never use an old token after another has had a
// new one.
func TestReplicasTakeTurns(t *testing.T) {
	p := oauthtest.New(t, user)
	url := localpg.Test(t)
	one := newStore(t, url)
	must(t, one.SetGrant(t.Context(), "mail", ingest.Secret(p.Granted()), "ann"))
	const replicas, rounds = 3, 4
	var all sync.WaitGroup
	for range replicas {
		s := newSource(t, p, newStore(t, url))
		all.Go(func() {
			for range rounds {
				token, _, err := s.Token(t.Context())
				if err != nil || !p.Good(user, string(token)) {
					t.Error("no good token:", err)
				}
				s.Refused(token)
			}
		})
	}
	all.Wait()
	counted(t, p, replicas*rounds)
}

// A provider that is away, a network that is cut, a proxy in between: none of
// them says anything about the grant.
func TestWhatMayPassNeedsNobody(t *testing.T) {
	for name, fault := range map[string]oauthtest.Fault{"away": oauthtest.Away, "cut": oauthtest.Cut, "a proxy's page": oauthtest.Stray} {
		t.Run(name, func(t *testing.T) {
			p, store, s := granted(t)
			p.Next(fault, fault)
			fails(t, s, false)
			fails(t, s, false)
			state, err := store.GrantState(t.Context(), "mail")
			if err != nil || state.RefusedAt != nil {
				t.Errorf("%+v, %v", state, err)
			}
			good(t, p, s)
			counted(t, p, 1)
		})
	}
}

// The provider ended the old token, and its answer with the new one was lost:
// only the owner can help, and once they have, all goes on.
func TestALostAnswerNeedsTheOwner(t *testing.T) {
	p, store, s := granted(t)
	p.Next(oauthtest.Lost)
	fails(t, s, false)
	err := fails(t, s, true)
	if !strings.Contains(err.Error(), "gatehouse auth --channel mail") || !strings.Contains(err.Error(), "invalid_grant") {
		t.Errorf("it does not say what to do: %v", err)
	}
	state, err := store.GrantState(t.Context(), "mail")
	if err != nil || state.RefusedAt == nil {
		t.Errorf("since when it is refused is not noted: %+v, %v", state, err)
	}
	if yes, err := s.Renewed(t.Context()); yes || err != nil {
		t.Error("renewed before anybody did anything:", yes, err)
	}
	must(t, store.SetGrant(t.Context(), "mail", ingest.Secret(p.Granted()), "ann"))
	if yes, err := s.Renewed(t.Context()); !yes || err != nil {
		t.Error("not renewed:", yes, err)
	}
	good(t, p, s)
	if yes, err := s.Renewed(t.Context()); yes || err != nil {
		t.Error("renewed after it was used:", yes, err)
	}
}

func TestNobodyHasConsentedYet(t *testing.T) {
	p := oauthtest.New(t, user)
	store := newStore(t, localpg.Test(t))
	s := newSource(t, p, store)
	if err := fails(t, s, true); !strings.Contains(err.Error(), "nobody has granted access") {
		t.Error(err)
	}
	must(t, store.SetGrant(t.Context(), "mail", ingest.Secret(p.Granted()), "ann"))
	if yes, err := s.Renewed(t.Context()); !yes || err != nil {
		t.Error("not renewed:", yes, err)
	}
	good(t, p, s)
}

// While the database is away the new token is owed: it is neither lost nor
// passed over, and the old one is not used again.
func TestANewTokenOutlivesTheDatabasesAbsence(t *testing.T) {
	p, store, s := granted(t)
	s.patience = time.Millisecond
	store.away.Store(true)
	fails(t, s, false)
	fails(t, s, false)
	store.away.Store(false)
	good(t, p, s)
	counted(t, p, 1)
	next := newSource(t, p, store) // a process that starts afterwards
	good(t, p, next)
	counted(t, p, 2)
}

// Whoever asked may be gone before the answer comes, which is the only one that
// has the new token.
func TestAnExchangeGoesOnWithoutItsCaller(t *testing.T) {
	p, store, s := granted(t)
	p.Next(oauthtest.Slow)
	ctx, cancel := context.WithCancel(t.Context())
	asked := make(chan error)
	go func() {
		_, _, err := s.Token(ctx)
		asked <- err
	}()
	for p.Together() == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-asked; !ingest.Temporary(err) {
		t.Errorf("its caller is told %v", err)
	}
	p.Go <- struct{}{}
	s.Close()
	good(t, p, s)
	good(t, p, newSource(t, p, store))
	counted(t, p, 2)
}

// The owner consents anew while the old grant is being used.
func TestAGrantIsReplacedWhileItIsUsed(t *testing.T) {
	for name, revoked := range map[string]bool{"and is still good": false, "and is revoked": true} {
		t.Run(name, func(t *testing.T) {
			p, store, s := granted(t)
			p.Next(oauthtest.Slow)
			asked := make(chan error)
			go func() {
				token, _, err := s.Token(t.Context())
				if err == nil && !p.Good(user, string(token)) {
					t.Error("the token is not good")
				}
				asked <- err
			}()
			for p.Together() == 0 {
				time.Sleep(time.Millisecond)
			}
			if revoked {
				p.Revoke()
			}
			must(t, store.SetGrant(t.Context(), "mail", ingest.Secret(p.Granted()), "bob"))
			p.Go <- struct{}{}
			must(t, <-asked)
			state, err := store.GrantState(t.Context(), "mail")
			if err != nil || state.GrantedBy != "bob" || state.RefusedAt != nil {
				t.Errorf("%+v, %v", state, err)
			}
			good(t, p, newSource(t, p, store)) // with the new one
		})
	}
}

func TestAConfiguredTokenIsTheFirst(t *testing.T) {
	p := oauthtest.New(t, user)
	store := newStore(t, localpg.Test(t))
	first := "refresh_token: " + p.Granted()
	good(t, p, newSource(t, p, store, first))
	good(t, p, newSource(t, p, store, first)) // a restart: the configured one is used up
	counted(t, p, 2)
	p.Revoke()
	good(t, p, newSource(t, p, store, "refresh_token: "+p.Granted()))
}

func TestATokenThatIsKeptIsUsedOn(t *testing.T) {
	p, store, s := granted(t)
	p.Keep()
	before, err := store.GrantVersion(t.Context(), "mail")
	must(t, err)
	token, _ := good(t, p, s)
	s.Refused(token)
	good(t, p, s)
	counted(t, p, 2)
	if after, err := store.GrantVersion(t.Context(), "mail"); err != nil || after != before {
		t.Errorf("version %d, then %d, %v", before, after, err)
	}
}

package httpapi

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi/password"
)

// SignIn is how people sign in. The zero value is good for tests and programs
// of one's own machine.
type SignIn struct {
	// Passwords checks them; nil: at the usual cost, two at once.
	Passwords *password.Hasher
	// NoPasswords refuses them all: people come by OpenID Connect alone.
	NoPasswords bool
	// Idle is how long a session that is not used lasts; 0: 12 h. Longest is how
	// long any lasts; 0: 7 days.
	Idle, Longest time.Duration
	// PublicURL is how browsers reach the program. With https cookies are for https
	// alone.
	PublicURL string
	// OIDC signs people in elsewhere; nil: it cannot be.
	OIDC OIDC
	// Address is whose request it is; nil: who connects.
	Address func(*http.Request) netip.Addr
}

func (s *SignIn) defaults() {
	if s.Passwords == nil {
		s.Passwords = password.New(password.Usual, 2)
	}
	if s.Idle == 0 {
		s.Idle = 12 * time.Hour
	}
	if s.Longest == 0 {
		s.Longest = 7 * 24 * time.Hour
	}
	if s.Address == nil {
		s.Address = peer
	}
}

func peer(r *http.Request) netip.Addr {
	at, _ := netip.ParseAddrPort(r.RemoteAddr)
	return at.Addr().Unmap()
}

// secure reports whether browsers reach the program by https.
func (s *SignIn) secure() bool {
	u, err := url.Parse(s.PublicURL)
	return err == nil && u.Scheme == "https"
}

// OwnPages refuses changes that pages of other sites ask for. A proxy may have
// written another Host, so the public one is named.
func OwnPages(publicURL string) *http.CrossOriginProtection {
	p := http.NewCrossOriginProtection()
	if u, err := url.Parse(publicURL); err == nil && u.Host != "" {
		_ = p.AddTrustedOrigin(u.Scheme + "://" + u.Host) // scheme and host are all there is
	}
	return p
}

// The cookie's name; __Host- makes browsers keep it from other hosts and from
// http (RFC 6265bis §4.1.3.2).
const (
	cookieName   = "gatehouse_session"
	securePrefix = "__Host-"
	csrfHeader   = "X-CSRF-Token"
)

func (a *api) cookieName() string {
	if a.SignIn.secure() {
		return securePrefix + cookieName
	}
	return cookieName
}

func (a *api) cookieOf(r *http.Request) string {
	c, err := r.Cookie(a.cookieName())
	if err != nil {
		return ""
	}
	return c.Value
}

// cookie hands the browser a session's secret, or with none takes it back.
func (a *api) cookie(s ingest.Session) string {
	c := http.Cookie{Name: a.cookieName(), Value: string(s.Secret), Path: "/", HttpOnly: true, Secure: a.SignIn.secure(), SameSite: http.SameSiteLaxMode}
	if s.Secret == "" {
		c.MaxAge = -1
	} else {
		c.Expires = s.EndsAt
	}
	return c.String()
}

// csrfOf is what a page shows to prove that it is ours. It follows from the
// secret, which scripts cannot read, and tells nothing of it.
func csrfOf(secret ingest.Secret) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte("csrf"))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// caller is from where somebody signs in.
type caller struct{ address, agent string }

type callerKey struct{}

// The bounds of what is kept of a browser's name, in octets; and of an IPv6
// customer's network, whose addresses are one for counting.
const (
	maxAgent    = 200
	networkBits = 64
)

func (a *api) callerOf(r *http.Request) caller {
	agent := r.UserAgent()
	return caller{a.SignIn.Address(r).String(), agent[:min(len(agent), maxAgent)]}
}

// counted is the address as tries to sign in count it.
func (c caller) counted() string {
	addr, err := netip.ParseAddr(c.address)
	if err != nil || addr.Is4() {
		return c.address
	}
	network, _ := addr.WithZone("").Prefix(networkBits)
	return network.String()
}

var errNoPasswords = &Problem{Type: "no-passwords", Status: http.StatusForbidden, Detail: "here nobody signs in with a password"}

// errSignIn is the same whatever is wrong: whether there is such a login is
// nobody's business.
var errSignIn = &Problem{Type: "sign-in", Status: http.StatusUnauthorized, Detail: "login or password is wrong"}

func errPaused(wait time.Duration) *Problem {
	return &Problem{Type: "sign-in-paused", Status: http.StatusTooManyRequests, wait: max(wait, time.Second),
		Detail: fmt.Sprintf("too many tries have failed: try again in %s; an administrator can end this", max(wait, time.Second).Round(time.Second))}
}

// signIn checks a password. It takes the same time whoever asks, and counts the
// try before it.
func (a *api) signIn(ctx context.Context, login, word string) (ingest.Session, error) {
	from, _ := ctx.Value(callerKey{}).(caller)
	login, err := ingest.LoginOf(login)
	if err != nil {
		return ingest.Session{}, errSignIn // nobody is called so
	}
	try := ingest.SignInTry{Login: login, Address: from.counted()}
	until, err := a.Store.TrySignIn(ctx, try)
	if err != nil {
		return ingest.Session{}, err
	}
	if wait := until.Sub(a.Now()); wait > 0 {
		return ingest.Session{}, errPaused(wait)
	}
	user, err := a.proven(ctx, login, word)
	if err != nil {
		return ingest.Session{}, err
	}
	if err := a.Store.SignedIn(ctx, try); err != nil {
		return ingest.Session{}, err
	}
	return a.beginSession(ctx, user.ID, user.Version, "password")
}

// proven finds who has the login and the password.
func (a *api) proven(ctx context.Context, login, word string) (ingest.User, error) {
	user, hash, err := a.Store.UserSecret(ctx, login)
	if err != nil && !errors.Is(err, ingest.ErrNotFound) {
		return user, err
	}
	right, stale, err := a.SignIn.Passwords.Check(ctx, string(hash), word)
	if err != nil {
		return user, err
	}
	if !right || user.DisabledAt != nil {
		return user, errSignIn
	}
	if stale {
		a.rehash(ctx, user.ID, hash, word)
	}
	return user, nil
}

// rehash keeps up with the cost of hashes. That it fails is no reason not to
// sign in.
func (a *api) rehash(ctx context.Context, user int64, old ingest.Secret, word string) {
	hash, err := a.SignIn.Passwords.Hash(ctx, word)
	if err == nil {
		err = a.Store.Rehash(ctx, user, old, ingest.Secret(hash))
	}
	if err != nil {
		a.logFailure(ctx, fmt.Errorf("hash of a password not made anew: %w", err))
	}
}

// provesThemself asks who is signed in for their password, and counts it like a
// try to sign in: whoever found a browser open has to guess.
func (a *api) provesThemself(ctx context.Context, s ingest.Session, word string) error {
	try := ingest.SignInTry{Login: s.User.Login, Address: caller{address: s.Address}.counted()}
	until, err := a.Store.TrySignIn(ctx, try)
	if err != nil {
		return err
	}
	if wait := until.Sub(a.Now()); wait > 0 {
		return errPaused(wait)
	}
	_, err = a.proven(ctx, s.User.Login, word)
	switch {
	case errors.Is(err, errSignIn):
		return badField("old", "is not your password")
	case err != nil:
		return err
	}
	return a.Store.SignedIn(ctx, try)
}

// beginSession signs a person in, who proved who they are at a version of
// theirs.
func (a *api) beginSession(ctx context.Context, user, version int64, how string) (ingest.Session, error) {
	n := a.newSession(ctx, user, how)
	n.Version = version
	s, err := a.Store.BeginSession(ctx, n)
	if errors.Is(err, ingest.ErrNotFound) {
		return s, errSignIn // disabled or changed meanwhile
	}
	return s, err
}

func (a *api) newSession(ctx context.Context, user int64, how string) ingest.NewSession {
	from, _ := ctx.Value(callerKey{}).(caller)
	return ingest.NewSession{User: user, How: how, Address: from.address, Agent: from.agent, EndsAt: a.Now().Add(a.SignIn.Longest)}
}

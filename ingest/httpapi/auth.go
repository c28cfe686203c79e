package httpapi

import (
	"context"
	"crypto/hmac"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"gatehouse/ingest"
)

// asker is who asks: the holder of a token, or a person by a session.
type asker struct {
	Name    string // in the audit: the token's name, or the person's login
	Role    ingest.Role
	Token   ingest.Token   // ID 0: they ask by a session
	Session ingest.Session // ID 0: they ask by a token
}

func byToken(t ingest.Token) asker { return asker{Name: t.Name, Role: t.Role, Token: t} }

func bySession(s ingest.Session) asker {
	return asker{Name: s.User.Login, Role: s.User.Role, Session: s}
}

// key tells askers apart: a token by its number, a person by the negative of
// theirs, whatever session they use.
func (w asker) key() int64 {
	if w.Session.ID != 0 {
		return -w.Session.User.ID
	}
	return w.Token.ID
}

type askerKey struct{}

// who asks. Of routes that anyone may ask it is nobody.
func who(ctx context.Context) asker {
	w, _ := ctx.Value(askerKey{}).(asker)
	return w
}

// authenticate lets a request through to its handler if who asks may. A token
// counts before a session: browsers send cookies unasked.
func (a *api) authenticate(ctx huma.Context, next func(huma.Context)) {
	if ctx.Operation().Metadata[openKey] == true {
		a.letAnyone(ctx, next)
		return
	}
	r, _ := unwrap(ctx)
	w, err := a.askerOf(r)
	if err != nil {
		a.refuse(ctx, a.problemOf(ctx.Context(), err))
		return
	}
	if p := a.within(ctx, w); p != nil {
		a.refuse(ctx, p)
		return
	}
	if p := w.covers(ctx.Operation()); p != nil {
		a.refuse(ctx, p)
		return
	}
	least, ok := ctx.Operation().Metadata[leastKey].(ingest.Role)
	if !ok || !w.Role.AtLeast(least) {
		a.refuse(ctx, errRole(least))
		return
	}
	next(huma.WithValue(ctx, askerKey{}, w))
}

// letAnyone is for routes by which people sign in.
func (a *api) letAnyone(ctx huma.Context, next func(huma.Context)) {
	r, _ := unwrap(ctx)
	if a.crossOrigin.Check(r) != nil {
		a.refuse(ctx, errCrossOrigin)
		return
	}
	next(huma.WithValue(ctx, callerKey{}, a.callerOf(r)))
}

func (a *api) askerOf(r *http.Request) (asker, error) {
	if header := r.Header.Get("Authorization"); header != "" {
		token, err := a.tokenOf(r.Context(), header)
		return byToken(token), err
	}
	session, err := a.sessionOf(r)
	if err == nil && !safe(r.Method) {
		err = a.meant(r, session)
	}
	return bySession(session), err
}

func (a *api) tokenOf(ctx context.Context, header string) (ingest.Token, error) {
	scheme, secret, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") || secret == "" {
		return ingest.Token{}, errNoToken
	}
	token, err := a.Store.TokenOf(ctx, strings.TrimSpace(secret))
	if errors.Is(err, ingest.ErrNotFound) {
		return token, errNoToken
	}
	return token, err
}

func (a *api) sessionOf(r *http.Request) (ingest.Session, error) {
	secret := a.cookieOf(r)
	if secret == "" {
		return ingest.Session{}, errNoToken
	}
	session, err := a.Store.SessionOf(r.Context(), secret, a.SignIn.Idle)
	if errors.Is(err, ingest.ErrNotFound) {
		return session, errSessionEnded
	}
	return session, err
}

// meant makes sure that the person's own page asks for a change, and no other
// that their browser shows: by what the browser says of the page, and by a
// token that only our pages can read.
func (a *api) meant(r *http.Request, s ingest.Session) error {
	if a.crossOrigin.Check(r) != nil {
		return errCrossOrigin
	}
	if !hmac.Equal([]byte(r.Header.Get(csrfHeader)), []byte(csrfOf(s.Secret))) {
		return errCSRF
	}
	return nil
}

// safe reports whether a method changes nothing (RFC 9110 §9.2.1).
func safe(method string) bool { return method == http.MethodGet || method == http.MethodHead }

var (
	errNoToken      = &Problem{Type: "no-token", Status: http.StatusUnauthorized, Detail: "a valid bearer token is required, or sign in (POST /session)"}
	errSessionEnded = &Problem{Type: "session-ended", Status: http.StatusUnauthorized, Detail: "you are not signed in any longer: sign in again"}
	errCrossOrigin  = &Problem{Type: "cross-origin", Status: http.StatusForbidden, Detail: "a page of another site asked for this"}
	errCSRF         = &Problem{Type: "csrf", Status: http.StatusForbidden, Detail: "send csrf_token of GET /session as " + csrfHeader + " with every change"}
)

func errRole(least ingest.Role) *Problem {
	return &Problem{Type: "role", Status: http.StatusForbidden, Detail: "this takes the role " + string(least)}
}

// mustBe is for what a route asks of a role only in some cases.
func mustBe(ctx context.Context, least ingest.Role) error {
	if who(ctx).Role.AtLeast(least) {
		return nil
	}
	return errRole(least)
}

// refuse answers in the place of a handler.
func (a *api) refuse(ctx huma.Context, p *Problem) {
	_, w := unwrap(ctx)
	p.write(w)
}

func unwrap(ctx huma.Context) (*http.Request, http.ResponseWriter) { return humago.Unwrap(ctx) }

package httpapi

import (
	"context"
	"errors"
	"net/http"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi/password"
)

type sessionStore interface {
	TrySignIn(ctx context.Context, t ingest.SignInTry) (until time.Time, err error)
	SignedIn(ctx context.Context, t ingest.SignInTry) error
	UserSecret(ctx context.Context, login string) (ingest.User, ingest.Secret, error)
	Rehash(ctx context.Context, user int64, old, hash ingest.Secret) error
	SetPassword(ctx context.Context, user int64, hash ingest.Secret, keep int64, actor string) error
	TakeInvitation(ctx context.Context, secret string, n ingest.NewSession, choose func(ingest.User) (ingest.Secret, error)) (ingest.Session, error)
	BeginSession(ctx context.Context, n ingest.NewSession) (ingest.Session, error)
	SessionOf(ctx context.Context, secret string, idle time.Duration) (ingest.Session, error)
	Sessions(ctx context.Context, user int64, idle time.Duration) ([]ingest.Session, error)
	EndSession(ctx context.Context, user, session int64, actor string) error
	UserClaimed(ctx context.Context, c ingest.Vouched) (user int64, keeps bool, err error)
	UseState(ctx context.Context, hash ingest.Hash, until time.Time) (bool, error)
}

func (a *api) sessions() {
	route(a, op{does: "POST /session", open: true,
		says: "Signs a person in: the answer sets a cookie. After some tries that failed there are pauses (429)."}, a.postSession)
	route(a, op{does: "POST /session/invitation", open: true,
		says: "Uses an invitation up: sets the password and signs in."}, a.postInvitation)
	route(a, op{does: "GET /session", least: ingest.RoleAgent, says: "Says who asks, by session or token, and what they may do."}, a.getSession)
	route(a, op{does: "DELETE /session", least: ingest.RoleAgent, says: "Signs out."}, a.deleteSession)
	route(a, op{does: "POST /session/password", least: ingest.RoleAgent, status: http.StatusNoContent,
		says: "Changes one's own password, and ends one's other sessions."}, a.postPassword)
	route(a, op{does: "GET /sessions", least: ingest.RoleAgent, says: "Lists where one is signed in, newest first, at most 200."}, a.listSessions)
	route(a, op{does: "DELETE /sessions/{id}", least: ingest.RoleAgent, says: "Ends one of one's own sessions."}, a.endSession)
}

// Me is who asks, and what they may do.
type Me struct {
	Kind      string         `json:"kind" enum:"session,token"`
	Name      string         `json:"name" doc:"as what they do is recorded"`
	Role      ingest.Role    `json:"role"`
	User      *ingest.User   `json:"user,omitempty" doc:"of a session"`
	Scopes    []ingest.Scope `json:"scopes" doc:"what a token is for; of a session, everything"`
	May       May            `json:"may"`
	ExpiresAt *time.Time     `json:"expires_at" doc:"of the session, however often it is used; of the token"`
	CSRFToken string         `json:"csrf_token,omitempty" doc:"of a session: send it as X-CSRF-Token with every change"`
}

// May is what the settings let a role do.
type May struct {
	Block     bool `json:"block"`
	Ban       bool `json:"ban"`
	Blacklist bool `json:"blacklist"`
}

// Signed is an answer that signs in, or out.
type Signed[T any] struct {
	SetCookie string `header:"Set-Cookie"`
	Body      T
}

// SignInInput is a login and a password.
type SignInInput struct {
	Body struct {
		Login    string `json:"login" maxLength:"200"`
		Password string `json:"password" maxLength:"1024"`
	}
}

func (a *api) postSession(ctx context.Context, in *SignInInput) (*Signed[Me], error) {
	if a.SignIn.NoPasswords {
		return nil, errNoPasswords
	}
	s, err := a.signIn(ctx, in.Body.Login, in.Body.Password)
	return a.signedIn(ctx, s, err)
}

func (a *api) signedIn(ctx context.Context, s ingest.Session, err error) (*Signed[Me], error) {
	if err != nil {
		return nil, err
	}
	me, err := a.me(ctx, bySession(s))
	if err != nil {
		return nil, err
	}
	return &Signed[Me]{a.cookie(s), me}, nil
}

// InvitationInput is an invitation, and the password that its person chooses.
type InvitationInput struct {
	Body struct {
		Invitation string `json:"invitation" maxLength:"100"`
		Password   string `json:"password" maxLength:"1024"`
	}
}

var errInvitation = &Problem{Type: "invitation", Status: http.StatusUnauthorized,
	Detail: "this invitation was used already, has expired, or is not complete: ask for a new one"}

func (a *api) postInvitation(ctx context.Context, in *InvitationInput) (*Signed[Me], error) {
	if a.SignIn.NoPasswords {
		return nil, errNoPasswords
	}
	s, err := a.Store.TakeInvitation(ctx, in.Body.Invitation, a.newSession(ctx, 0, "invitation"), func(u ingest.User) (ingest.Secret, error) {
		return a.chosen(ctx, u.Login, in.Body.Password)
	})
	if errors.Is(err, ingest.ErrNotFound) {
		err = errInvitation
	}
	return a.signedIn(ctx, s, err)
}

// chosen is the hash of a password that somebody chose.
func (a *api) chosen(ctx context.Context, login, word string) (ingest.Secret, error) {
	if err := password.Allowed(word, login); err != nil {
		return "", err
	}
	hash, err := a.SignIn.Passwords.Hash(ctx, word)
	return ingest.Secret(hash), err
}

func (a *api) getSession(ctx context.Context, _ *struct{}) (*Body[Me], error) {
	return body(a.me(ctx, who(ctx)))
}

func (a *api) me(ctx context.Context, w asker) (Me, error) {
	settings, _, err := a.Store.Settings(ctx)
	if err != nil {
		return Me{}, err
	}
	may := func(least string) bool { return w.Role.AtLeast(ingest.Role(least)) }
	me := Me{Kind: "token", Name: w.Name, Role: w.Role, Scopes: w.Token.Scopes, ExpiresAt: w.Token.ExpiresAt,
		May: May{Block: may(settings.MayBlock), Ban: may(settings.MayBan), Blacklist: may(settings.MayBlacklist)}}
	if w.Session.ID != 0 {
		me.Kind, me.Scopes = "session", []ingest.Scope{ingest.Everything}
		me.User, me.ExpiresAt, me.CSRFToken = &w.Session.User, &w.Session.EndsAt, csrfOf(w.Session.Secret)
	}
	return me, nil
}

// errNoSession is for what people do who are signed in.
var errNoSession = conflict("no-session", "this is for people who signed in; a token has no session and no password")

// person is who asks by a session.
func person(ctx context.Context) (ingest.Session, error) {
	if s := who(ctx).Session; s.ID != 0 {
		return s, nil
	}
	return ingest.Session{}, errNoSession
}

// SignedOut takes the cookie back.
type SignedOut struct {
	SetCookie string `header:"Set-Cookie"`
}

func (a *api) deleteSession(ctx context.Context, _ *struct{}) (*SignedOut, error) {
	s, err := person(ctx)
	if err != nil {
		return nil, err
	}
	return &SignedOut{a.cookie(ingest.Session{})}, a.Store.EndSession(ctx, s.User.ID, s.ID, s.User.Login)
}

// PasswordInput changes a password.
type PasswordInput struct {
	Body struct {
		Old string `json:"old" maxLength:"1024" doc:"the password until now"`
		New string `json:"new" maxLength:"1024"`
	}
}

func (a *api) postPassword(ctx context.Context, in *PasswordInput) (*Nothing, error) {
	s, err := person(ctx)
	if err != nil {
		return nil, err
	}
	if a.SignIn.NoPasswords {
		return nil, errNoPasswords
	}
	if err := a.provesThemself(ctx, s, in.Body.Old); err != nil {
		return nil, err
	}
	hash, err := a.chosen(ctx, s.User.Login, in.Body.New)
	if err != nil {
		return nil, err
	}
	err = a.Store.SetPassword(ctx, s.User.ID, hash, s.ID, s.User.Login)
	if errors.Is(err, ingest.ErrNotFound) {
		err = errSessionEnded
	}
	return &Nothing{}, err
}

func (a *api) listSessions(ctx context.Context, _ *struct{}) (*Body[ingest.List[ingest.Session]], error) {
	mine, err := person(ctx)
	if err != nil {
		return nil, err
	}
	items, err := a.Store.Sessions(ctx, mine.User.ID, a.SignIn.Idle)
	for i := range items {
		items[i].Current = items[i].ID == mine.ID
	}
	return body(ingest.List[ingest.Session]{Items: items}, err)
}

func (a *api) endSession(ctx context.Context, in *ByNumber) (*Nothing, error) {
	s, err := person(ctx)
	if err != nil {
		return nil, err
	}
	return &Nothing{}, a.Store.EndSession(ctx, s.User.ID, in.ID, s.User.Login)
}

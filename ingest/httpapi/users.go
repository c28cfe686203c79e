package httpapi

import (
	"context"
	"net/http"

	"gatehouse/ingest"
)

type userStore interface {
	CreateUser(ctx context.Context, u ingest.NewUser) (int64, error)
	User(ctx context.Context, id int64) (ingest.User, error)
	Users(ctx context.Context, p ingest.Part) (ingest.List[ingest.User], error)
	ChangeUser(ctx context.Context, c ingest.UserChange) error
	Invite(ctx context.Context, user int64, actor string) (ingest.Invitation, error)
	FreeLogin(ctx context.Context, user int64, actor string) error
}

func (a *api) users() {
	route(a, op{does: "GET /users", least: ingest.RoleAdmin, says: "Lists who may sign in, newest first."}, a.listUsers)
	route(a, op{does: "GET /users/{id}", least: ingest.RoleAdmin, says: "Returns one user; ETag is their version."}, a.getUser)
	route(a, op{does: "POST /users", least: ingest.RoleAdmin, status: http.StatusCreated,
		says: "Makes a user. Without a password the answer has an invitation, by which they choose one within three days."}, a.createUser)
	route(a, op{does: "PATCH /users/{id}", least: ingest.RoleAdmin,
		says: "Changes what is given. Who is disabled is signed out at once. With If-Match, 412 if they were changed meanwhile."}, a.patchUser)
	route(a, op{does: "POST /users/{id}/reset", least: ingest.RoleAdmin, status: http.StatusCreated,
		says: "Takes the password away, ends all sessions, and answers with an invitation to choose another."}, a.resetUser)
	route(a, op{does: "POST /users/{id}/free", least: ingest.RoleAdmin, status: http.StatusNoContent,
		says: "Ends the pause after tries to sign in that failed."}, a.freeUser)
	route(a, op{does: "DELETE /users/{id}/sessions", least: ingest.RoleAdmin, says: "Signs a user out everywhere."}, a.endSessions)
}

func (a *api) listUsers(ctx context.Context, in *Paging) (*Body[ingest.List[ingest.User]], error) {
	return body(a.Store.Users(ctx, in.part()))
}

func (a *api) getUser(ctx context.Context, in *ByNumber) (*Tagged[ingest.User], error) {
	u, err := a.Store.User(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return tagged(ctx, number(u.Version), u)
}

// UserInput makes a user.
type UserInput struct {
	Body struct {
		Login    string      `json:"login" maxLength:"200" doc:"a name or mail address of printable ASCII; capitals do not count. What they do is recorded under it, and it never changes"`
		Name     string      `json:"name" minLength:"1" maxLength:"200"`
		Role     ingest.Role `json:"role" enum:"agent,supervisor,admin"`
		TimeZone string      `json:"time_zone,omitempty" maxLength:"100"`
		Password string      `json:"password,omitempty" maxLength:"1024" doc:"at least 12 characters; better none, so that they choose it themselves"`
	}
}

// UserMade is a user who was made, with an invitation if they are to choose a
// password.
type UserMade struct {
	ingest.User
	Invitation *ingest.Invitation `json:"invitation,omitempty"`
}

func (a *api) createUser(ctx context.Context, in *UserInput) (*Body[UserMade], error) {
	b, actor := in.Body, who(ctx).Name
	login, err := ingest.LoginOf(b.Login)
	if err != nil {
		return nil, err
	}
	n := ingest.NewUser{Login: login, Name: b.Name, Role: b.Role, TimeZone: b.TimeZone, Actor: actor}
	if b.Password != "" {
		if n.Password, err = a.chosen(ctx, login, b.Password); err != nil {
			return nil, err
		}
	}
	id, err := a.Store.CreateUser(ctx, n)
	if err != nil {
		return nil, err
	}
	var made UserMade
	if b.Password == "" && !a.SignIn.NoPasswords {
		invitation, err := a.Store.Invite(ctx, id, actor)
		if err != nil {
			return nil, err
		}
		made.Invitation = &invitation
	}
	made.User, err = a.Store.User(ctx, id)
	return body(made, err)
}

// UserPatch changes a user.
type UserPatch struct {
	ByNumber
	IfMatch string `header:"If-Match"`
	Body    struct {
		Name     *string      `json:"name,omitempty" minLength:"1" maxLength:"200"`
		Role     *ingest.Role `json:"role,omitempty" enum:"agent,supervisor,admin"`
		TimeZone *string      `json:"time_zone,omitempty" maxLength:"100"`
		Disabled *bool        `json:"disabled,omitempty"`
	}
}

func (a *api) patchUser(ctx context.Context, in *UserPatch) (*Tagged[ingest.User], error) {
	b := in.Body
	version, err := numberIn(in.IfMatch)
	if err != nil {
		return nil, err
	}
	if b.TimeZone != nil {
		if err := ingest.CheckZone(*b.TimeZone); err != nil {
			return nil, err
		}
	}
	err = a.Store.ChangeUser(ctx, ingest.UserChange{User: in.ID, Name: b.Name, Role: b.Role, TimeZone: b.TimeZone, Disabled: b.Disabled,
		Version: version, Actor: who(ctx).Name})
	if err != nil {
		return nil, err
	}
	return a.getUser(ctx, &in.ByNumber)
}

func (a *api) resetUser(ctx context.Context, in *ByNumber) (*Body[ingest.Invitation], error) {
	if a.SignIn.NoPasswords {
		return nil, errNoPasswords
	}
	return body(a.Store.Invite(ctx, in.ID, who(ctx).Name))
}

func (a *api) freeUser(ctx context.Context, in *ByNumber) (*Nothing, error) {
	return &Nothing{}, a.Store.FreeLogin(ctx, in.ID, who(ctx).Name)
}

func (a *api) endSessions(ctx context.Context, in *ByNumber) (*Nothing, error) {
	if _, err := a.Store.User(ctx, in.ID); err != nil {
		return nil, err
	}
	return &Nothing{}, a.Store.EndSession(ctx, in.ID, 0, who(ctx).Name)
}

package httpapi

import (
	"context"
	"net/http"

	"gatehouse/ingest"
)

type tokenStore interface {
	TokenOf(ctx context.Context, secret string) (ingest.Token, error)
	CreateToken(ctx context.Context, o ingest.TokenOrder) (ingest.Token, error)
	Tokens(ctx context.Context, p ingest.Part) (ingest.List[ingest.Token], error)
	RevokeToken(ctx context.Context, id int64, actor string) error
}

func (a *api) tokens() {
	route(a, op{does: "GET /tokens", least: ingest.RoleAdmin, says: "Lists tokens, newest first."}, a.listTokens)
	route(a, op{does: "POST /tokens", least: ingest.RoleAdmin, status: http.StatusCreated,
		says: "Makes a token. Its secret is shown this once."}, a.createToken)
	route(a, op{does: "DELETE /tokens/{id}", least: ingest.RoleAdmin, says: "Revokes a token at once."}, a.revokeToken)
}

func (a *api) listTokens(ctx context.Context, in *Paging) (*Body[ingest.List[ingest.Token]], error) {
	return body(a.Store.Tokens(ctx, in.part()))
}

// TokenInput makes a token.
type TokenInput struct {
	Body struct {
		Name      string      `json:"name" minLength:"1" maxLength:"100" doc:"who uses it: what they do is recorded under this name"`
		Role      ingest.Role `json:"role" enum:"agent,supervisor,admin"`
		ExpiresIn string      `json:"expires_in,omitempty" doc:"a duration as in 24h, or never"`
	}
}

func (a *api) createToken(ctx context.Context, in *TokenInput) (*Body[ingest.Token], error) {
	expires, err := a.expiry(in.Body.ExpiresIn)
	if err != nil {
		return nil, err
	}
	return body(a.Store.CreateToken(ctx, ingest.TokenOrder{Name: in.Body.Name, Role: in.Body.Role, ExpiresAt: expires, Actor: who(ctx).Name}))
}

func (a *api) revokeToken(ctx context.Context, in *ByNumber) (*Nothing, error) {
	return &Nothing{}, a.Store.RevokeToken(ctx, in.ID, who(ctx).Name)
}

package httpapi

import (
	"context"
	"net/http"
	"time"

	"gatehouse/ingest"
)

type tokenStore interface {
	TokenOf(ctx context.Context, secret string) (ingest.Token, error)
	Token(ctx context.Context, id int64) (ingest.Token, error)
	CreateToken(ctx context.Context, o ingest.TokenOrder) (ingest.Token, error)
	RotateToken(ctx context.Context, r ingest.Rotation) (ingest.Token, error)
	Tokens(ctx context.Context, p ingest.Part) (ingest.List[ingest.Token], error)
	RevokeToken(ctx context.Context, id int64, actor string) error
}

func (a *api) tokens() {
	route(a, op{does: "GET /tokens", least: ingest.RoleAdmin, says: "Lists tokens, newest first."}, a.listTokens)
	route(a, op{does: "POST /tokens", least: ingest.RoleAdmin, status: http.StatusCreated,
		says: "Makes a token. Its secret is shown this once."}, a.createToken)
	route(a, op{does: "POST /tokens/{id}/rotate", least: ingest.RoleAdmin, status: http.StatusCreated,
		says: "Makes a token like another, for as long as that was made for; the other one ends after the overlap. Its secret is shown this once."}, a.rotateToken)
	route(a, op{does: "DELETE /tokens/{id}", least: ingest.RoleAdmin, says: "Revokes a token at once."}, a.revokeToken)
}

func (a *api) listTokens(ctx context.Context, in *Paging) (*Body[ingest.List[ingest.Token]], error) {
	return body(a.Store.Tokens(ctx, in.part()))
}

// TokenInput makes a token.
type TokenInput struct {
	Body struct {
		Name      string         `json:"name" minLength:"1" maxLength:"100" doc:"who uses it: what they do is recorded under this name"`
		Role      ingest.Role    `json:"role" enum:"agent,supervisor,admin"`
		Scopes    []ingest.Scope `json:"scopes,omitempty" maxItems:"50" doc:"what it is for: *, read, or areas (a path's first segment), each also with :read or :write. Without: *"`
		Rate      int            `json:"rate,omitempty" minimum:"0" maximum:"1000000" doc:"requests a minute to each web process; 0: as many as the setting api_rate says"`
		ExpiresIn string         `json:"expires_in,omitempty" doc:"a duration as in 24h, or never; at most, and without, what the setting token_longest says"`
	}
}

func (a *api) createToken(ctx context.Context, in *TokenInput) (*Body[ingest.Token], error) {
	b := in.Body
	if b.Scopes == nil {
		b.Scopes = []ingest.Scope{ingest.Everything}
	}
	if err := ingest.CheckScopes(b.Scopes, a.areas); err != nil {
		return nil, err
	}
	if err := who(ctx).mayGive(b.Scopes); err != nil {
		return nil, err
	}
	expires, err := a.lasts(ctx, b.ExpiresIn)
	if err != nil {
		return nil, err
	}
	return body(a.Store.CreateToken(ctx, ingest.TokenOrder{Name: b.Name, Role: b.Role, Scopes: b.Scopes, Rate: b.Rate, ExpiresAt: expires, Actor: who(ctx).Name}))
}

// lasts is a token's end, which the settings may bound.
func (a *api) lasts(ctx context.Context, in string) (*time.Time, error) {
	expires, err := a.expiry(in)
	if err != nil {
		return nil, err
	}
	latest, longest, err := a.latest(ctx)
	switch {
	case err != nil || latest == nil:
		return expires, err
	case expires == nil && in == "":
		return latest, nil
	case expires == nil || expires.After(*latest):
		return nil, badField("expires_in", "want at most "+longest.String()+": the setting token_longest says so")
	}
	return expires, nil
}

// latest is when a token that is made now ends at the latest, by the setting; nil:
// whenever.
func (a *api) latest(ctx context.Context) (*time.Time, ingest.Keep, error) {
	settings, _, err := a.Store.Settings(ctx)
	if err != nil || settings.TokenLongest == 0 {
		return nil, 0, err
	}
	return new(a.Now().Add(time.Duration(settings.TokenLongest))), settings.TokenLongest, nil
}

// TokenRotation says how long both tokens are good.
type TokenRotation struct {
	ByNumber
	Body *struct {
		Overlap string `json:"overlap,omitempty" doc:"a duration, at most 720h, in which the old token stays good; without: 24h"`
	}
}

// The overlaps of tokens.
const (
	usualOverlap   = 24 * time.Hour
	longestOverlap = 30 * 24 * time.Hour
)

func (in *TokenRotation) overlap() (time.Duration, error) {
	if in.Body == nil || in.Body.Overlap == "" {
		return usualOverlap, nil
	}
	d, err := time.ParseDuration(in.Body.Overlap)
	if err != nil || d < 0 || d > longestOverlap {
		return 0, badField("overlap", "want a duration of at most 720h, as in 24h; 0s ends the old token at once")
	}
	return d, nil
}

func (a *api) rotateToken(ctx context.Context, in *TokenRotation) (*Body[ingest.Token], error) {
	overlap, err := in.overlap()
	if err != nil {
		return nil, err
	}
	old, err := a.Store.Token(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := who(ctx).mayGive(old.Scopes); err != nil {
		return nil, err
	}
	latest, _, err := a.latest(ctx)
	if err != nil {
		return nil, err
	}
	return body(a.Store.RotateToken(ctx, ingest.Rotation{Token: in.ID, Overlap: overlap, Latest: latest, Actor: who(ctx).Name}))
}

func (a *api) revokeToken(ctx context.Context, in *ByNumber) (*Nothing, error) {
	return &Nothing{}, a.Store.RevokeToken(ctx, in.ID, who(ctx).Name)
}

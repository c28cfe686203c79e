package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"gatehouse/ingest"
)

type tokenStore interface {
	TokenOf(ctx context.Context, secret string) (ingest.Token, error)
	CreateToken(ctx context.Context, o ingest.TokenOrder) (ingest.Token, error)
	Tokens(ctx context.Context, p ingest.Part) (ingest.List[ingest.Token], error)
	RevokeToken(ctx context.Context, id int64, actor string) error
}

type tokenKey struct{}

// who is the token of the request.
func who(ctx context.Context) ingest.Token {
	t, _ := ctx.Value(tokenKey{}).(ingest.Token)
	return t
}

// authenticate lets a request through to its handler if its token is good for
// the route.
func (a *api) authenticate(ctx huma.Context, next func(huma.Context)) {
	token, err := a.tokenOf(ctx.Context(), ctx.Header("Authorization"))
	if err != nil {
		a.refuse(ctx, a.problemOf(ctx.Context(), err))
		return
	}
	least, ok := ctx.Operation().Metadata[leastKey].(ingest.Role)
	if !ok || !token.Role.AtLeast(least) {
		a.refuse(ctx, errRole(least))
		return
	}
	next(huma.WithValue(ctx, tokenKey{}, token))
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

var errNoToken = &Problem{Type: "no-token", Status: http.StatusUnauthorized, Detail: "a valid bearer token is required"}

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

package channels

import (
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// JWT checks a JSON Web Token (RFC 7519) that one of the secrets signed by one of
// the methods, as HS256, and that is valid now, give or take leeway. It returns
// what the token claims, with numbers as they are written.
func (h Host) JWT(token string, methods []string, s Secrets, leeway time.Duration) (claims jwt.MapClaims, err error) {
	parser := jwt.NewParser(jwt.WithValidMethods(methods), jwt.WithoutClaimsValidation(), jwt.WithJSONNumber(), jwt.WithStrictDecoding())
	signed := h.Any(s, func(secret string) bool {
		given := jwt.MapClaims{}
		_, err := parser.ParseWithClaims(token, given, func(*jwt.Token) (any, error) { return []byte(secret), nil })
		if err == nil {
			claims = given
		}
		return err == nil
	})
	if !signed {
		return nil, CauseSecret.Because("no secret of the channel signed this token")
	}
	if err := jwt.NewValidator(jwt.WithTimeFunc(h.Now), jwt.WithLeeway(leeway), jwt.WithIssuedAt()).Validate(claims); err != nil {
		return nil, CauseClock.Because("the token is not valid at this time")
	}
	return claims, nil
}

package oidc

import (
	"fmt"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"

	"gatehouse/ingest"
)

// claimed is what an ID token that was proven says of its person. A mail
// address that the provider did not verify is nobody's.
func (c *Client) claimed(id *oidc.IDToken) (ingest.Vouched, error) {
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		return ingest.Vouched{}, fmt.Errorf("%w (%w)", ErrRefused, err)
	}
	role := c.settings.role(claims)
	if role == "" {
		return ingest.Vouched{}, ErrRole
	}
	who := ingest.Vouched{Issuer: id.Issuer, Subject: id.Subject, Role: role}
	who.Name, _ = claims["name"].(string)
	if verified := claims["email_verified"]; verified == true || verified == "true" {
		who.Email, _ = claims["email"].(string)
	}
	return who, nil
}

// role is the highest that the claims give.
func (s Settings) role(claims map[string]any) ingest.Role {
	best := ingest.Role("")
	for _, value := range values(claims, s.RoleClaim) {
		if role := s.Roles[value]; role.AtLeast(ingest.RoleAgent) && (best == "" || role.AtLeast(best)) {
			best = role
		}
	}
	if best == "" {
		best = s.DefaultRole
	}
	return best
}

// values are the texts of a claim. Its whole name counts before a path of
// names: some providers name claims by URLs.
func values(claims map[string]any, name string) []string {
	v, found := claims[name]
	if !found {
		outer, inner, _ := strings.Cut(name, ".")
		if within, ok := claims[outer].(map[string]any); ok {
			return values(within, inner)
		}
	}
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var list []string
		for _, e := range v {
			if text, ok := e.(string); ok {
				list = append(list, text)
			}
		}
		return list
	}
	return nil
}

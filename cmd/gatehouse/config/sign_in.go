package config

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"time"

	"gatehouse/ingest"
)

// SignIn is how people sign in to the desk.
type SignIn struct {
	Password bool          `yaml:"password" doc:"people may sign in with a password"`
	Idle     time.Duration `yaml:"idle" doc:"who does nothing for so long is signed out"`
	Longest  time.Duration `yaml:"longest" doc:"nobody stays signed in longer, whatever they do"`
	OIDC     OIDC          `yaml:"oidc"`
}

// OIDC is where people sign in instead, by OpenID Connect.
type OIDC struct {
	Issuer       string                 `yaml:"issuer" doc:"people sign in by this OpenID provider, as https://login.example.com; empty: by none"`
	ClientID     string                 `yaml:"client_id" doc:"of Gatehouse there. Its redirect URI is http.public_url + /api/v1/session/oidc/callback"`
	ClientSecret string                 `yaml:"client_secret" doc:"of the same"`
	Scopes       []string               `yaml:"scopes" doc:"what is asked for besides openid"`
	RoleClaim    string                 `yaml:"role_claim" doc:"the claim of the ID token that roles maps, as groups or realm_access.roles"`
	Roles        map[string]ingest.Role `yaml:"roles" doc:"which value of role_claim is which role, as {support: agent, leads: supervisor}; of several the highest counts, at each sign-in anew"`
	DefaultRole  ingest.Role            `yaml:"default_role" doc:"of whom no value has one; empty: they are refused"`
}

// leastIdle keeps a mistyped unit from signing everybody out at once.
const leastIdle = time.Minute

func (c *Config) checkSignIn() error {
	if s := c.SignIn; s.Idle < leastIdle {
		return c.keyed("sign_in.idle", fmt.Errorf("%s: want at least %s", s.Idle, leastIdle))
	} else if s.Longest < s.Idle {
		return c.keyed("sign_in.longest", fmt.Errorf("%s is shorter than sign_in.idle, %s", s.Longest, s.Idle))
	}
	return c.checkOIDC()
}

func (c *Config) checkOIDC() error {
	o := c.SignIn.OIDC
	if o.Issuer == "" {
		if !c.SignIn.Password {
			return c.keyed("sign_in.password", errors.New("nobody could sign in: let them with a password, or set sign_in.oidc.issuer"))
		}
		return nil
	}
	u, err := url.Parse(o.Issuer)
	if loopback := err == nil && isLoopback(u.Hostname()); err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && loopback) {
		return c.keyed("sign_in.oidc.issuer", fmt.Errorf("%q: want https://host, as the provider writes it", o.Issuer))
	}
	for key, value := range map[string]string{"client_id": o.ClientID, "client_secret": o.ClientSecret} {
		if value == "" {
			return c.keyed("sign_in.oidc."+key, errors.New("is missing"))
		}
	}
	for value, role := range o.Roles {
		if !role.AtLeast(ingest.RoleAgent) {
			return c.keyed("sign_in.oidc.roles", fmt.Errorf("%s: %q is none of agent, supervisor, admin", value, role))
		}
	}
	return c.checkClaims()
}

// checkClaims makes sure that somebody can get a role.
func (c *Config) checkClaims() error {
	o := c.SignIn.OIDC
	switch {
	case o.DefaultRole != "" && !o.DefaultRole.AtLeast(ingest.RoleAgent):
		return c.keyed("sign_in.oidc.default_role", fmt.Errorf("%q is none of agent, supervisor, admin", o.DefaultRole))
	case (len(o.Roles) == 0) != (o.RoleClaim == ""):
		return c.keyed("sign_in.oidc.role_claim", errors.New("want both, role_claim and roles, or neither"))
	case len(o.Roles) == 0 && o.DefaultRole == "":
		return c.keyed("sign_in.oidc.roles", errors.New("nobody would have a role: set role_claim and roles, or default_role"))
	}
	return nil
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

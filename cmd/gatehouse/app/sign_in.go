package app

import (
	"net/http"
	"net/netip"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest/httpapi"
	"gatehouse/ingest/httpapi/oidc"
)

// signIn is how people sign in, by the configuration.
func (a *App) signIn() (httpapi.SignIn, error) {
	c := a.Config.SignIn
	proxies := channels.Proxies{Trusted: a.Config.HTTP.Trusted}
	s := httpapi.SignIn{
		NoPasswords: !c.Password, Idle: c.Idle, Longest: c.Longest, PublicURL: a.Config.PublicURL(),
		Address: func(r *http.Request) netip.Addr {
			addr, _ := netip.ParseAddr(proxies.ClientIP(r)) // of a Unix socket: none
			return addr
		},
	}
	if c.OIDC.Issuer == "" {
		return s, nil
	}
	client, err := oidc.New(oidc.Settings{Issuer: c.OIDC.Issuer, ClientID: c.OIDC.ClientID, ClientSecret: c.OIDC.ClientSecret, Scopes: c.OIDC.Scopes,
		RoleClaim: c.OIDC.RoleClaim, Roles: c.OIDC.Roles, DefaultRole: c.OIDC.DefaultRole, RedirectURL: a.Config.PublicURL() + httpapi.OIDCBack}, time.Now)
	s.OIDC = client
	return s, err
}

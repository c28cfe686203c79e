package app

import (
	"net/http"
	"net/netip"

	"gatehouse/channels"
	"gatehouse/ingest/httpapi"
)

// signIn is how people sign in, by the configuration.
func (a *App) signIn() httpapi.SignIn {
	c := a.Config.SignIn
	proxies := channels.Proxies{Trusted: a.Config.HTTP.Trusted}
	return httpapi.SignIn{
		NoPasswords: !c.Password, Idle: c.Idle, Longest: c.Longest, PublicURL: a.Config.PublicURL(),
		Address: func(r *http.Request) netip.Addr {
			addr, _ := netip.ParseAddr(proxies.ClientIP(r)) // of a Unix socket: none
			return addr
		},
	}
}

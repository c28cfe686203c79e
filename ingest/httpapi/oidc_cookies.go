package httpapi

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"gatehouse/ingest/httpapi/oidc"
)

// What a browser keeps while it is elsewhere: the try, and the page that it was
// on its way to.
const (
	flowName = "gatehouse_flow"
	nextName = "gatehouse_next"
)

// awayCookie lasts for so many seconds; -1 ends it.
func (a *api) awayCookie(name, value string, lasts int) *http.Cookie {
	c := &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, Secure: a.SignIn.secure(), SameSite: http.SameSiteLaxMode, MaxAge: lasts}
	if c.Secure {
		c.Name = securePrefix + name
	}
	return c
}

// nextCookie keeps where to go after signing in, unless that is too long for a
// cookie.
func (a *api) nextCookie(next string) *http.Cookie {
	value := url.QueryEscape(LocalPage(next))
	if next == "" || len(value) > nextMost {
		return a.awayCookie(nextName, "", -1)
	}
	return a.awayCookie(nextName, value, int(oidc.Lasts/time.Second))
}

// nextMost is how many octets a page's address may have to be kept: browsers
// take cookies of 4,096 (RFC 6265 §6.1).
const nextMost = 3000

// nextPage is where the browser was on its way to, "/" if that is not known.
func (a *api) nextPage(r *http.Request) string {
	c, err := r.Cookie(a.awayCookie(nextName, "", 0).Name)
	if err != nil {
		return "/"
	}
	next, err := url.QueryUnescape(c.Value)
	if err != nil {
		return "/"
	}
	return LocalPage(next)
}

// LocalPage is a page of this program, without its host: "/" for any address
// that could lead elsewhere.
func LocalPage(address string) string {
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") || strings.Contains(u.Path, "\\") {
		return "/"
	}
	return (&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String()
}

package channels

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// BaseURL is the URL at which a provider calls the channel: the setting
// public_url, or Host.PublicURL where that is empty. A query or fragment in it
// is dropped: each request brings its own query.
func BaseURL(setting string, host Host) (string, error) {
	if setting == "" {
		setting = host.PublicURL
	} else if u, err := url.Parse(setting); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return "", fmt.Errorf("public_url %q: want https://host/path", setting)
	}
	base, _, _ := strings.Cut(setting, "#")
	base, _, _ = strings.Cut(base, "?")
	return base, nil
}

// ExternalURL is the URL that the provider of a request called, and signed: a
// proxy may have changed scheme, host and path since, so they are base's. The
// query is the request's, byte for byte.
func ExternalURL(base string, r *http.Request) string {
	if r.URL.RawQuery == "" {
		return base
	}
	return base + "?" + r.URL.RawQuery
}

// maxGuess is the largest body for which other URLs are tried: each costs
// another hash of it.
const maxGuess = 256 << 10

// AtURL returns nil if right is satisfied with the URL that the provider of a
// request called. If it would be with another one, under which the request may
// have come, the refusal says so: public_url is wrong then, and not the secret.
func AtURL(base string, r Request, right func(address string) bool) error {
	address := ExternalURL(base, r.Request)
	if right(address) {
		return nil
	}
	refusal := &Refusal{Cause: CauseSecret, URL: address, Err: fmt.Errorf("no secret of the channel makes this signature of %s", base)}
	if len(r.Raw) > maxGuess {
		return refusal
	}
	for _, other := range otherURLs(base, r.Request) {
		if right(ExternalURL(other, r.Request)) {
			refusal.Cause = CauseURL
			refusal.Err = fmt.Errorf("the provider signed %s, and public_url is %s", other, base)
			break
		}
	}
	return refusal
}

// otherURLs are those that a provider may have called instead of base.
func otherURLs(base string, r *http.Request) []string {
	u, err := url.Parse(base)
	if err != nil {
		return nil
	}
	hosts := []string{u.Host, u.Hostname(), r.Host, r.Header.Get("X-Forwarded-Host")}
	paths := []string{u.EscapedPath(), strings.TrimSuffix(u.EscapedPath(), "/"), u.EscapedPath() + "/", r.URL.EscapedPath()}
	var all []string
	for _, scheme := range []string{"https", "http"} {
		for _, host := range hosts {
			for _, path := range paths {
				if other := scheme + "://" + host + path; host != "" && other != base && !slices.Contains(all, other) {
					all = append(all, other)
				}
			}
		}
	}
	return all
}

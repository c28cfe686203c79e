package channels

import (
	"fmt"
	"net/http"
	"net/url"
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

package channels

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"gatehouse/ingest/safehttp"
)

// Media fetches the files that messages of a channel name and do not carry.
type Media interface {
	// Open asks for a file, in as many steps as it takes, and returns the answer
	// that has its bytes, unread, in which the client bounds what is taken. What
	// the client says of a failure is returned as it is; an answer that is not the
	// file is closed and refused with NotTheFile. It keeps and logs no URL: there
	// may be secrets in one.
	Open(ctx context.Context, client MediaClient, f File) (*safehttp.Answer, error)
}

// MediaClient asks for what a provider, or whoever wrote in its name, says. It
// is led nowhere but to the public internet and what the configuration allows.
type MediaClient interface {
	// Get returns the answer 200 that a URL leads to, or a *safehttp.Fault.
	Get(ctx context.Context, ask safehttp.Ask) (*safehttp.Answer, error)
	// JSON decodes such an answer, of at most 1 MiB.
	JSON(ctx context.Context, ask safehttp.Ask, into any) error
}

// MediaAt is Media for files whose URL is in the message, where Hosts want to
// know who asks. Files elsewhere are asked for without. The zero value asks
// everybody without.
type MediaAt struct {
	Hosts       []string     // see safehttp.Ask
	Credentials []Credential // tried one after the other
}

// Open asks for the file's URL.
func (m MediaAt) Open(ctx context.Context, client MediaClient, f File) (*safehttp.Answer, error) {
	return client.Get(ctx, safehttp.Ask{URL: f.URL, Secrets: m.Credentials, Hosts: m.Hosts})
}

// CheckHosts returns nil if each of a setting's hosts is one as MediaAt.Hosts has
// them: a URL there would be nobody's, and no file of the channel ever fetched.
func CheckHosts(key string, hosts ...string) error {
	for _, host := range hosts {
		name := strings.TrimPrefix(host, ".")
		if u, err := url.Parse("https://" + name); err != nil || name == "" || u.Host != name {
			return fmt.Errorf("%s: %q: want a host without https:// and path, with a port if it has one of its own", key, host)
		}
	}
	return nil
}

// NotTheFile closes an answer that is something else, as a page to sign in on.
func NotTheFile(answer *safehttp.Answer) error {
	_ = answer.Close()
	return &safehttp.Fault{Code: safehttp.Type}
}

var _ MediaClient = (*safehttp.Client)(nil)

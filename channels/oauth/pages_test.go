package oauth

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/oauth/oauthtest"
	"gatehouse/ingest"
	"gatehouse/ingest/postgres"
	"gatehouse/migrations/localpg"
)

// office is the pages, and what is around them.
type office struct {
	*Pages
	t        *testing.T
	provider *oauthtest.Provider
	store    *postgres.Store
	lacks    error // of the mailbox, when it is tried
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, provider: oauthtest.New(t, user), store: newStore(t, localpg.Test(t))}
	var s Settings
	must(t, channeltest.Settings([]byte(o.provider.Settings()))(&s))
	c, err := New(s, user, channels.Host{Channel: "mail", Now: time.Now, Grants: o.store})
	must(t, err)
	by := c.Consent(func(context.Context, ingest.Secret) error { return o.lacks })
	o.Pages = &Pages{Links: o.store, Ring: newRing(t), Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Find: func(name string) (channels.Consenter, error) {
			if name != "mail" {
				return nil, errors.New("no such channel")
			}
			return by, nil
		}}
	server := httptest.NewServer(o.Handler())
	t.Cleanup(server.Close)
	o.Base = server.URL
	return o
}

func (o *office) link() (ingest.Consent, string) {
	o.t.Helper()
	id, err := o.store.NewConsent(o.t.Context(), ingest.ConsentOrder{Channel: "mail", Actor: "ann", ExpiresAt: time.Now().Add(time.Hour)})
	must(o.t, err)
	c, err := o.store.Consent(o.t.Context(), id)
	must(o.t, err)
	return c, o.Address(c)
}

// granted tells who has granted access to the mailbox; "": nobody.
func (o *office) granted() string {
	o.t.Helper()
	g, err := o.store.GrantState(o.t.Context(), "mail")
	must(o.t, err)
	return g.GrantedBy
}

// browser is an owner's; it follows where it is sent.
func browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	must(t, err)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Jar: jar, Transport: transport}
}

// sees opens an address and demands a status and words.
func (o *office) sees(b *http.Client, method, address string, status int, words ...string) (at string) {
	o.t.Helper()
	r, err := http.NewRequestWithContext(o.t.Context(), method, address, nil)
	must(o.t, err)
	resp, err := b.Do(r)
	must(o.t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	must(o.t, err)
	if resp.StatusCode != status {
		o.t.Fatalf("%s %s: %d, want %d\n%s", method, address, resp.StatusCode, status, text)
	}
	for _, w := range words {
		if !strings.Contains(string(text), w) {
			o.t.Errorf("%s %s does not say %q:\n%s", method, address, w, text)
		}
	}
	if h := resp.Header; h.Get("Referrer-Policy") != "no-referrer" || !strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") || h.Get("Cache-Control") != "no-store" {
		o.t.Errorf("headers of %s: %v", address, h)
	}
	return resp.Request.URL.String()
}

func TestAnOwnerConsents(t *testing.T) {
	o := newOffice(t)
	_, link := o.link()
	owner := browser(t)
	for range 3 { // mail programs look at links before people do
		o.sees(owner, "GET", link, 200, "Let the support desk read", user, "Go on")
	}
	if by := o.granted(); by != "" {
		t.Fatalf("granted by %s before anybody consented", by)
	}
	callback := o.sees(owner, "POST", link, 200, "Thank you", user)
	if by := o.granted(); !strings.HasPrefix(by, "link ") {
		t.Errorf("granted by %q", by)
	}
	o.sees(owner, "GET", callback, 400, "did not begin here") // the page is loaded again
	o.sees(owner, "GET", link, 404, "does not work")
	o.sees(owner, "POST", link, 404, "does not work")
	good(t, o.provider, newSource(t, o.provider, o.store))
}

func TestLinksThatAreNoGood(t *testing.T) {
	o := newOffice(t)
	c, link := o.link()
	cut := strings.LastIndex(link, "/") + 1
	forged, err := base64.RawURLEncoding.DecodeString(link[cut:])
	must(t, err)
	forged[23]++ // it lasts longer
	late := c
	late.ExpiresAt = time.Now().Add(-time.Second)
	unknown := c
	unknown.ID = ingest.NewID(time.Now())
	for name, address := range map[string]string{
		"cut off":      link[:len(link)-3],
		"made longer":  link[:cut] + base64.RawURLEncoding.EncodeToString(forged),
		"expired":      o.Address(late),
		"of no record": o.Address(unknown),
		"nonsense":     link[:cut] + "%00",
	} {
		t.Run(name, func(t *testing.T) {
			o := &office{Pages: o.Pages, t: t}
			for _, method := range []string{"GET", "POST"} {
				o.sees(browser(t), method, address, 404, "does not work", "Ask whoever sent it")
			}
		})
	}
}

// Whoever got hold of the provider's answer, or lets another's browser end what
// theirs began, gets nothing.
func TestAnAnswerBelongsToItsBrowser(t *testing.T) {
	o := newOffice(t)
	_, link := o.link()
	began := browser(t)
	began.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.Path, Root) {
			return http.ErrUseLastResponse
		}
		return nil
	}
	resp, err := began.Post(link, "", nil)
	must(t, err)
	resp.Body.Close()
	back := resp.Header.Get("Location")
	if !strings.Contains(back, "code=") {
		t.Fatalf("no code in %q", back)
	}
	o.sees(browser(t), "GET", back, 400, "did not begin here")
	o.sees(began, "GET", strings.Replace(back, "state=", "state=x", 1), 400, "did not begin here")
	if by := o.granted(); by != "" {
		t.Errorf("granted by %s", by)
	}
	o.sees(began, "GET", back, 200, "Thank you")
}

// A try that fails leaves the link good, and what was granted before as it was.
func TestATryThatFails(t *testing.T) {
	for name, c := range map[string]struct {
		begin, end func(*office)
		says       string
	}{
		"the owner declines": {func(o *office) { o.provider.Device("decline") }, func(o *office) { o.provider.Device("") }, "access_denied, The owner said no."},
		"another mailbox's owner": {func(o *office) { o.lacks = channels.NeedsReauth(errors.New("no such user")) },
			func(o *office) { o.lacks = nil }, "whoever consented may not read " + user},
		"the provider is away": {func(o *office) { o.provider.Next(oauthtest.Away) }, func(*office) {}, "status 503"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			must(t, o.store.SetGrant(t.Context(), "mail", "before", "ann"))
			consent, link := o.link()
			owner := browser(t)
			c.begin(o)
			o.sees(owner, "POST", link, 409, "That did not work", c.says, "still good")
			now, err := o.store.Consent(t.Context(), consent.ID)
			if err != nil || !strings.Contains(now.Says, c.says) || o.granted() != "ann" {
				t.Errorf("%+v, %v, granted by %s", now, err, o.granted())
			}
			c.end(o)
			o.sees(owner, "POST", link, 200, "Thank you")
		})
	}
}

// A mail server that is away says nothing about the owner.
func TestTheMailboxIsAwayMeanwhile(t *testing.T) {
	o := newOffice(t)
	o.lacks = ingest.AsTemporary(errors.New("connection refused"))
	_, link := o.link()
	o.sees(browser(t), "POST", link, 200, "Thank you")
}

func TestAddressesOfProviders(t *testing.T) {
	for name, c := range map[string]struct {
		settings Settings
		wants    []string
	}{
		google: {Settings{Provider: google, ClientID: "x"}, []string{"https://accounts.google.com/o/oauth2/v2/auth?", "access_type=offline",
			"prompt=consent", "scope=https%3A%2F%2Fmail.google.com%2F", "login_hint=support%40example.com"}},
		microsoft: {Settings{Provider: microsoft, ClientID: "x", Tenant: "example.com"}, []string{
			"https://login.microsoftonline.com/example.com/oauth2/v2.0/authorize?", "offline_access", "IMAP.AccessAsUser.All"}},
	} {
		client, err := New(c.settings, user, channels.Host{Grants: newStore(t, localpg.Test(t))})
		must(t, err)
		by := client.Consent(nil)
		address := by.AuthURL("the-state", "the-verifier", "https://desk.example.com/oauth/callback")
		for _, want := range append(c.wants, "code_challenge_method=S256", "state=the-state", "redirect_uri=https%3A%2F%2Fdesk.example.com%2Foauth%2Fcallback") {
			if !strings.Contains(address, want) {
				t.Errorf("%s: no %s in %s", name, want, address)
			}
		}
		if strings.Contains(address, "the-verifier") || by.ByDevice() != (name == microsoft) {
			t.Errorf("%s: by device %t, %s", name, by.ByDevice(), address)
		}
	}
}

func TestConsentByDevice(t *testing.T) {
	o := newOffice(t)
	by, err := o.Find("mail")
	must(t, err)
	shown := ""
	token, err := by.AwaitDevice(t.Context(), func(address, code string) {
		shown = address + " " + code
		o.provider.Device("grant")
	})
	if err != nil || token == "" || shown != o.provider.URL+"/go ABCD-EFGH" {
		t.Errorf("shown %q, %v", shown, err)
	}
	_, err = by.AwaitDevice(t.Context(), func(string, string) { o.provider.Device("decline") })
	if err == nil || !strings.Contains(err.Error(), "declined") || ingest.Temporary(err) {
		t.Errorf("declined: %v", err)
	}
}

func FuzzLink(f *testing.F) {
	ring := newRing(f)
	now := time.Now()
	f.Add(Link(ring, ingest.Consent{ID: ingest.NewID(now), ExpiresAt: now.Add(time.Hour)}))
	f.Add("")
	f.Fuzz(func(t *testing.T, link string) {
		if id, err := readLink(ring, link, now); err == nil && id.IsZero() {
			t.Error("a link of nobody")
		}
	})
}

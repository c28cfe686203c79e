package e2e

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strings"
	"testing"

	"gatehouse/channels/oauth/oauthtest"
	"gatehouse/cmd/gatehouse/housetest"
	"gatehouse/migrations/localpg"
)

const owner = "support@example.com"

// sealed is a seal_key of the tests.
var sealed = "\nseal_key: " + base64.StdEncoding.EncodeToString([]byte("abcdefghijklmnopqrstuvwxyz012345"))

// tokenHouse is a house with one mailbox that takes access tokens alone.
func tokenHouse(t *testing.T, mechanism string, settings ...string) (house, *oauthtest.Provider, *housetest.Mailbox) {
	t.Helper()
	p := oauthtest.New(t, owner)
	b := housetest.NewTokenMailbox(t, owner, p.Good, mechanism)
	lines := housetest.Settings + sealed
	h := house{housetest.NewOn(t, localpg.Test(t), lines, b.TokenChannel("mail", owner, p.Settings(settings...)))}
	return h, p, b
}

// a channel is what the API says of one.
type channelSays struct {
	State       string
	LastError   string  `json:"last_error"`
	ReauthSince *string `json:"reauth_since"`
}

func (h house) channel() (c channelSays) {
	h.T.Helper()
	h.Read(http.StatusOK, http.MethodGet, "/channels/mail", nil, &c)
	return c
}

// comes waits until the mailbox is in a state.
func (h house) comes(state string) channelSays {
	h.T.Helper()
	eventually(h.T, "the mailbox is "+state, func() bool { return h.channel().State == state })
	return h.channel()
}

// told counts the events by which a person is asked for.
func (h house) told() int {
	h.T.Helper()
	var list struct{ Items []struct{ Type string } }
	h.Read(http.StatusOK, http.MethodGet, "/events?types=channel.needs_reauth", nil, &list)
	return len(list.Items)
}

// tells waits until there are so many: the log shows what is committed once
// all that began before has ended.
func (h house) tells(n int) {
	h.T.Helper()
	eventually(h.T, fmt.Sprintf("a person is asked for, %d times in all", n), func() bool { return h.told() == n })
}

// took demands that every mail of the mailbox came, once.
func (h house) took(b *housetest.Mailbox) {
	h.T.Helper()
	h.Decided(map[string]int{"mail": len(b.Names)})
	h.Holds(b.Names...)
}

// Nobody has consented at first; the owner does by a code; what they granted is
// revoked, and they consent again, by a link. All mail comes, once, and in
// between nobody does anything at the program.
func TestAMailboxIsAuthorised(t *testing.T) {
	t.Parallel()
	h, p, b := tokenHouse(t, "XOAUTH2")
	b.Put(0, 10)
	h.Serve()
	says := h.comes("needs_reauth")
	if !strings.Contains(says.LastError, "gatehouse auth --channel mail") || says.ReauthSince == nil {
		t.Errorf("%+v", says)
	}
	h.tells(1)
	trial{"check --config %s", 1, "gatehouse auth --channel mail"}.run(t, h.Config)

	p.Device("grant")
	if out := h.Command(0, "auth", "--channel", "mail"); !strings.Contains(out, "ABCD-EFGH") || !strings.Contains(out, "can be read now") {
		t.Error(out)
	}
	h.took(b)
	h.comes("ok")
	trial{"check --config %s", 0, "INBOX has 10 messages"}.run(t, h.Config)

	p.Revoke()
	b.Cut()
	b.Put(10, 20)
	says = h.comes("needs_reauth")
	if !strings.Contains(says.LastError, "invalid_grant") {
		t.Errorf("%+v", says)
	}
	h.tells(2)
	h.consents()
	h.took(b)
	h.comes("ok")
	if p.Reused() != 0 {
		t.Errorf("%d used tokens were used again", p.Reused())
	}
}

// consents makes a link, and goes through it as the owner with a browser does.
func (h house) consents() {
	h.T.Helper()
	var link struct{ URL string }
	h.Read(http.StatusCreated, http.MethodPost, "/channels/mail/auth", nil, &link)
	jar, err := cookiejar.New(nil)
	must(h.T, err)
	browser := &http.Client{Jar: jar, Transport: &toProgram{base: h.Now.Load().Base}}
	h.T.Cleanup(browser.CloseIdleConnections)
	page := func(method string) string {
		req, err := http.NewRequestWithContext(h.T.Context(), method, link.URL, nil)
		must(h.T, err)
		resp, err := browser.Do(req)
		must(h.T, err)
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		must(h.T, err)
		return string(text)
	}
	if text := page(http.MethodGet); !strings.Contains(text, owner) {
		h.T.Fatalf("the page of the link:\n%s", text)
	}
	if text := page(http.MethodPost); !strings.Contains(text, "Thank you") {
		h.T.Fatalf("after consent:\n%s", text)
	}
}

// toProgram sends what is for the program where it listens: its configuration
// leaves the port open.
type toProgram struct {
	http.Transport
	base string
}

func (p *toProgram) RoundTrip(r *http.Request) (*http.Response, error) {
	if base, err := url.Parse(p.base); err == nil && r.URL.Port() == "0" {
		r = r.Clone(r.Context())
		r.URL.Host = base.Host
	}
	return p.Transport.RoundTrip(r)
}

// Exchanges fail in every way but by the provider's word: the mailbox fails,
// and goes on by itself. Nobody is asked for anything.
func TestATokenIsNotToBeHadForAWhile(t *testing.T) {
	t.Parallel()
	h, p, b := tokenHouse(t, "OAUTHBEARER", "refresh_token: FIRST")
	h.plant(p)
	b.Put(0, 5)
	p.Next(oauthtest.Away, oauthtest.Cut, oauthtest.Stray)
	h.Serve()
	h.took(b)
	h.comes("ok")
	p.Expire() // and the server forgets a token that was good
	b.Cut()
	b.Put(5, 10)
	h.took(b)
	if n := h.told(); n != 0 || p.Reused() != 0 {
		t.Errorf("told %d times, %d used tokens used again", n, p.Reused())
	}
}

// plant puts a refresh token of the provider where the configuration says FIRST.
func (h house) plant(p *oauthtest.Provider) {
	h.T.Helper()
	edit(h.T, h.Config, "FIRST", p.Granted())
}

// The provider rotated, and its answer was lost with the program that asked:
// the old token is dead, and only the owner can help. Mail waits, and none is
// lost.
func TestTheAnswerIsLost(t *testing.T) {
	t.Parallel()
	h, p, b := tokenHouse(t, "XOAUTH2", "refresh_token: FIRST")
	h.plant(p)
	b.Put(0, 5)
	p.Next(oauthtest.Lost)
	h.Serve()
	h.comes("needs_reauth")
	h.consents()
	h.took(b)
	if p.Reused() == 0 {
		t.Error("the old token was not tried")
	}
}

// Two programs run; the one that polls is killed. Neither it, the other, nor a
// check beside them ever uses a token that another has used up.
func TestReplicasShareAGrant(t *testing.T) {
	t.Parallel()
	h, p, b := tokenHouse(t, "XOAUTH2", "refresh_token: FIRST")
	h.plant(p)
	b.Put(0, 5)
	first := h.Serve()
	h.took(b)
	second := h.Serve()
	for range 2 {
		trial{"check --config %s", 0, "channel mail: kind imap, ok"}.run(t, h.Config)
	}
	first.Kill()
	h.Age()
	b.Put(5, 10)
	h.took(b)
	must(t, asExit(second.Terminate()))
	h.Serve()
	b.Put(10, 15)
	h.took(b)
	if p.Reused() != 0 || p.Together() != 1 || p.Renewals() < 4 || h.told() != 0 {
		t.Errorf("%d used tokens used again, %d exchanges at once, %d in all, told %d times",
			p.Reused(), p.Together(), p.Renewals(), h.told())
	}
}

func asExit(code int) error {
	if code == 0 {
		return nil
	}
	return fmt.Errorf("it ended with %d", code)
}

// What lies in the database opens no mailbox.
func TestWhatIsGrantedIsSealed(t *testing.T) {
	t.Parallel()
	h, p, b := tokenHouse(t, "XOAUTH2", "refresh_token: FIRST")
	h.plant(p)
	b.Put(0, 1)
	program := h.Serve()
	h.took(b)
	const planted = "refresh-" // and what follows is random
	h.SQL("do $$ begin if exists (select from grants where position('" + planted + "' in encode(sealed, 'escape')) > 0) then raise 'readable'; end if; end $$")
	if program.Says(planted) || program.Says("access-") {
		t.Error("the log has a token")
	}
	must(t, asExit(program.Terminate()))
	edit(t, h.Config, strings.TrimSpace(sealed), "")
	trial{"check --offline --config %s", 1, "seal_key"}.run(t, h.Config)
	edit(t, h.Config, "channels:\n", "seal_key: ["+base64.StdEncoding.EncodeToString([]byte("543210zyxwvutsrqponmlkjihgfedcba"))+"]\nchannels:\n")
	h.Serve()
	if says := h.comes("failing"); !strings.Contains(says.LastError, "seal_key") {
		t.Errorf("with another key: %+v", says)
	}
}

// edit replaces a text in a file, where it stands once.
func edit(t housetest.TB, path, from, to string) {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	if strings.Count(string(b), from) != 1 {
		t.Fatalf("%q stands %d times in %s", from, strings.Count(string(b), from), path)
	}
	must(t, os.WriteFile(path, []byte(strings.Replace(string(b), from, to, 1)), 0o600))
}

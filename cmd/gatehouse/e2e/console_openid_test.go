//go:build long && chromium

package e2e

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/network"

	"gatehouse/cmd/gatehouse/browsertest"
	"gatehouse/cmd/gatehouse/housetest"
	"gatehouse/migrations/localpg"
)

// newVouching makes a console whose people sign in by a provider, too. Each whom it vouches
// for is a supervisor.
func newVouching(t *testing.T) (*console, *openID) {
	t.Helper()
	p := newOpenID(t)
	lines := housetest.Settings + sealed + "\nsign_in: {oidc: {issuer: " + p.URL + ", client_id: gatehouse, client_secret: " + oidcSecret + ", default_role: supervisor}}"
	c := &console{house{housetest.NewOn(t, localpg.Test(t), lines, mailHook, housetest.SiteChat)}}
	c.Serve()
	p.leadsTo = c.Now.Load().Base
	p.next(nil, nil)
	return c, p
}

// elsewhere counts what the browser asks the provider for, and tells what of it has
// a text in it or is a form, and any address that has the text.
func (p person) elsewhere(provider, text string) (told func() (asked int, astray []string)) {
	var mu sync.Mutex
	var n int
	var list []string
	p.Listen(func(ev any) {
		sent, ok := ev.(*network.EventRequestWillBeSent)
		if !ok {
			return
		}
		all, err := json.Marshal(sent.Request) // with its headers and content
		theirs := strings.HasPrefix(sent.Request.URL, provider)
		mu.Lock()
		defer mu.Unlock()
		if theirs {
			n++
		}
		if err != nil || strings.Contains(sent.Request.URL, text) || theirs && (sent.Request.Method != http.MethodGet || strings.Contains(string(all), text)) {
			list = append(list, string(all))
		}
	})
	return func() (int, []string) { mu.Lock(); defer mu.Unlock(); return n, slices.Clone(list) }
}

// notes are how many there are on a contact.
func (c *console) notes(contact string) int {
	c.T.Helper()
	var list struct{ Items []struct{ ID string } }
	c.Read(http.StatusOK, http.MethodGet, "/contacts/"+contact+"/notes", nil, &list)
	return len(list.Items)
}

// nothingIsLeft wants the tab to keep nothing.
func (p person) nothingIsLeft() {
	p.c.T.Helper()
	p.Is(`sessionStorage.length === 0 && localStorage.length === 0`)
}

// A session ends while somebody writes who signs in by a provider: they send what
// they wrote once they are back. The provider sees nothing of it, and who comes in
// their place neither sees nor sends it.
func TestLongConsoleKeepsAFormWhileItsPersonIsElsewhere(t *testing.T) {
	t.Parallel()
	c, provider := newVouching(t)
	c.mailed(mail("Ben <ben@example.net>", "My order", "Hello."))
	p := person{Tab: browsertest.Open(t), c: c}
	p.Look(1200, 900, false)
	told := p.elsewhere(provider.URL, planted)
	const byProvider = "Sign in with your organisation"
	p.open("/jobs")
	p.At("/sign-in")
	p.Click(byProvider)
	p.At("/jobs")
	ben := c.contact("ben@example.net")
	at := "/contacts/" + ben
	write := func(text string) {
		p.open(at)
		p.Fill("Add a note", text)
		c.SQL("delete from sessions")
		p.Click("Add")
		p.See("nothing of what you wrote is lost")
		p.Click(byProvider)
	}
	write("Called them: it is their " + planted)
	p.See("Send it now?", planted)
	p.nothingIsLeft()
	if n := c.notes(ben); n != 0 {
		t.Errorf("%d notes are there before anybody sent one", n)
	}
	p.Click("Send it")
	p.At(at)
	p.See("Called them: it is their " + planted)
	p.nothingIsLeft()

	provider.next(map[string]any{"sub": "7", "email": "bob@example.com", "name": "Bob"}, nil)
	write("Never mind their " + planted)
	p.See("Not sent")
	p.nothingIsLeft()
	p.Is(`!document.documentElement.outerHTML.includes("Never mind")`)
	p.open("/")
	provider.next(nil, nil)
	c.SQL("delete from sessions")
	p.open("/sign-in")
	p.Click(byProvider)
	p.At("/")
	if n := c.notes(ben); n != 1 {
		t.Errorf("there are %d notes: want one", n)
	}
	if asked, astray := told(); asked != 4 || len(astray) > 0 {
		t.Errorf("%d times at the provider, want 4; astray went %q", asked, astray)
	}
}

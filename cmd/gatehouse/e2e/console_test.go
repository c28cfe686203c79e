//go:build chromium

package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"gatehouse/cmd/gatehouse/browsertest"
	"gatehouse/cmd/gatehouse/housetest"
	"gatehouse/migrations/localpg"
)

// mailHook is a channel that a worker posts mails to, as they are.
const mailHook = "{name: support-mail, kind: webhook, scheme: bearer, bearer_token: secret, body: mime}"

// A console is a house whose people work in its web console. Mails come in by
// mailHook, chat messages by the door of housetest.SiteChat, and both quickly.
type console struct{ house }

// newConsole makes one that serves, with more channels, given as YAML.
func newConsole(t *testing.T, channels ...string) *console {
	t.Helper()
	c := &console{house{housetest.NewOn(t, localpg.Test(t), housetest.Settings+sealed, append([]string{mailHook, housetest.SiteChat}, channels...)...)}}
	c.Serve()
	return c
}

// mail is one from an address to the desk, with more lines of header, and a word
// that may be in no log.
func mail(from, subject, text string, header ...string) string {
	return strings.Join(append(header, "X-Planted: "+planted, "From: "+from, "To: support@example.com", "Subject: "+subject, "", text, ""), "\r\n")
}

// mailed has mails come in, eight at a time, and waits until all are decided.
func (c *console) mailed(mails ...string) {
	c.T.Helper()
	before := c.Books()["support-mail"]
	work, errs := make(chan string), make(chan error, len(mails))
	var posting sync.WaitGroup
	for range 8 {
		posting.Go(func() {
			for mail := range work {
				errs <- c.post(mail)
			}
		})
	}
	for _, m := range mails {
		work <- m
	}
	close(work)
	posting.Wait()
	for range mails {
		must(c.T, <-errs)
	}
	c.Decided(map[string]int{"support-mail": int(before.Accepted-before.InFlight) + len(mails)})
}

func (c *console) post(mail string) error {
	a, err := c.Ask(http.MethodPost, "/hooks/support-mail", mail, "Content-Type", "message/rfc822", "Authorization", "Bearer secret")
	if err == nil && a.Status != http.StatusOK {
		err = fmt.Errorf("the hook answered %d: %s", a.Status, a.Body)
	}
	return err
}

// rule sets one by the API, as {"kind": "block", "target": "email:ann@example.com"}.
func (c *console) rule(rule map[string]any) (made housetest.Rule) {
	c.T.Helper()
	c.Read(http.StatusCreated, http.MethodPost, "/rules", rule, &made)
	return made
}

// A person works in the console, in a browser of their own.
type person struct {
	browsertest.Tab
	c            *console
	login, knows string
}

// person is somebody with a role who took their invitation, and is on Today.
func (c *console) person(t *testing.T, role, login string) person {
	t.Helper()
	var made struct{ Invitation struct{ Invitation string } }
	c.Read(http.StatusCreated, http.MethodPost, "/users", map[string]string{"login": login, "name": login + " Example", "role": role}, &made)
	p := person{Tab: browsertest.Open(t), c: c, login: login, knows: "correct horse battery"}
	p.Look(1200, 900, false)
	p.open("/invitation?" + url.Values{"invitation": {made.Invitation.Invitation}}.Encode())
	p.Fill("New password", p.knows)
	p.Click("Save and sign in")
	p.At("/")
	return p
}

// signsIn signs in on the page that asks for it.
func (p person) signsIn() {
	p.c.T.Helper()
	p.Fill("Login", p.login)
	p.Fill("Password", p.knows)
	p.Click("Sign in")
}

// signsOut does so by the menu of their name.
func (p person) signsOut() {
	p.c.T.Helper()
	p.Do(chromedp.Click(chromedp.CSS("header .me summary")))
	p.Click("Sign out")
	p.At("/sign-in")
}

// open goes to a path, as by the address bar.
func (p person) open(path string) {
	p.c.T.Helper()
	p.Do(chromedp.Navigate(p.c.Now.Load().Base + path))
}

// asks waits for a dialog that says something.
func (p person) asks(sentence string) {
	p.c.T.Helper()
	p.Until(fmt.Sprintf(`document.querySelector("dialog[open]")?.innerText.includes(%q)`, sentence))
}

// hides wants texts not to be on the page.
func (p person) hides(texts ...string) {
	p.c.T.Helper()
	for _, text := range texts {
		p.Is(fmt.Sprintf(`!document.body.innerText.includes(%q)`, text))
	}
}

package oauth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"gatehouse/channels"
	"gatehouse/ingest"
	"gatehouse/ingest/seal"
)

// Root is where the pages begin.
const Root = "/oauth/"

// LinkFor is how long a link can be used.
const LinkFor = 24 * time.Hour

// Links is what the pages need of the store.
type Links interface {
	Consent(ctx context.Context, id ingest.ID) (ingest.Consent, error)
	BeginConsent(ctx context.Context, id ingest.ID, state, verifier ingest.Secret) error
	TakeConsent(ctx context.Context, state ingest.Secret) (c ingest.Consent, verifier ingest.Secret, err error)
	FailConsent(ctx context.Context, id ingest.ID, says string) error
	FinishConsent(ctx context.Context, id ingest.ID, token ingest.Secret) error
}

// Pages lead the owner of a mailbox to the provider and back:
//
//	/oauth/start/{link}   what is asked, and a button; it changes nothing, for mail programs look at links
//	/oauth/callback       where the provider sends the owner back to
//
// They need no sign-in: who has the link may grant access to one mailbox, once,
// and the mailbox must be theirs.
type Pages struct {
	Links Links
	Ring  *seal.Ring
	Base  string // URL of the program, as browsers reach it
	// Find is how to ask the owner of a channel; an error is for them to read.
	Find func(channel string) (channels.Consenter, error)
	Now  func() time.Time
	Log  *slog.Logger
}

// Address is where a consent's owner is to go.
func (p *Pages) Address(c ingest.Consent) string { return p.Base + Root + "start/" + Link(p.Ring, c) }

func (p *Pages) redirect() string { return p.Base + Root + "callback" }

// Handler answers below Root.
func (p *Pages) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Root+"start/{link}", p.ask)
	mux.HandleFunc("POST "+Root+"start/{link}", p.begin)
	mux.HandleFunc("GET "+Root+"callback", p.end)
	return mux
}

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// page is what an owner reads.
type page struct {
	Title string
	Says  []string
	Begin string // on the button; "": there is none
}

func (p page) write(w http.ResponseWriter, status int) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer") // the address is the secret
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'")
	w.WriteHeader(status)
	_ = pageTemplate.Execute(w, p) // the reader has gone: nobody to tell
}

// asked is the consent of a request's link, and how to ask.
func (p *Pages) asked(w http.ResponseWriter, r *http.Request) (c ingest.Consent, by channels.Consenter, ok bool) {
	id, err := readLink(p.Ring, r.PathValue("link"), p.Now())
	if err == nil {
		if c, err = p.Links.Consent(r.Context(), id); err == nil && !c.Open(p.Now()) {
			err = errNoLink
		}
	}
	switch {
	case errors.Is(err, errNoLink), errors.Is(err, ingest.ErrNotFound):
		page{Title: "This link does not work", Says: []string{
			"It was used already, has expired, or is not complete.", "Ask whoever sent it for a new one."}}.write(w, http.StatusNotFound)
		return c, nil, false
	case err != nil:
		p.sorry(w, err)
		return c, nil, false
	}
	if by, err = p.Find(c.Channel); err != nil {
		page{Title: "This mailbox cannot be connected now", Says: []string{err.Error() + ".", "Tell whoever sent you the link."}}.write(w, http.StatusConflict)
		return c, nil, false
	}
	return c, by, true
}

func (p *Pages) sorry(w http.ResponseWriter, err error) {
	p.Log.Warn("a consent did not go on", "err", err)
	w.Header().Set("Retry-After", "10")
	page{Title: "Please try again in a moment", Says: []string{"Nothing has changed so far."}}.write(w, http.StatusServiceUnavailable)
}

func (p *Pages) ask(w http.ResponseWriter, r *http.Request) {
	_, by, ok := p.asked(w, r)
	if !ok {
		return
	}
	page{Title: "Let the support desk read " + by.Whose(), Begin: "Go on", Says: []string{
		"The support desk asks to read the mail that comes to " + by.Whose() + ", so that messages of customers are answered.",
		"On the next page you sign in to that mailbox and consent. Your password stays there: the desk never sees it.",
		"You can take the consent back at any time in the security settings of the account.",
	}}.write(w, http.StatusOK)
}

// begin sends the owner to the provider. What it hands back is bound to this
// browser by a cookie: nobody can let another browser end what theirs began.
func (p *Pages) begin(w http.ResponseWriter, r *http.Request) {
	c, by, ok := p.asked(w, r)
	if !ok {
		return
	}
	state, verifier := ingest.Secret(rand.Text()), ingest.Secret(oauth2.GenerateVerifier())
	if err := p.Links.BeginConsent(r.Context(), c.ID, state, verifier); err != nil {
		p.sorry(w, err)
		return
	}
	http.SetCookie(w, p.cookie(string(state), int(LinkFor/time.Second)))
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, by.AuthURL(state, verifier, p.redirect()), http.StatusSeeOther)
}

func (p *Pages) cookie(value string, age int) *http.Cookie {
	return &http.Cookie{Name: "gatehouse_consent", Value: value, Path: Root, MaxAge: age, HttpOnly: true,
		SameSite: http.SameSiteLaxMode, Secure: strings.HasPrefix(p.Base, "https:")}
}

// end takes what the provider hands back.
func (p *Pages) end(w http.ResponseWriter, r *http.Request) {
	given := r.URL.Query()
	state := given.Get("state")
	begun, err := r.Cookie("gatehouse_consent")
	if err != nil || state == "" || subtle.ConstantTimeCompare([]byte(begun.Value), []byte(state)) != 1 {
		page{Title: "This did not begin here", Says: []string{
			"Open the link that you were sent, in this browser, and go on from there. Nothing has changed."}}.write(w, http.StatusBadRequest)
		return
	}
	http.SetCookie(w, p.cookie("", -1))
	c, verifier, err := p.Links.TakeConsent(r.Context(), ingest.Secret(state))
	switch {
	case errors.Is(err, ingest.ErrNotFound):
		page{Title: "This page was used already", Says: []string{
			"Open the link that you were sent once more, and go on from there."}}.write(w, http.StatusNotFound)
	case err != nil:
		p.sorry(w, err)
	default:
		p.finish(w, r, c, verifier)
	}
}

// finish redeems the code though the owner may close the page: it is good once.
func (p *Pages) finish(w http.ResponseWriter, r *http.Request, c ingest.Consent, verifier ingest.Secret) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), time.Minute)
	defer cancel()
	whose, err := p.redeem(ctx, r, c, verifier)
	if err == nil {
		page{Title: "Thank you", Says: []string{
			"The support desk can read " + whose + " now. You may close this page."}}.write(w, http.StatusOK)
		return
	}
	says := joined(err.Error())
	p.Log.Warn("a consent failed", "channel", c.Channel, "err", says)
	if err := p.Links.FailConsent(ctx, c.ID, says); err != nil {
		p.Log.Warn("why a consent failed is not noted", "channel", c.Channel, "err", err)
	}
	page{Title: "That did not work", Says: []string{
		"What was said: " + says, "Nothing has changed. The link that you were sent is still good: open it and try again.",
	}}.write(w, http.StatusConflict)
}

func (p *Pages) redeem(ctx context.Context, r *http.Request, c ingest.Consent, verifier ingest.Secret) (whose string, err error) {
	given := r.URL.Query()
	if code := given.Get("error"); code != "" {
		return "", fmt.Errorf("the provider answers %s", joined(code, given.Get("error_description")))
	}
	by, err := p.Find(c.Channel)
	if err != nil {
		return "", err
	}
	token, err := by.Redeem(ctx, ingest.Secret(given.Get("code")), verifier, p.redirect())
	if err != nil {
		return "", err
	}
	return by.Whose(), p.Links.FinishConsent(ctx, c.ID, token)
}

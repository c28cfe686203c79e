// Package console is the web console: pages for the people who work the
// blocked list. A page is made on the server from what the API answers the
// same person, asked within the process: there is no second way to the store,
// and what the API refuses a page cannot do.
//
// Every page works without scripts. Those that there are add dialogs and keys,
// what happens meanwhile, and forms that ask step by step; one keeps what was sent
// while its person signs in elsewhere.
package console

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"gatehouse/ingest/httpapi"
)

// Options are what the console is made of. API is required.
type Options struct {
	API       http.Handler   // of [httpapi.New]
	PublicURL string         // how browsers reach the program; "": as they ask
	Location  *time.Location // of times for readers whose zone is not known yet; nil: UTC
	Log       *slog.Logger   // nil: slog.Default
	Now       func() time.Time
}

type console struct {
	Options
	views  views
	assets assets
	ours   *http.CrossOriginProtection
}

// New returns the handler of the console's pages, for "/".
func New(o Options) http.Handler {
	if o.Location == nil {
		o.Location = time.UTC
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	c := &console{Options: o, assets: readAssets(), ours: httpapi.OwnPages(o.PublicURL)}
	c.views = readViews(c.assets)
	mux := http.NewServeMux()
	mux.Handle("GET /assets/", c.assets)
	for _, p := range pages() {
		mux.HandleFunc(p.pattern, c.serve(p))
	}
	mux.HandleFunc("/", c.serve(page{show: func(*visit) error { return errNoPage }}))
	return guarded(httpapi.Survive(c.Log, mux, c.fault))
}

// page is what is shown, or done, at an address.
type page struct {
	pattern string // as http.ServeMux has it
	open    bool   // for people who have not signed in, too
	show    func(*visit) error
}

// pages are all of them, by what they are about.
func pages() []page {
	return slices.Concat(signInPages, todayPages, alertPages, blockedPages, searchPages, rulePages, deedPages, contactPages, conversationPages, channelPages, deadPages, jobPages, exportPages, endpointPages, settingsPages, ownPages, peoplePages)
}

// serve shows a page to whoever signed in; what goes wrong becomes a page, too.
func (c *console) serve(p page) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := &visit{console: c, w: w, r: r, path: p.pattern}
		err := v.readForm()
		if err == nil && !p.open {
			err = v.greet()
		}
		if err == nil {
			err = p.show(v)
		}
		if err != nil {
			v.fail(err)
		}
	}
}

// mostForm is how long a form may be, in octets: a list of rules is the longest
// that there is.
const mostForm = 9 << 20

var errTooLong = &httpapi.Problem{Type: "too-large", Status: http.StatusRequestEntityTooLarge, Detail: "What you sent is too large: no more than 9 MB can be."}

// readForm reads what is sent, before anything asks who sends it. What cannot be
// read of it is as if it were not there.
func (v *visit) readForm() error {
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, mostForm)
	err := v.r.ParseForm()
	if err == nil {
		err = v.r.ParseMultipartForm(mostForm)
	}
	var long *http.MaxBytesError
	if errors.As(err, &long) {
		return errTooLong
	}
	return nil
}

// greet learns who asks.
func (v *visit) greet() error { return v.get("/session", nil, &v.Me) }

// render shows a view: it is made whole before the first byte goes out.
func (v *visit) render(status int, view string, data any) error {
	var b bytes.Buffer
	if err := v.views.execute(&b, view, frame{visit: v, Data: data}); err != nil {
		return err
	}
	v.send(status, b.Bytes())
	return nil
}

// guarded sets what keeps strangers' content and frames away from the pages.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "+
			"frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

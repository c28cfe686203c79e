package console_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gatehouse/channels/mime"
	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
	"gatehouse/ingest/httpapi/console"
	"gatehouse/ingest/httpapi/password"
	"gatehouse/ingest/postgres"
	"gatehouse/ingest/seal"
	"gatehouse/migrations/localpg"
	"gatehouse/pipeline"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(localpg.Stopping(m)) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// desk is a console over an API and a store of its own.
type desk struct {
	t     testing.TB
	store *postgres.Store
	judge *pipeline.Judge
	api   http.Handler
	http.Handler
	keys int
	late atomic.Int64 // by how many seconds its clock is ahead
}

func (d *desk) now() time.Time { return time.Now().Add(time.Duration(d.late.Load()) * time.Second) }

func open(t testing.TB, more ...func(*httpapi.Options)) *desk {
	t.Helper()
	d := &desk{t: t, judge: &pipeline.Judge{}}
	ring, err := seal.New("YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXowMTIzNDU=")
	must(t, err)
	store, err := postgres.Open(context.Background(), localpg.Test(t), postgres.Options{Seal: ring, Now: d.now})
	must(t, err)
	t.Cleanup(store.Close)
	must(t, store.Register(context.Background(), "mail", "imap", ingest.Email))
	d.store = store
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	o := httpapi.Options{Store: store, Judge: d.judge, Log: log, Show: mime.SafeHTML, Pace: 5 * time.Millisecond,
		SignIn: httpapi.SignIn{Passwords: password.New(password.Cost{Memory: 64, Passes: 1, Threads: 1}, 2)}}
	for _, set := range more {
		set(&o)
	}
	d.api = httpapi.New(o)
	d.Handler = d.around(d.api)
	return d
}

// around is the console of an API.
func (d *desk) around(api http.Handler) http.Handler {
	return console.New(console.Options{API: api, Now: d.now, Log: slog.New(slog.DiscardHandler)})
}

// at is the console as browsers reach it at an address.
func (d *desk) at(address string) http.Handler {
	return console.New(console.Options{API: d.api, PublicURL: address, Log: slog.New(slog.DiscardHandler)})
}

// receive takes in a mail and decides it. It answers others by their number.
func (d *desk) receive(from, subject, text, html string, answers ...int) ingest.ID {
	d.t.Helper()
	var parents []string
	for _, n := range answers {
		parents = append(parents, fmt.Sprintf("%d@example.com", n))
	}
	d.keys++
	id := ingest.Identity{Kind: "email", Value: from, How: ingest.Header}
	receipt, err := d.store.Receive(context.Background(), ingest.Batch{Arrivals: []ingest.Arrival{{
		Message: ingest.Message{Channel: "mail", From: ingest.Sender{Identity: id, Address: from, Name: "Ann Example"}, Identities: []ingest.Identity{id},
			To: []ingest.Mailbox{{Address: "support@example.com"}}, Subject: subject, Text: text, ReplyText: text, HTML: html,
			Thread: fmt.Sprintf("%d@example.com", d.keys), Answers: parents, Auto: ingest.AutoNone},
		Raw: []byte("Subject: " + subject + "\n\n" + text), Keys: []string{fmt.Sprint("mail/", d.keys)}}}})
	must(d.t, err)
	d.settle()
	return receipt.Results[0].ID
}

func (d *desk) settle() {
	d.t.Helper()
	for range 1000 {
		lanes, err := d.store.Waiting(context.Background())
		must(d.t, err)
		if len(lanes) == 0 {
			return
		}
		for _, lane := range lanes {
			_, err := d.store.Settle(context.Background(), lane, 200, d.judge)
			must(d.t, err)
		}
	}
	d.t.Fatal("settling does not end")
}

// work runs jobs until they are done.
func (d *desk) work() {
	d.t.Helper()
	for range 1000 {
		step, err := d.store.StepJobs(context.Background(), 500)
		must(d.t, err)
		d.settle()
		if !step.Worked {
			return
		}
	}
	d.t.Fatal("jobs do not end")
}

// person is somebody with a browser.
type person struct {
	d       *desk
	login   string
	cookies map[string]string
}

const word = "correct horse battery"

// person makes a user with a role, who signs in by the page.
func (d *desk) person(role ingest.Role) *person {
	d.t.Helper()
	d.keys++
	login := fmt.Sprint(role, d.keys)
	hash, err := password.New(password.Cost{Memory: 64, Passes: 1, Threads: 1}, 1).Hash(context.Background(), word)
	must(d.t, err)
	_, err = d.store.CreateUser(context.Background(), ingest.NewUser{Login: login, Name: login, Role: role, Password: ingest.Secret(hash), Actor: "test"})
	must(d.t, err)
	p := d.nobody()
	p.login = login
	p.send("/sign-in", url.Values{"login": {login}, "password": {word}}).is(http.StatusSeeOther)
	return p
}

// nobody has not signed in.
func (d *desk) nobody() *person { return &person{d: d, cookies: map[string]string{}} }

// page is what was answered.
type page struct {
	t      testing.TB
	at     string
	Code   int
	Header http.Header
	Text   string
}

func (p *person) ask(r *http.Request) page {
	p.d.t.Helper()
	for name, value := range p.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	p.d.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		p.cookies[c.Name] = c.Value
	}
	return page{p.d.t, r.Method + " " + r.URL.RequestURI(), w.Code, w.Header(), w.Body.String()}
}

// open looks at a page.
func (p *person) open(at string) page {
	p.d.t.Helper()
	return p.ask(httptest.NewRequest(http.MethodGet, at, nil))
}

// send sends a form.
func (p *person) send(at string, form url.Values) page {
	p.d.t.Helper()
	return p.ask(request(http.MethodPost, at, form))
}

// request is that of a form of our own page.
func request(method, at string, form url.Values) *http.Request {
	r := httptest.NewRequest(method, at, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return r
}

// is demands a status.
func (a page) is(code int) page {
	a.t.Helper()
	if a.Code != code {
		a.t.Fatalf("%s: %d, want %d\n%s", a.at, a.Code, code, a.Text)
	}
	return a
}

// shows demands texts.
func (a page) shows(texts ...string) page {
	a.t.Helper()
	for _, text := range texts {
		if !strings.Contains(a.Text, text) {
			a.t.Errorf("%s does not show %q\n%s", a.at, text, a.Text)
		}
	}
	return a
}

// not demands that texts are not shown.
func (a page) not(texts ...string) page {
	a.t.Helper()
	for _, text := range texts {
		if strings.Contains(a.Text, text) {
			a.t.Errorf("%s shows %q\n%s", a.at, text, a.Text)
		}
	}
	return a
}

// find is what the page has in the place of a pattern's parentheses.
func (a page) find(pattern string) string {
	a.t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(a.Text)
	if m == nil {
		a.t.Fatalf("%s has no %s\n%s", a.at, pattern, a.Text)
	}
	return unescape.Replace(m[1])
}

var input = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)

// form is what the page's hidden fields hold.
func (a page) form() url.Values {
	q := url.Values{}
	_, text, _ := strings.Cut(a.Text, "<main")
	for _, m := range input.FindAllStringSubmatch(text, -1) {
		q.Add(m[1], unescape.Replace(m[2]))
	}
	return q
}

var unescape = strings.NewReplacer("&amp;", "&", "&#34;", `"`, "&#39;", "'", "&#43;", "+", "&lt;", "<", "&gt;", ">")

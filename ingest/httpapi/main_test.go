package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
	"gatehouse/ingest/postgres"
	"gatehouse/ingest/seal"
	"gatehouse/migrations/localpg"
	"gatehouse/pipeline"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(localpg.Stopping(compared{m})) }

// desk is the API over a store of its own, with a token of each role.
type desk struct {
	t      testing.TB
	store  *postgres.Store
	judge  *pipeline.Judge
	tokens map[ingest.Role]string
	ids    map[ingest.Role]int64
	http.Handler
	url   string
	woken int
	keys  int
	late  bool // what is held is not made searchable at once
	clock *clock
}

func open(t testing.TB, options ...func(*httpapi.Options)) *desk {
	t.Helper()
	ctx := context.Background()
	url := localpg.Test(t)
	hands := &clock{}
	ring, err := seal.New("YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXowMTIzNDU=")
	must(t, err)
	store, err := postgres.Open(ctx, url, postgres.Options{Seal: ring, Now: hands.now})
	must(t, err)
	t.Cleanup(store.Close)
	must(t, store.Register(ctx, "chat", "chat", ingest.Chat))
	must(t, store.Register(ctx, "mail", "imap", ingest.Email))
	d := &desk{t: t, url: url, clock: hands, store: store, judge: &pipeline.Judge{}, tokens: map[ingest.Role]string{}, ids: map[ingest.Role]int64{}}
	for _, role := range []ingest.Role{ingest.RoleAgent, ingest.RoleSupervisor, ingest.RoleAdmin} {
		token, err := store.CreateToken(ctx, ingest.TokenOrder{Name: string(role), Role: role, Actor: "test"})
		must(t, err)
		d.tokens[role], d.ids[role] = token.Secret, token.ID
	}
	o := httpapi.Options{Store: store, Now: hands.now, Judge: d.judge, Reread: reread, Attachment: attachment, Pace: 5 * time.Millisecond,
		Wake: func(context.Context) { d.woken++ }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	for _, change := range options {
		change(&o)
	}
	d.Handler = given.by(httpapi.New(o))
	return d
}

// clock is the time, or what a test says it is.
type clock struct{ at atomic.Pointer[time.Time] }

func (c *clock) set(at time.Time) { c.at.Store(&at) }

func (c *clock) now() time.Time {
	if at := c.at.Load(); at != nil {
		return *at
	}
	return time.Now()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// The raw form of the tests' messages: what a widget would post.
type posted struct {
	Text  string   `json:"text"`
	Files []string `json:"files,omitempty"`
	Named int      `json:"named,omitempty"` // files that are still elsewhere

	Technical *ingest.Technical `json:"technical,omitempty"`
}

var errTorn = errors.New("torn")

func reread(_ string, raw []byte) (ingest.Message, error) {
	var p posted
	if err := json.Unmarshal(raw, &p); err != nil {
		return ingest.Message{}, errTorn
	}
	visitor := ingest.Identity{Kind: "visitor", Value: "mended", How: ingest.Header}
	m := ingest.Message{Text: p.Text, ReplyText: p.Text, From: ingest.Sender{Identity: visitor}, Identities: []ingest.Identity{visitor}, Auto: ingest.AutoNone, Technical: p.Technical}
	for i, f := range p.Files {
		m.Attachments = append(m.Attachments, ingest.Attachment{Index: i, Filename: fmt.Sprintf("file %d.html", i), ContentType: "text/html",
			Size: int64(len(f)), Status: "stored"})
	}
	for range p.Named {
		m.Attachments = append(m.Attachments, ingest.Attachment{Index: len(m.Attachments), Status: ingest.FilePending})
	}
	return m, nil
}

func attachment(_ string, raw []byte, i int) ([]byte, error) {
	var p posted
	if err := json.Unmarshal(raw, &p); err != nil {
		return nil, errTorn
	}
	return []byte(p.Files[i]), nil
}

// chat makes an arrival of a visitor.
func (d *desk) chat(visitor, words string, files ...string) ingest.Arrival {
	d.keys++
	id := ingest.Identity{Kind: "visitor", Value: visitor, How: ingest.Header}
	raw, err := json.Marshal(posted{Text: words, Files: files})
	must(d.t, err)
	return ingest.Arrival{
		Message: ingest.Message{Channel: "chat", From: ingest.Sender{Identity: id, Name: visitor}, Identities: []ingest.Identity{id},
			Text: words, ClientIP: netip.MustParseAddr("192.0.2.7"), Auto: ingest.AutoNone},
		Raw: raw, Derived: true, Keys: []string{fmt.Sprint("chat/", d.keys)},
	}
}

// mms makes an arrival of a visitor that names n files.
func (d *desk) mms(visitor string, n int) ingest.Arrival {
	a := d.chat(visitor, "look")
	raw, err := json.Marshal(posted{Text: "look", Named: n})
	must(d.t, err)
	read, err := reread("", raw)
	must(d.t, err)
	a.Raw, a.Message.Attachments = raw, read.Attachments
	return a
}

// claim takes the file that is due.
func (d *desk) claim() ingest.FileTask {
	d.t.Helper()
	task, err := d.store.ClaimFile(context.Background(), time.Hour, nil)
	must(d.t, err)
	return task
}

// mail makes an arrival by mail, each a thread of its own.
func (d *desk) mail(from, subject, words string) ingest.Arrival {
	d.keys++
	id := ingest.Identity{Kind: "email", Value: from, How: ingest.Header}
	return ingest.Arrival{
		Message: ingest.Message{Channel: "mail", From: ingest.Sender{Identity: id, Address: from, Name: "Ann Example"}, Identities: []ingest.Identity{id},
			To: []ingest.Mailbox{{Address: "support@example.com"}}, Subject: subject, Text: words, ReplyText: words,
			Thread: fmt.Sprintf("%d@example.com", d.keys), Auto: ingest.AutoNone},
		Raw: []byte("Subject: " + subject + "\n\n" + words), Keys: []string{fmt.Sprint("mail/", d.keys)},
	}
}

// receive stores arrivals and settles them; it returns their ids.
func (d *desk) receive(arrivals ...ingest.Arrival) []ingest.ID {
	d.t.Helper()
	receipt, err := d.store.Receive(context.Background(), ingest.Batch{Arrivals: arrivals})
	must(d.t, err)
	d.settle()
	if !d.late {
		d.search()
	}
	var ids []ingest.ID
	for _, r := range receipt.Results {
		ids = append(ids, r.ID)
	}
	return ids
}

func (d *desk) settle() {
	d.t.Helper()
	ctx := context.Background()
	for range 1000 {
		lanes, err := d.store.Waiting(ctx)
		must(d.t, err)
		if len(lanes) == 0 {
			return
		}
		for _, lane := range lanes {
			_, err := d.store.Settle(ctx, lane, 200, d.judge)
			must(d.t, err)
		}
	}
	d.t.Fatal("settling does not end")
}

// reader rereads for the store.
type reader struct{}

func (reader) Reread(kind string, raw []byte) (ingest.Message, error) { return reread(kind, raw) }
func (reader) Hold(context.Context, int64) (func(), error)            { return func() {}, nil }

// search makes all that is held searchable.
func (d *desk) search() {
	d.t.Helper()
	for range 1000 {
		n, err := d.store.SearchHeld(context.Background(), 3, reader{})
		must(d.t, err)
		if n == 0 {
			return
		}
	}
	d.t.Fatal("there is no end of what is not searchable")
}

// contact is the id of who has the address at example.com or .net.
func (d *desk) contact(name string) string {
	d.t.Helper()
	return d.ask(agent, "GET /contacts?q="+name+"@example", "").is(200).has("items", "1").get("items.0.id")
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

// answer is a response, read.
type answer struct {
	t      testing.TB
	what   string
	Code   int
	Header http.Header
	Body   []byte
}

// ask sends a request as a role; body is JSON, "" for none. Headers are pairs.
func (d *desk) ask(role ingest.Role, does, body string, headers ...string) answer {
	d.t.Helper()
	method, path, _ := strings.Cut(does, " ")
	r := httptest.NewRequest(method, httpapi.Prefix+path, strings.NewReader(body))
	if role != "" {
		r.Header.Set("Authorization", "Bearer "+d.tokens[role])
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return answer{d.t, does, w.Code, w.Header(), w.Body.Bytes()}
}

// is demands a status.
func (a answer) is(status int) answer {
	a.t.Helper()
	if a.Code != status {
		a.t.Fatalf("%s: %d, want %d\n%s", a.what, a.Code, status, a.Body)
	}
	return a
}

// problem demands a problem of a type.
func (a answer) problem(status int, kind string) answer {
	a.t.Helper()
	a.is(status)
	if got := a.get("type"); got != kind || a.Header.Get("Content-Type") != "application/problem+json" {
		a.t.Fatalf("%s: problem %q as %s, want %q\n%s", a.what, got, a.Header.Get("Content-Type"), kind, a.Body)
	}
	return a
}

// get walks into the JSON of an answer: "items.0.rule.id". It prints what it
// finds; a list gives its length; "" is nothing.
func (a answer) get(path string) string {
	a.t.Helper()
	var v any
	decoder := json.NewDecoder(bytes.NewReader(a.Body))
	decoder.UseNumber()
	if err := decoder.Decode(&v); err != nil {
		a.t.Fatalf("%s: %v\n%s", a.what, err, a.Body)
	}
	for step := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[step]
		case []any:
			var i int
			if _, err := fmt.Sscan(step, &i); err != nil || i >= len(x) {
				a.t.Fatalf("%s: no %s in %s", a.what, path, a.Body)
			}
			v = x[i]
		default:
			return ""
		}
	}
	switch x := v.(type) {
	case nil:
		return ""
	case []any:
		return fmt.Sprint(len(x))
	}
	return fmt.Sprint(v)
}

// has demands values: path, value, path, value …
func (a answer) has(pairs ...string) answer {
	a.t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if got := a.get(pairs[i]); got != pairs[i+1] {
			a.t.Errorf("%s: %s is %q, want %q\n%s", a.what, pairs[i], got, pairs[i+1], a.Body)
		}
	}
	return a
}

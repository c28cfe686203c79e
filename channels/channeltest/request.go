package channeltest

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// Desk is one channel behind the program's own HTTP handler, over a Store.
type Desk struct {
	Store   *Store
	Intake  *Intake
	Handler http.Handler
	Ignored int
	Foreign int
	Reports []ingest.DeliveryReport
	Opts    []ingest.Opting
	Refused []error // causes of wrong signatures

	now *int64 // of a vector, in Unix seconds
}

// NewDesk opens a channel of a kind with the given settings in YAML.
func NewDesk(t testing.TB, k channels.Kind, settings string) *Desk {
	t.Helper()
	d, err := newDesk(k, []byte(settings))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func newDesk(k channels.Kind, settings []byte) (*Desk, error) { return newDeskAt(k, settings, Host()) }

func newDeskAt(k channels.Kind, settings []byte, host channels.Host) (*Desk, error) {
	d := &Desk{Store: NewStore()}
	k = k.For(Settings(settings))
	d.Store.JoinFor(k)
	d.Intake = NewIntake(d.Store, Channel, k.Family)
	e, err := channels.NewEndpoint(k, Settings(settings), host, d.Intake, nil)
	if err != nil {
		return nil, err
	}
	s := &channels.Server{
		Log:     slog.New(slog.DiscardHandler),
		Count:   d.count,
		Refused: func(_ string, _ *http.Request, err error) { d.Refused = append(d.Refused, err) },
	}
	s.Serve(e)
	d.Handler = s
	return d, nil
}

func (d *Desk) count(_ context.Context, _ string, b ingest.Besides) error {
	d.Ignored += b.Ignored
	d.Foreign += b.Foreign
	d.Reports, d.Opts = append(d.Reports, b.Reports...), append(d.Opts, b.Opts...)
	return nil
}

// Do answers one request.
func (d *Desk) Do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	d.Handler.ServeHTTP(w, r)
	return w
}

// Request reads a request as it comes from the socket. Lines may end in LF;
// the body is what follows the empty line, without a last line end, whatever
// Content-Length says.
func Request(text []byte) (*http.Request, error) {
	head, body, found := bytes.Cut(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), []byte("\n\n"))
	if i := bytes.Index(text, []byte("\r\n\r\n")); found && i >= 0 {
		body = text[i+4:] // its own line ends stay
	}
	r, err := http.ReadRequest(bufio.NewReader(io.MultiReader(bytes.NewReader(head), bytes.NewReader([]byte("\r\n\r\n")))))
	if err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}
	setBody(r, bytes.TrimSuffix(body, []byte("\n")))
	r.RemoteAddr = "192.0.2.1:40000"
	return r, nil
}

func setBody(r *http.Request, body []byte) {
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
}

func request(t testing.TB, file string) *http.Request {
	r, err := Request(read(t, file))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return r
}

// Refusal is why the request in a file is refused by a channel with the settings
// beside it.
func Refusal(t testing.TB, k channels.Kind, file string) error {
	t.Helper()
	d := NewDesk(t, k, string(read(t, filepath.Join(filepath.Dir(file), "settings.yaml"))))
	if w := d.Do(request(t, file)); len(d.Refused) != 1 {
		t.Fatalf("%s is answered %d", file, w.Code)
	}
	return d.Refused[0]
}

// Parse is what a channel with the settings beside a file reads in the request
// in it, which must be signed.
func Parse(t testing.TB, k channels.Kind, file string) ([]ingest.Arrival, channels.Reply) {
	t.Helper()
	hook, err := k.Webhook(Settings(read(t, filepath.Join(filepath.Dir(file), "settings.yaml"))), Host())
	if err != nil {
		t.Fatal(err)
	}
	r := channels.Request{Request: request(t, file)}
	if r.Raw, err = io.ReadAll(r.Body); err != nil {
		t.Fatal(err)
	}
	if err := hook.Verify(r); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	arrivals, reply, err := hook.Parse(r)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return arrivals, reply
}

// unsignedBody is a file in a set whose scheme proves who sends a request, but
// not what: it says why. Its requests are not tampered with.
const unsignedBody = "unsigned-body.txt"

// runRequest sends a request and compares; one that was accepted is then sent
// with the store away, with a slow one, and tampered with.
func runRequest(t *testing.T, k channels.Kind, settings []byte, file string) {
	d := NewDesk(t, k, string(settings))
	w := d.Do(request(t, file))
	stored := d.Store.Messages()
	compare(t, file, goldenOf(w, stored))
	checkStored(t, k, stored)
	if w.Code/100 != 2 || len(stored) == 0 {
		return
	}
	t.Run("again", func(t *testing.T) { sameAnswer(t, d, w, request(t, file), len(stored)) })
	t.Run("store away", func(t *testing.T) { storeAway(t, NewDesk(t, k, string(settings)), request(t, file), request(t, file)) })
	if k.Webhook != nil {
		_, err := os.Stat(filepath.Join(filepath.Dir(file), unsignedBody))
		t.Run("tampered", func(t *testing.T) { tampered(t, k, settings, file, err != nil) })
		t.Run("slow store", func(t *testing.T) { slowStore(t, k, settings, file) })
	}
}

// sameAnswer sends a request that was accepted once more.
func sameAnswer(t *testing.T, d *Desk, first *httptest.ResponseRecorder, r *http.Request, stored int) {
	w := d.Do(r)
	if w.Code != first.Code || w.Body.String() != first.Body.String() {
		t.Errorf("the same again is answered %d %s, was %d %s", w.Code, w.Body, first.Code, first.Body)
	}
	if n := len(d.Store.Messages()); n != stored {
		t.Errorf("the same again makes %d messages of %d", n, stored)
	}
}

// storeAway sends a request while the store is away, and again when it is back.
func storeAway(t *testing.T, d *Desk, r, later *http.Request) {
	d.Store.FailNext(ingest.AsTemporary(errors.New("the database is away")))
	w := d.Do(r)
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("with the store away: %d, Retry-After %q; want 503 and when to try again", w.Code, w.Header().Get("Retry-After"))
	}
	if n := len(d.Store.Messages()); n != 0 {
		t.Errorf("%d messages of a store that was away", n)
	}
	if w := d.Do(later); w.Code/100 != 2 || len(d.Store.Messages()) == 0 {
		t.Errorf("with the store back: %d", w.Code)
	}
}

// runOversize announces a body beyond all limits, and sends one unannounced.
func runOversize(t *testing.T, k channels.Kind, settings []byte, file string) {
	for name, announced := range map[string]int64{"announced": 1 << 40, "unannounced": -1} {
		t.Run(name, func(t *testing.T) {
			d := NewDesk(t, k, string(settings))
			r := request(t, file)
			r.Body, r.ContentLength = io.NopCloser(endless{}), announced
			if w := d.Do(r); w.Code != http.StatusRequestEntityTooLarge || len(d.Store.Messages()) != 0 {
				t.Errorf("a body without end is answered %d", w.Code)
			}
		})
	}
}

// endless is a body of spaces without end.
type endless struct{}

var spaces = bytes.Repeat([]byte(" "), 64<<10)

func (endless) Read(b []byte) (int, error) { return copy(b, spaces), nil }

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

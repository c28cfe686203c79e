package outbound_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"gatehouse/channels"
	"gatehouse/ingest"
	"gatehouse/ingest/postgres"
	"gatehouse/ingest/safehttp"
	"gatehouse/ingest/seal"
	"gatehouse/ingest/signing"
	"gatehouse/migrations/localpg"
	"gatehouse/queue/outbound"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(localpg.Stopping(m)) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// clock is set forward by hand.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// post is the house's outgoing mail: a store, and senders like those of several
// processes.
type post struct {
	t     testing.TB
	url   string
	store *postgres.Store
	clock *clock
}

var loopback = safehttp.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Timeout: outbound.TryTime}

func open(t testing.TB) *post {
	t.Helper()
	ring, err := seal.New(base64.StdEncoding.EncodeToString([]byte("abcdefghijklmnopqrstuvwxyz012345")))
	must(t, err)
	p := &post{t: t, url: localpg.Test(t), clock: &clock{at: time.Now()}}
	p.store, err = postgres.Open(context.Background(), p.url, postgres.Options{Seal: ring, Now: p.clock.now})
	must(t, err)
	t.Cleanup(p.store.Close)
	must(t, p.store.Register(context.Background(), "chat", "chat", ingest.Chat))
	must(t, p.store.Register(context.Background(), "mail", "imap", ingest.Email))
	return p
}

// sender is that of one process.
func (p *post) sender(o safehttp.Options) *outbound.Sender {
	p.t.Helper()
	client := safehttp.New(o)
	p.t.Cleanup(client.Close)
	return outbound.New(p.store, client, p.clock.now, slog.New(slog.NewTextHandler(io.Discard, nil)), nil)
}

// endpoint makes one with a fresh key, and returns that too.
func (p *post) endpoint(url string, change ...func(*ingest.EndpointOrder)) (ingest.ID, signing.Key) {
	p.t.Helper()
	key, format := signing.NewSecret(), ingest.FormatStandard
	o := ingest.EndpointOrder{URL: &url, Host: "http://x", Format: &format, Scheme: ingest.SchemeV1, Key: ingest.Secret(key.Text()), Actor: "test"}
	for _, c := range change {
		c(&o)
	}
	id, err := p.store.MakeEndpoint(context.Background(), o)
	must(p.t, err)
	return id, key
}

// events writes events into the log, one "lane type" each: lane is a number, 0
// for none.
func (p *post) events(list ...string) {
	p.t.Helper()
	var sql strings.Builder
	for _, e := range list {
		lane, kind, _ := strings.Cut(e, " ")
		of := "null"
		if lane != "0" {
			of = fmt.Sprintf("'00000000-0000-7000-8000-%012s'", lane)
		}
		fmt.Fprintf(&sql, "insert into events (type, conversation, data) values ('%s', %s, '{}');", kind, of)
	}
	p.sql(sql.String())
}

// sql runs statements, and waits until the events that they wrote can be read:
// transactions of other tests hold them back.
func (p *post) sql(text string) {
	p.t.Helper()
	ctx := context.Background()
	c, err := pgx.Connect(ctx, p.url)
	must(p.t, err)
	defer c.Close(ctx)
	_, err = c.Exec(ctx, text)
	must(p.t, err)
	for hidden := true; hidden; {
		must(p.t, c.QueryRow(ctx, "select exists (select from events where xid >= pg_snapshot_xmin(pg_current_snapshot()))").Scan(&hidden))
	}
}

// spread reads the log to its end.
func (p *post) spread() {
	p.t.Helper()
	for more := true; more; {
		var err error
		_, more, err = p.store.SpreadEvents(context.Background(), 100)
		must(p.t, err)
	}
}

// deliver spreads and sends all that is due.
func (p *post) deliver(s *outbound.Sender) {
	p.t.Helper()
	p.spread()
	due, err := p.store.EndpointsDue(context.Background())
	must(p.t, err)
	for _, id := range due {
		must(p.t, s.Deliver(context.Background(), id))
	}
}

func (p *post) deliveries(id ingest.ID, state string) []ingest.EventDelivery {
	p.t.Helper()
	list, err := p.store.Deliveries(context.Background(), ingest.DeliveryFilter{Part: ingest.Part{Limit: 200}, Endpoint: id, State: state})
	must(p.t, err)
	slices.Reverse(list.Items)
	return list.Items
}

func (p *post) read(id ingest.ID) ingest.Endpoint {
	p.t.Helper()
	e, err := p.store.Endpoint(context.Background(), id)
	must(p.t, err)
	return e
}

// got is a request that came.
type got struct {
	ID, Type, Lane string
	Header         http.Header
	Body           []byte
}

// consumer is the other side.
type consumer struct {
	*httptest.Server
	mu     sync.Mutex
	list   []got
	answer func(got) (status int, header map[string]string)
}

func consume(t testing.TB, answer func(got) (int, map[string]string)) *consumer {
	c := &consumer{answer: answer}
	c.Server = httptest.NewServer(c)
	t.Cleanup(c.Close)
	return c
}

func (c *consumer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g := got{ID: r.Header.Get(signing.HeaderID), Header: r.Header.Clone()}
	g.Body, _ = io.ReadAll(r.Body)
	var e struct {
		Type         string `json:"type"`
		Conversation string `json:"conversation_id"`
	}
	_ = json.Unmarshal(g.Body, &e)
	g.Type, g.Lane = e.Type, e.Conversation
	c.mu.Lock()
	c.list = append(c.list, g)
	c.mu.Unlock()
	status, header := 204, map[string]string(nil)
	if c.answer != nil {
		status, header = c.answer(g)
	}
	for k, v := range header {
		w.Header().Set(k, v)
	}
	w.WriteHeader(status)
}

func (c *consumer) all() []got {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.list)
}

func (c *consumer) types() (list []string) {
	for _, g := range c.all() {
		list = append(list, g.Type)
	}
	return list
}

func equal[T comparable](t testing.TB, what string, got, want []T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("%s: %v, want %v", what, got, want)
	}
}

// verify asks the receiving half of our own house, which is held against public
// libraries.
func verify(t testing.TB, g got, now time.Time, secrets, keys []string) error {
	t.Helper()
	s, err := channels.NewStandard(secrets, keys, channels.Host{Now: func() time.Time { return now }})
	must(t, err)
	return s.Verify(channels.Request{Request: &http.Request{Header: g.Header}, Raw: g.Body})
}

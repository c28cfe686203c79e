package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/safehttp"
	"gatehouse/ingest/signing"
	"gatehouse/queue/outbound"
)

// tell measures how fast events of the log come to one endpoint: spread,
// taken, signed, posted, answered and written down, eight under way at once.
// The yardstick posts the same bodies to the same server, eight at once too,
// with net/http and without a database. p50 and p99 are of one request, as the
// server sees the next one of the round come.
func tell(ctx context.Context, b *bench) (lines []*line, err error) {
	p, err := b.host.place(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.leave(ctx)) }()
	d := &delivering{place: p, n: b.sized(5_000), came: map[string]int{}}
	server := httptest.NewServer(d)
	defer server.Close()
	client := safehttp.New(safehttp.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Idle: posters})
	defer client.Close()
	d.sender = outbound.New(p.store, client, time.Now, slog.New(slog.DiscardHandler), nil)
	if d.endpoint, err = d.open(ctx, server.URL); err != nil {
		return nil, err
	}
	laps, err := alternate(ctx, b.log, b.rounds, p.yard.Warm,
		contestant{name: "deliver", prepare: d.prepare, run: d.run}, contestant{name: "plain posts", run: d.plain(server.URL)})
	if err != nil {
		return nil, err
	}
	l := compare("deliver", "events posted to an endpoint", laps[0], "the same bodies posted without a database", laps[1], 0.1)
	l.Lost, l.Duplicated = d.audit(b.rounds + 1)
	return []*line{l}, nil
}

// posters is how many requests are under way at once.
const posters = 8

// delivering is case deliver at work, and the server that is posted to.
type delivering struct {
	*place
	n        int
	endpoint ingest.ID
	sender   *outbound.Sender

	mu     sync.Mutex
	bodies [][]byte       // of the round
	came   map[string]int // by webhook-id
	last   time.Time
	waits  []time.Duration
}

func (d *delivering) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if id := r.Header.Get(signing.HeaderID); id != "" {
		d.mu.Lock()
		d.bodies, d.came[id] = append(d.bodies, body), d.came[id]+1
		now := time.Now()
		d.waits, d.last = append(d.waits, now.Sub(d.last)), now
		d.mu.Unlock()
	}
	w.WriteHeader(http.StatusNoContent)
}

func (d *delivering) open(ctx context.Context, url string) (ingest.ID, error) {
	format := ingest.FormatStandard
	return d.store.MakeEndpoint(ctx, ingest.EndpointOrder{URL: &url, Host: url, Format: &format, Scheme: ingest.SchemeV1,
		Key: ingest.Secret(signing.NewSecret().Text()), Actor: "bench"})
}

// prepare writes the round's events, in a tenth as many conversations.
func (d *delivering) prepare(ctx context.Context, _ int) error {
	d.bodies, d.waits = nil, nil
	return d.yard.Tell(ctx, d.n, max(d.n/10, 1))
}

func (d *delivering) run(ctx context.Context, _ int) (lap, error) {
	begin := time.Now()
	d.last = begin
	for more := true; more; {
		var err error
		if _, more, err = d.store.SpreadEvents(ctx, 500); err != nil {
			return lap{}, err
		}
	}
	if err := d.sender.Deliver(ctx, d.endpoint); err != nil {
		return lap{}, err
	}
	return lap{n: d.n, took: time.Since(begin), waits: d.waits}, nil
}

// plain posts the bodies of the round before, or of as many octets.
func (d *delivering) plain(url string) func(context.Context, int) (lap, error) {
	return func(ctx context.Context, _ int) (lap, error) {
		transport := &http.Transport{MaxIdleConnsPerHost: posters}
		defer transport.CloseIdleConnections()
		var next atomic.Int64
		errs := make([]error, posters)
		begin := time.Now()
		var wg sync.WaitGroup
		for i := range posters {
			wg.Go(func() {
				for at := next.Add(1) - 1; at < int64(d.n) && errs[i] == nil; at = next.Add(1) - 1 {
					errs[i] = postPlainly(ctx, transport, url, d.bodies[int(at)%len(d.bodies)])
				}
			})
		}
		wg.Wait()
		return lap{n: d.n, took: time.Since(begin)}, errors.Join(errs...)
	}
}

// audit counts the events that never came, and those that came again.
func (d *delivering) audit(rounds int) (lost, twice int) {
	for _, n := range d.came {
		twice += n - 1
	}
	return rounds*d.n - len(d.came), twice
}

// sealingKey is one for as long as the program runs.
func sealingKey() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // crypto/rand.Read never fails (Go 1.24)
	return base64.StdEncoding.EncodeToString(b)
}

func postPlainly(ctx context.Context, transport *http.Transport, url string, body []byte) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	got, err := transport.RoundTrip(r)
	if err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, got.Body)
	if err := got.Body.Close(); err != nil || got.StatusCode != http.StatusNoContent {
		return fmt.Errorf("answer %d: %w", got.StatusCode, err)
	}
	return nil
}

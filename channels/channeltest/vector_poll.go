package channeltest

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"testing"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// vectorPage is one call of a provider's API and its answer.
type vectorPage struct {
	Request struct {
		Method string `json:"method"`
		Path   string `json:"path"`
		Auth   string `json:"auth"`
		Offset *int64 `json:"expect_offset"` // of the first update that is asked for
	} `json:"request"`
	Response struct {
		Status  int             `json:"status"`
		Headers [][2]string     `json:"headers"`
		JSON    json.RawMessage `json:"json"`
	} `json:"response"`
}

// pages answers the calls of a poller, in order.
type pages struct {
	t    *testing.T
	mu   sync.Mutex
	left []vectorPage
	next string // what the page before says must be followed
}

func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.left) == 0 {
		p.t.Errorf("asked once more: %s", r.URL)
		w.WriteHeader(http.StatusNotFound)
		return
	}
	page := p.left[0]
	p.left = p.left[1:]
	p.check(page, r)
	for _, h := range page.Response.Headers {
		w.Header().Set(h[0], h[1])
	}
	var follow struct {
		NextPageURI string `json:"next_page_uri"`
	}
	_ = json.Unmarshal(page.Response.JSON, &follow) // other providers follow otherwise
	p.next = follow.NextPageURI
	w.WriteHeader(page.Response.Status)
	_, _ = w.Write(page.Response.JSON)
}

func (p *pages) check(page vectorPage, r *http.Request) {
	if page.Request.Method != "" && r.Method != page.Request.Method {
		p.t.Errorf("asked by %s", r.Method)
	}
	if p.next != "" && r.URL.RequestURI() != p.next {
		p.t.Errorf("asked for %s, want what the page before says: %s", r.URL.RequestURI(), p.next)
	}
	if want, err := url.Parse(page.Request.Path); page.Request.Path != "" && (err != nil || r.URL.Path != want.Path) {
		p.t.Errorf("asked for %s, want %s", r.URL.Path, page.Request.Path)
	}
	if want := page.Request.Offset; want != nil {
		var asked struct{ Offset int64 }
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || asked.Offset != *want {
			p.t.Errorf("asked from %d on (%v), want %d", asked.Offset, err, *want)
		}
	}
	if _, _, found := r.BasicAuth(); page.Request.Auth == "basic" && !found {
		p.t.Error("asked without credentials")
	}
}

func (p *pages) remaining() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.left)
}

// poll lets a poller ask until nothing is left, on top of what is known.
func (v Vector) poll(t *testing.T, k channels.Kind, more map[string]any) {
	if k.Poller == nil {
		t.Fatalf("kind %s has no poller", k.Name)
	}
	store := NewStore()
	if len(v.State.AlreadyIngested) > 0 {
		v.ingestKnown(t, k, more, store)
	}
	stored := len(store.Messages())
	source := &pages{t: t, left: v.Pages}
	err := v.pollInto(t, k, more, store, source)
	fresh := store.Messages()[stored:]
	if (v.Expect.Verdict == "reject") != (err != nil) {
		t.Errorf("polling ends with %v", err)
	}
	if v.Expect.Reason == "unauthorized" && !channels.ReauthNeeded(err) {
		t.Errorf("%v asks for no new password", err)
	}
	if n := source.remaining(); n > 0 {
		t.Errorf("%d pages were not asked for", n)
	}
	checkStored(t, k, fresh)
	compareMessages(t, k, v.Expect.Messages, v.asExpected(t, fresh))
}

// ingestKnown stores those of the pages' messages that are already known.
func (v Vector) ingestKnown(t *testing.T, k channels.Kind, more map[string]any, store *Store) {
	all := NewStore()
	if err := v.pollInto(t, k, more, all, &pages{t: t, left: v.Pages}); err != nil {
		t.Fatal(err)
	}
	var b ingest.Batch
	for _, s := range all.Messages() {
		if slices.Contains(v.State.AlreadyIngested, s.Arrival.Keys[0]) {
			b.Arrivals = append(b.Arrivals, s.Arrival)
		}
	}
	if _, err := store.Receive(context.Background(), b); err != nil || len(b.Arrivals) != len(v.State.AlreadyIngested) {
		t.Fatalf("%d of %q are on the pages: %v", len(b.Arrivals), v.State.AlreadyIngested, err)
	}
}

// pollInto polls a server of pages, which the setting api_base names, as long as
// there are pages: a try that fails is followed by another, and so is one that
// found all that there was.
func (v Vector) pollInto(t *testing.T, k channels.Kind, more map[string]any, store *Store, source *pages) error {
	server := httptest.NewServer(source)
	defer server.Close()
	all := map[string]any{"api_base": server.URL}
	maps.Copy(all, more)
	p, err := k.Poller(Settings(v.settings(t, all)), v.host())
	if err != nil {
		t.Fatal(err)
	}
	in := NewSession(store, Channel, k.Family)
	for {
		before := source.remaining()
		err := p.Poll(context.Background(), in)
		_ = p.Close() // a connection that broke may say so
		if left := source.remaining(); left == 0 || left == before {
			return err
		}
	}
}

// asExpected brings messages into the order of the vector: a provider lists
// the newest first, but the oldest is stored first.
func (v Vector) asExpected(t *testing.T, fresh []Stored) []Stored {
	place := func(s Stored) int {
		return slices.IndexFunc(v.Expect.Messages, func(m vectorMessage) bool {
			return slices.Contains(s.Arrival.Keys, textOf(t, m["provider_message_id"]))
		})
	}
	return slices.SortedStableFunc(slices.Values(fresh), func(a, b Stored) int { return place(a) - place(b) })
}

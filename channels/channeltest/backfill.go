package channeltest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// listed is how far back the list of Backfill is asked.
const listed = 30 * 24 * time.Hour

// Backfill makes sure that a message which comes by a kind's webhook and by its
// list is one message: live then back-fill, back-fill then live, both at once.
// request is the signed request as it comes from the socket, with one message;
// api answers as the provider's API does, with one row that is that message.
// The settings get api_base and backfill.
func Backfill(t *testing.T, k channels.Kind, settings []byte, request []byte, api http.Handler) {
	t.Helper()
	r := roads{k, settings, request, api}
	t.Run("live then backfill", func(t *testing.T) { r.inTurn(t, "live", "list") })
	t.Run("backfill then live", func(t *testing.T) { r.inTurn(t, "list", "live") })
	t.Run("both at once", r.atOnce)
	t.Run("one reading", r.oneReading)
}

// Answers is an API that gives the same to whoever asks.
func Answers(body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })
}

// roads are the two by which one message comes.
type roads struct {
	kind              channels.Kind
	settings, request []byte
	api               http.Handler
}

// house is a channel to which both roads lead.
type house struct {
	desk   *Desk
	poller channels.Poller
	in     *Session
	roads  roads
}

func (r roads) house(t *testing.T) house {
	t.Helper()
	api := httptest.NewServer(r.api)
	t.Cleanup(api.Close)
	all := map[string]any{}
	if err := yaml.Unmarshal(r.settings, &all); err != nil {
		t.Fatal(err)
	}
	all["api_base"], all["backfill"] = api.URL, "5m"
	text, err := yaml.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	p, err := r.kind.Poller(Settings(text), Host())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	d := NewDesk(t, r.kind, string(text))
	in := NewSession(d.Store, Channel, r.kind.Family)
	in.FirstSeen = Now.Add(-listed)
	return house{d, p, in, r}
}

// comes brings the message by a road.
func (h house) comes(t *testing.T, road string) {
	t.Helper()
	if road == "list" {
		if err := h.poller.Poll(context.Background(), h.in); err != nil {
			t.Error("back-fill:", err)
		}
		return
	}
	r, err := Request(h.roads.request)
	if err != nil {
		t.Error(err)
		return
	}
	if w := h.desk.Do(r); w.Code/100 != 2 {
		t.Errorf("the webhook answers %d", w.Code)
	}
}

func (r roads) inTurn(t *testing.T, first, then string) {
	h := r.house(t)
	h.comes(t, first)
	if n := len(h.desk.Store.Messages()); n != 1 {
		t.Fatalf("%s: %d messages, want 1", first, n)
	}
	h.comes(t, then)
	h.isOne(t)
}

// atOnce takes the roads several times: how they fall together is chance.
func (r roads) atOnce(t *testing.T) {
	for range 8 {
		h := r.house(t)
		var both sync.WaitGroup
		for _, road := range []string{"live", "list"} {
			both.Go(func() { h.comes(t, road) })
		}
		both.Wait()
		h.isOne(t)
	}
}

// isOne makes sure that the second one was taken for a repeat of the first, by
// its key before it was asked for or by the store.
func (h house) isOne(t *testing.T) {
	t.Helper()
	stored := h.desk.Store.Messages()
	for _, m := range stored {
		if m.State != ingest.Received {
			t.Errorf("%q is %s: %s %s", m.Arrival.Keys, m.State, m.Arrival.Problem, m.Arrival.Note)
		}
	}
	if len(stored) != 1 || stored[0].Repeats+int(h.in.known.Load()) != 1 {
		t.Errorf("%d messages, want one that came twice", len(stored))
	}
}

// oneReading compares what the two roads say of the message.
func (r roads) oneReading(t *testing.T) {
	var said [2]ingest.Arrival
	for i, road := range []string{"live", "list"} {
		h := r.house(t)
		h.comes(t, road)
		stored := h.desk.Store.Messages()
		if len(stored) != 1 {
			t.Fatalf("%s: %d messages, want 1", road, len(stored))
		}
		said[i] = stored[0].Arrival
	}
	live, list := said[0], said[1]
	if live.Keys[0] != list.Keys[0] || live.Content != list.Content {
		t.Errorf("live has key %q and content %x, the list %q and %x", live.Keys[0], live.Content[:4], list.Keys[0], list.Content[:4])
	}
	if live.Message.From.Identity != list.Message.From.Identity || live.Message.Text != list.Message.Text {
		t.Errorf("live is from %v: %q; by the list from %v: %q",
			live.Message.From.Identity, live.Message.Text, list.Message.From.Identity, list.Message.Text)
	}
	if live.Message.Recovered || !list.Message.Recovered {
		t.Errorf("recovered: live %v, list %v", live.Message.Recovered, list.Message.Recovered)
	}
}

package backfill_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gatehouse/channels"
	"gatehouse/channels/backfill"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/phone"
	"gatehouse/ingest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// text is a message of the provider's.
type text struct {
	ID   string    `json:"id"`
	From string    `json:"from,omitempty"`
	To   string    `json:"to"`
	At   time.Time `json:"at"`
	Sent bool      `json:"sent,omitempty"`
	Text string    `json:"text,omitempty"`
}

// provider is an API with a list of texts.
type provider struct {
	mu     sync.Mutex
	texts  []text
	page   int       // rows a page
	newest bool      // first
	bare   bool      // rows have no text: /texts/ID says it
	now    time.Time // on the channel's clock
	region ingest.Region
	asked  []http.Request
	answer func(n int, w http.ResponseWriter, r *http.Request) bool // instead, if it says so
	server *httptest.Server
}

func newProvider(t *testing.T, page int, texts ...text) *provider {
	p := &provider{page: page, texts: texts, now: channeltest.Now}
	p.server = httptest.NewServer(p)
	t.Cleanup(p.server.Close)
	return p
}

// texts are n of them, the nth n minutes before the suite's time, the oldest first.
func texts(n int) (all []text) {
	for i := n; i > 0; i-- {
		all = append(all, textOf(i))
	}
	return all
}

func textOf(n int) text {
	return text{ID: fmt.Sprint("t", n), To: "15550109686", At: channeltest.Now.Add(-time.Duration(n) * time.Minute), Text: fmt.Sprint("text ", n)}
}

func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, *r)
	if p.answer != nil && p.answer(len(p.asked), w, r) {
		return
	}
	if r.Header.Get("X-Key") != "right" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if id := r.PathValue("id"); id != "" {
		p.one(w, id)
		return
	}
	p.list(w, r)
}

func (p *provider) list(w http.ResponseWriter, r *http.Request) {
	var found []text
	for _, t := range p.texts {
		from, _ := time.Parse(time.RFC3339, r.URL.Query().Get("from")) // none is the zero time
		until, err := time.Parse(time.RFC3339, r.URL.Query().Get("until"))
		if to := r.URL.Query().Get("to"); !t.At.Before(from) && (err != nil || t.At.Before(until)) && (to == "" || to == t.To) {
			found = append(found, t)
		}
	}
	slices.SortStableFunc(found, func(a, b text) int { return cmp.Compare(a.At.Unix(), b.At.Unix()) })
	if p.newest {
		slices.Reverse(found)
	}
	at, _ := strconv.Atoi(r.URL.Query().Get("at")) // "" is 0
	end := min(at+p.page, len(found))
	answer := map[string]any{"rows": append([]text{}, found[min(at, end):end]...)}
	if p.bare {
		for i := range answer["rows"].([]text) {
			answer["rows"].([]text)[i].Text = ""
		}
	}
	if end < len(found) {
		answer["next"] = end
	}
	_ = json.NewEncoder(w).Encode(answer) // the client has gone: nobody to tell
}

func (p *provider) one(w http.ResponseWriter, id string) {
	i := slices.IndexFunc(p.texts, func(t text) bool { return t.ID == id })
	if i < 0 {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	_ = json.NewEncoder(w).Encode(p.texts[i])
}

// lister is how an adapter would describe the API.
func (p *provider) lister() channels.List {
	return channels.List{
		ListSettings: channels.ListSettings{Backfill: time.Minute, APIBase: p.server.URL + "/v1"}, Account: "acme",
		Credentials: channels.InHeader("X-Key", "", channels.Secrets{"wrong", "right"}), NewestFirst: p.newest,
		First: first, Page: page, Read: read,
	}
}

func first(w channels.Window) channels.Call {
	c := channels.Call{To: "texts"}
	c = *c.With("from", w.From.Format(time.RFC3339))
	if !w.Until.IsZero() {
		c = *c.With("until", w.Until.Format(time.RFC3339))
	}
	if w.Number != "" {
		c = *c.With("to", w.Number)
	}
	return c
}

func page(asked channels.Call, answer []byte) (page channels.Page, err error) {
	var p struct {
		Rows []json.RawMessage `json:"rows"`
		Next *int              `json:"next"`
	}
	if err := json.Unmarshal(answer, &p); err != nil || p.Rows == nil {
		return page, errors.New("no page")
	}
	for _, raw := range p.Rows {
		var t text
		if json.Unmarshal(raw, &t) != nil {
			page.Rows = append(page.Rows, channels.Row{Element: raw})
			continue
		}
		page.Rows = append(page.Rows, channels.Row{Element: raw, Key: t.ID, To: t.To, At: t.At, Sent: t.Sent})
	}
	if p.Next != nil {
		page.Next = asked.With("at", strconv.Itoa(*p.Next))
	}
	return page, nil
}

func read(s channels.Stamp, element []byte) (channels.Reading, error) {
	var t text
	if err := json.Unmarshal(element, &t); err != nil {
		return channels.Reading{}, err
	}
	from, err := phone.Sender(cmp.Or(t.From, "+15550109540"), s.Region)
	if err != nil {
		return channels.Reading{}, err
	}
	return channels.Reading{Keys: []string{t.ID}, Content: ingest.Sum(t.ID),
		Message: ingest.Message{From: ingest.Sender{Identity: from}, Text: t.Text, SentAt: &t.At}}, nil
}

// poller asks the API as a list says, on the provider's clock.
func (p *provider) poller(t *testing.T, list channels.List) *backfill.Poller {
	t.Helper()
	host := channeltest.Host()
	host.Region = p.region
	host.Now = func() time.Time {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.now
	}
	poller, err := backfill.New(list, host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = poller.Close() })
	return poller
}

// session is one of a channel that is in use since a day before the suite's time.
func session(store *channeltest.Store) *channeltest.Session {
	in := channeltest.NewSession(store, channeltest.Channel, ingest.SMS)
	in.FirstSeen = channeltest.Now.Add(-24 * time.Hour)
	return in
}

// said are the texts stored, in order.
func said(store *channeltest.Store) (all []string) {
	for _, m := range store.Messages() {
		all = append(all, m.Arrival.Message.Text)
	}
	return all
}

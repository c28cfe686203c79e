package backfill_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

func poll(t *testing.T, p channels.Poller, in channels.Session) {
	t.Helper()
	if err := p.Poll(context.Background(), in); err != nil {
		t.Fatal(err)
	}
}

func cursor(t *testing.T, in channels.Session, number string) string {
	t.Helper()
	at, err := in.Cursor(context.Background(), number)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// Whatever order the list has, what was written first is stored first.
func TestOldestFirst(t *testing.T) {
	for _, newest := range []bool{false, true} {
		store, p := channeltest.NewStore(), newProvider(t, 100, texts(450)...)
		p.newest = newest
		in := session(store)
		poll(t, p.poller(t, p.lister()), in)
		all := said(store)
		if len(all) != 450 || all[0] != "text 450" || all[449] != "text 1" {
			t.Errorf("newest first %v: %d stored, from %v", newest, len(all), all[:min(1, len(all))])
		}
		if at, want := cursor(t, in, ""), "2026-11-21T11:00:00Z"; at != want {
			t.Errorf("complete up to %s, want %s", at, want)
		}
		if now, most := in.Held(); now != 0 || most == 0 {
			t.Errorf("%d octets held, at most %d", now, most)
		}
	}
}

// An API that takes a day at most is asked day by day, the oldest first, and the
// place moves with each.
func TestWindows(t *testing.T) {
	store, p := channeltest.NewStore(), newProvider(t, 10)
	for n := range 20 {
		p.texts = append(p.texts, textOf(n*300+1))
	}
	in := session(store)
	in.FirstSeen = channeltest.Now.Add(-100 * time.Hour)
	list := p.lister()
	list.Longest = 24 * time.Hour
	p.answer = func(n int, w http.ResponseWriter, _ *http.Request) bool {
		if n == 5 { // the third day; the first key is wrong, so that each is asked for twice
			w.WriteHeader(http.StatusBadGateway)
		}
		return n == 5
	}
	poller := p.poller(t, list)
	if err := poller.Poll(context.Background(), in); !ingest.Temporary(err) {
		t.Fatalf("a day that cannot be read: %v", err)
	}
	if at, want := cursor(t, in, ""), "2026-11-19T08:00:00Z"; at != want {
		t.Errorf("complete up to %s, want %s", at, want)
	}
	poll(t, poller, in)
	if n := len(store.Messages()); n != 20 {
		t.Errorf("%d stored", n)
	}
	if last := p.asked[len(p.asked)-1].URL.Query(); last.Has("until") {
		t.Errorf("the last window ends: %v", last)
	}
}

// A sender whom the list writes as people of the channel's country do is the one
// whom the webhook would bring.
func TestRegion(t *testing.T) {
	p := newProvider(t, 10, textOf(1))
	p.texts[0].From = "030 23125 555"
	var err error
	if p.region, err = ingest.RegionOf("DE"); err != nil {
		t.Fatal(err)
	}
	store := channeltest.NewStore()
	poll(t, p.poller(t, p.lister()), session(store))
	if all := store.Messages(); len(all) != 1 || all[0].Arrival.Message.From.Key() != "phone:+493023125555" {
		t.Errorf("%+v", all)
	}
}

// What came while the program was down is in the next window, however long that was.
func TestOutage(t *testing.T) {
	store, p := channeltest.NewStore(), newProvider(t, 10, texts(3)...)
	in := session(store)
	poll(t, p.poller(t, p.lister()), in)
	for n := range 50 { // an hour each
		p.texts = append(p.texts, text{ID: fmt.Sprint("down", n), To: "15550109686", At: p.now.Add(time.Duration(n) * time.Hour), Text: "x"})
	}
	p.now = p.now.Add(50 * time.Hour)
	poll(t, p.poller(t, p.lister()), in)
	if n := len(store.Messages()); n != 53 {
		t.Errorf("%d stored", n)
	}
}

// Wherever it is stopped, nothing is lost and nothing comes twice.
func TestStoppedAnywhere(t *testing.T) {
	for _, newest := range []bool{false, true} {
		gone := ingest.AsTemporary(errors.New("the database is away"))
		for at := range 4 {
			for name, fail := range map[string]func(*channeltest.Store){
				"not stored":  func(s *channeltest.Store) { s.FailNext(gone) },
				"answer lost": func(s *channeltest.Store) { s.LoseAnswer(gone) },
			} {
				store, n := channeltest.NewStore(), 0
				store.Before(func(ingest.Batch) {
					if n == at {
						fail(store)
					}
					n++
				})
				p := newProvider(t, 150, texts(700)...)
				p.newest = newest
				poller := p.poller(t, p.lister())
				if err := poller.Poll(context.Background(), session(store)); err == nil {
					t.Errorf("%s, batch %d: poll hides it", name, at)
				}
				poll(t, poller, session(store))
				if all := said(store); len(all) != 700 || !newest && !slices.IsSortedFunc(store.Messages(), byTime) {
					t.Errorf("%s, batch %d: %d messages", name, at, len(all))
				}
			}
		}
	}
}

func byTime(a, b channeltest.Stored) int {
	return a.Arrival.Message.SentAt.Compare(*b.Arrival.Message.SentAt)
}

// Pages shift while they are read: what is seen twice comes once.
func TestShiftingPages(t *testing.T) {
	store, p := channeltest.NewStore(), newProvider(t, 4, texts(10)...)
	p.newest = true
	p.answer = func(n int, _ http.ResponseWriter, _ *http.Request) bool {
		if n == 3 {
			p.texts = append(p.texts, textOf(0))
		}
		return false
	}
	poll(t, p.poller(t, p.lister()), session(store))
	for _, m := range store.Messages() {
		if m.Repeats != 0 {
			t.Errorf("%q came %d times more", m.Arrival.Keys, m.Repeats)
		}
	}
	if n := len(store.Messages()); n != 10 {
		t.Errorf("%d stored", n)
	}
}

// A list that turns in a circle, or leads elsewhere, ends the look; nothing is proven.
func TestPagesThatLeadNowhere(t *testing.T) {
	elsewhere := newProvider(t, 1)
	for name, next := range map[string]func(channels.Call) *channels.Call{
		"circle":       func(c channels.Call) *channels.Call { return &c },
		"elsewhere":    func(channels.Call) *channels.Call { return &channels.Call{To: elsewhere.server.URL + "/v1/texts"} },
		"other scheme": func(channels.Call) *channels.Call { return &channels.Call{To: "ftp://127.0.0.1/"} },
		"with a user":  func(channels.Call) *channels.Call { return &channels.Call{To: "//user@127.0.0.1/"} },
	} {
		p := newProvider(t, 5, texts(3)...)
		list, in := p.lister(), session(channeltest.NewStore())
		list.Page = func(asked channels.Call, answer []byte) (channels.Page, error) {
			read, err := page(asked, answer)
			read.Next = next(asked)
			return read, err
		}
		if err := p.poller(t, list).Poll(context.Background(), in); err == nil || cursor(t, in, "") != "" {
			t.Errorf("%s: %v, complete up to %q", name, err, cursor(t, in, ""))
		}
	}
	if len(elsewhere.asked) > 0 {
		t.Error("another host was asked with the credentials")
	}
}

// A list that cannot be asked by time ends with the first page of older rows.
func TestEndless(t *testing.T) {
	store, p := channeltest.NewStore(), newProvider(t, 10, texts(3000)...)
	p.newest = true
	list := p.lister()
	list.Endless = true
	list.First = func(channels.Window) channels.Call { return channels.Call{To: "texts"} }
	poll(t, p.poller(t, list), session(store))
	if n := len(store.Messages()); n != 24*60 || len(p.asked) > 300 { // each page is asked for twice
		t.Errorf("%d stored, asked %d times", n, len(p.asked))
	}
}

// A list without texts costs a request for each message that is not known.
func TestMore(t *testing.T) {
	store, p := channeltest.NewStore(), newProvider(t, 4, texts(10)...)
	p.bare = true
	p.answer = func(_ int, _ http.ResponseWriter, r *http.Request) bool {
		if id, found := strings.CutPrefix(r.URL.Path, "/v1/texts/"); found {
			r.SetPathValue("id", id)
		}
		return false
	}
	list := p.lister()
	list.More = func(r channels.Row) *channels.Call { return &channels.Call{To: "texts/" + r.Key} }
	list.Fill = func(r channels.Row, answer []byte) (channels.Row, error) {
		r.Element = answer
		return r, nil
	}
	poller, in := p.poller(t, list), session(store)
	poll(t, poller, in)
	if all := said(store); len(all) != 10 || all[0] != "text 10" {
		t.Errorf("%q", all)
	}
	asked := len(p.asked)
	poll(t, poller, in)
	if more := len(p.asked) - asked; more != 3*2 {
		t.Errorf("asked %d times for what is known", more)
	}
}

// A list that gives each message once is stored page by page, whatever its age.
func TestOnce(t *testing.T) {
	store, p := channeltest.NewStore(), newProvider(t, 2, append([]text{textOf(100_000)}, texts(5)...)...)
	p.answer = func(n int, _ http.ResponseWriter, _ *http.Request) bool {
		if n > 2 && n%2 == 0 { // the pages before it were given, each asked for twice
			p.texts = p.texts[2:]
		}
		return false
	}
	list := p.lister()
	list.Once, list.First = true, func(channels.Window) channels.Call { return channels.Call{To: "texts"} }
	list.Page = func(asked channels.Call, answer []byte) (channels.Page, error) {
		read, err := page(asked, answer)
		if read.Next != nil {
			read.Next = &asked
		}
		return read, err
	}
	poller, in := p.poller(t, list), session(store)
	poll(t, poller, in)
	if n := len(store.Messages()); n != 6 {
		t.Errorf("%d stored", n)
	}
	if _, err := poller.Backfill(context.Background(), in, ingest.Backfill{Since: p.now.Add(-time.Hour), Until: p.now}); err == nil || ingest.Temporary(err) {
		t.Errorf("asked by order: %v", err)
	}
}

// One list of all numbers is asked once, and sifted; spellings do not matter.
func TestNumbers(t *testing.T) {
	for _, numbered := range []bool{false, true} {
		store, p := channeltest.NewStore(), newProvider(t, 10, texts(3)...)
		p.texts[1].To = "15550109999"
		list := p.lister()
		list.Numbered, list.Numbers = numbered, []string{"15550109686", "15550109687"}
		if !numbered {
			list.Numbers = []string{"+1 555 010-9686"}
		}
		in := session(store)
		poll(t, p.poller(t, list), in)
		if n := len(store.Messages()); n != 2 {
			t.Errorf("numbered %v: %d stored", numbered, n)
		}
		if numbered && cursor(t, in, "15550109687") == "" {
			t.Error("no place for the second number")
		}
	}
}

// What the database refuses is dead with its bytes, and the rest is stored.
func TestRefusedData(t *testing.T) {
	store, p := channeltest.NewStore(), newProvider(t, 10, texts(5)...)
	store.Reject(func(a ingest.Arrival) bool { return a.Keys[0] == "t3" })
	in := session(store)
	poll(t, p.poller(t, p.lister()), in)
	states := map[ingest.State]int{}
	for _, m := range store.Messages() {
		states[m.State]++
	}
	if states[ingest.Received] != 4 || states[ingest.Dead] != 1 || cursor(t, in, "") == "" {
		t.Errorf("%v, complete up to %q", states, cursor(t, in, ""))
	}
}

// A provider that has forgotten what is so old is not asked for it.
func TestKeeps(t *testing.T) {
	p := newProvider(t, 10)
	list := p.lister()
	list.Keeps = 12 * time.Hour
	poll(t, p.poller(t, list), session(channeltest.NewStore()))
	if from := p.asked[0].URL.Query().Get("from"); from != "2026-11-21T00:00:00Z" {
		t.Errorf("asked from %s", from)
	}
}

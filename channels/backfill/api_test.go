package backfill_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/backfill"
	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

// TestRefusals says what is done about each answer.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		status    int
		after     string
		reauth    bool
		temporary bool
	}{
		{http.StatusUnauthorized, "", true, false}, {http.StatusForbidden, "", true, false},
		{http.StatusTooManyRequests, "", false, true}, {http.StatusTooManyRequests, "3600", false, true},
		{http.StatusBadGateway, "", false, true}, {http.StatusServiceUnavailable, "86400", false, true}, {http.StatusFound, "", false, true},
	} {
		p := newProvider(t, 5)
		p.answer = func(_ int, w http.ResponseWriter, _ *http.Request) bool {
			if c.after != "" {
				w.Header().Set("Retry-After", c.after)
			}
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(c.status)
			return true
		}
		poller, in := p.poller(t, p.lister()), session(channeltest.NewStore())
		err := poller.Poll(context.Background(), in)
		if err == nil || channels.ReauthNeeded(err) != c.reauth || ingest.Temporary(err) != c.temporary {
			t.Errorf("%d: %v", c.status, err)
		}
		asked := len(p.asked)
		if _ = poller.Poll(context.Background(), in); c.after != "" && len(p.asked) != asked { // asked again on purpose
			t.Errorf("%d: asked again within %s s", c.status, c.after)
		}
	}
}

// A short pause is waited for within the call.
func TestShortPause(t *testing.T) {
	store, p := channeltest.NewStore(), newProvider(t, 5, texts(3)...)
	p.answer = func(n int, w http.ResponseWriter, _ *http.Request) bool {
		if n <= 2 {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusTooManyRequests)
		}
		return n <= 2
	}
	poll(t, p.poller(t, p.lister()), session(store))
	if n := len(store.Messages()); n != 3 {
		t.Errorf("%d stored", n)
	}
}

// A pause that is longer than the list's patience ends the look.
func TestPatience(t *testing.T) {
	for patience, asks := range map[time.Duration]int{time.Millisecond: 1, 0: 4} { // with each of the pauses of a call once more
		p := newProvider(t, 5)
		p.answer = func(_ int, w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Retry-After", "0") // of which 10 ms are made
			w.WriteHeader(http.StatusTooManyRequests)
			return true
		}
		list := p.lister()
		list.Patience = patience
		if err := p.poller(t, list).Poll(context.Background(), session(channeltest.NewStore())); err == nil || len(p.asked) != asks {
			t.Errorf("patience %v: asked %d times, %v", patience, len(p.asked), err)
		}
	}
}

// No error has the address in it, for there may be a secret in that.
func TestNoErrorNamesAnAddress(t *testing.T) {
	p := newProvider(t, 5)
	list := p.lister()
	list.Credentials = channels.InQuery("key", channels.Secrets{"planted"})
	poller := p.poller(t, list)
	p.server.Close()
	err := poller.Poll(context.Background(), session(channeltest.NewStore()))
	if err == nil || strings.Contains(err.Error(), "planted") || !ingest.Temporary(err) {
		t.Errorf("%v", err)
	}
}

func TestInQuery(t *testing.T) {
	for to, want := range map[string]string{
		"https://example.com/a": "key=s", "https://example.com/a?b=%2f": "b=%2f&key=s", "https://example.com/a?key=x&b": "key=x&b",
	} {
		r, err := http.NewRequest(http.MethodGet, to, nil)
		if err != nil {
			t.Fatal(err)
		}
		if channels.InQuery("key", channels.Secrets{"s"})[0](r); r.URL.RawQuery != want {
			t.Errorf("%s: %s, want %s", to, r.URL.RawQuery, want)
		}
	}
}

func TestSettings(t *testing.T) {
	good := channels.List{ListSettings: channels.ListSettings{APIBase: "https://api.example.com"}, First: first, Page: page, Read: read}
	for name, change := range map[string]func(*channels.List){
		"too often":      func(l *channels.List) { l.Backfill = 5 * time.Second },
		"no credentials": func(l *channels.List) { l.Backfill = time.Minute },
		"no host":        func(l *channels.List) { l.APIBase = "api.example.com" },
		"in the clear":   func(l *channels.List) { l.APIBase = "http://api.example.com" },
		"a user":         func(l *channels.List) { l.APIBase = "https://u:p@api.example.com" },
	} {
		list := good
		change(&list)
		if _, err := backfill.New(list, channeltest.Host()); err == nil {
			t.Errorf("%s is not refused", name)
		}
	}
	p, err := backfill.New(good, channeltest.Host())
	if err != nil {
		t.Fatal(err)
	}
	in := session(channeltest.NewStore())
	if err := p.Poll(context.Background(), in); err != nil {
		t.Error("without backfill:", err)
	}
	synctest.Test(t, func(t *testing.T) { // it says that it is well even so: a channel is late by the time since it did
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := p.Wait(ctx); err != nil || ctx.Err() != nil {
			t.Errorf("without backfill it waits for ever: %v", err)
		}
	})
	if _, err := p.Backfill(context.Background(), in, ingest.Backfill{Until: channeltest.Now}); !channels.ReauthNeeded(err) {
		t.Errorf("by hand without credentials: %v", err)
	}
}

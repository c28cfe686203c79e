package backfill_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

// lists are two of one API, which a first page names, with one that is gone.
func lists(p *provider) channels.List {
	list := p.lister()
	list.Mixed = true
	list.First = func(channels.Window) channels.Call { return channels.Call{To: "lists"} }
	p.answer = func(_ int, w http.ResponseWriter, r *http.Request) bool {
		switch {
		case r.URL.Path == "/v1/lists":
			_, _ = w.Write([]byte(`{"rows":[]}`))
		case r.URL.Query().Get("to") == "gone":
			w.WriteHeader(http.StatusNotFound)
		default:
			return false
		}
		return true
	}
	list.Page = func(asked channels.Call, answer []byte) (channels.Page, error) {
		read, err := page(asked, answer)
		if asked.To == "lists" {
			for _, to := range []string{"15550109687", "gone", "15550109686"} {
				w := asked.Window
				w.Number = to
				read.Also = append(read.Also, first(w))
			}
		}
		return read, err
	}
	return list
}

// A page may name further lists: all their pages are read, and what is stored is
// in the order of its time.
func TestListsOfAList(t *testing.T) {
	all := texts(12)
	for i := range all {
		if i%3 == 0 {
			all[i].To = "15550109687"
		}
	}
	store, p := channeltest.NewStore(), newProvider(t, 2, all...)
	list, in := lists(p), session(store)
	poll(t, p.poller(t, list), in)
	want := "text 12 text 11 text 10 text 9 text 8 text 7 text 6 text 5 text 4 text 3 text 2 text 1"
	if got := strings.Join(said(store), " "); got != want || cursor(t, in, "") == "" {
		t.Errorf("%s, complete up to %q", got, cursor(t, in, ""))
	}
}

// A list that is asked for by itself and is not there proves nothing.
func TestFirstListGone(t *testing.T) {
	p := newProvider(t, 2)
	list, in := lists(p), session(channeltest.NewStore())
	list.First = func(channels.Window) channels.Call { return channels.Call{To: "texts?to=gone"} }
	if err := p.poller(t, list).Poll(t.Context(), in); !errors.Is(err, ingest.ErrNotFound) || cursor(t, in, "") != "" {
		t.Errorf("%v, complete up to %q", err, cursor(t, in, ""))
	}
}

// Some APIs refuse in an answer 200: the next credential is tried, as after 401.
func TestDenied(t *testing.T) {
	store, p := channeltest.NewStore(), newProvider(t, 5, texts(3)...)
	p.answer = func(_ int, w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("X-Key") == "right" {
			return false
		}
		_, _ = w.Write([]byte(`{"denied":true}`))
		return true
	}
	list := p.lister()
	list.Denied = func(answer []byte) error {
		var a struct{ Denied bool }
		if _ = json.Unmarshal(answer, &a); a.Denied {
			return channels.NeedsReauth(errors.New("no"))
		}
		return nil
	}
	poll(t, p.poller(t, list), session(store))
	if n := len(store.Messages()); n != 3 {
		t.Errorf("%d stored", n)
	}
	list.Credentials = list.Credentials[:1]
	if err := p.poller(t, list).Poll(t.Context(), session(store)); !channels.ReauthNeeded(err) {
		t.Errorf("with the wrong one alone: %v", err)
	}
}

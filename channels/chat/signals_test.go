package chat_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/channels/channeltest"
	"gatehouse/channels/chat"
	"gatehouse/ingest"
)

// watched is a door with who follows its signals, and a clock.
type watched struct {
	door   http.Handler
	intake *channeltest.Intake
	store  *channeltest.Store
	now    time.Time
	told   []string
}

func watch(t *testing.T, settings string) *watched {
	t.Helper()
	w := &watched{store: channeltest.NewStore(), now: channeltest.Now}
	w.intake = channeltest.NewIntake(w.store, channeltest.Channel, ingest.Chat)
	host := channeltest.Host()
	host.Now = func() time.Time { return w.now }
	host.Pass = func(_ context.Context, s ingest.Signal) {
		says := s.Channel + " " + s.Type + " " + s.By[0].Value + " " + string(s.By[0].How)
		if s.Page != nil {
			says += " " + s.Page.URL
		}
		w.told = append(w.told, says)
	}
	var err error
	if w.door, err = chat.Kind.Door(channeltest.Settings([]byte(settings)), host, w.intake); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *watched) post(path, body string) int {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.RemoteAddr = "192.0.2.1:40000"
	answer := httptest.NewRecorder()
	w.door.ServeHTTP(answer, r)
	return answer.Code
}

func (w *watched) signal(visitor, kind, data string) int {
	return w.post("/signals", fmt.Sprintf(`{"visitor_id":%q,"type":%q,"data":%s}`, visitor, kind, data))
}

func TestTypingIsToldOnceInAWhile(t *testing.T) {
	w := watch(t, "{}")
	for second := range 7 {
		w.now = channeltest.Now.Add(time.Duration(second) * time.Second)
		if code := w.signal("v", "typing", "null"); code != 202 {
			t.Errorf("second %d: %d", second, code)
		}
	}
	w.signal("other", "typing", "null")
	want := []string{"golden typing v header", "golden typing v header", "golden typing v header", "golden typing other header"} // of seconds 0, 3 and 6
	if !slices.Equal(w.told, want) || len(w.store.Messages()) != 0 {
		t.Errorf("told %q, stored %d", w.told, len(w.store.Messages()))
	}
}

func TestPageIsTold(t *testing.T) {
	w := watch(t, "{}")
	for _, at := range []string{"cart", "checkout"} {
		if code := w.signal("v", "page", `{"url":"https://www.example.com/`+at+`","title":"","referrer":""}`); code != 202 {
			t.Errorf("%s: %d", at, code)
		}
	}
	if want := []string{"golden page v header https://www.example.com/cart", "golden page v header https://www.example.com/checkout"}; !slices.Equal(w.told, want) {
		t.Errorf("told %q", w.told)
	}
}

// Who is held writes like everybody else; nobody is shown that they are there.
func TestSignalsThatNobodyIsTold(t *testing.T) {
	for name, tt := range map[string]struct {
		rule ingest.RuleKind
		kind string
		code int
	}{
		"of the banned":      {ingest.Ban, "typing", 403},
		"of the blocked":     {ingest.Block, "typing", 202},
		"of the blacklisted": {ingest.Blacklist, "page", 202},
		"of a type unknown":  {ingest.Allow, "read", 202},
	} {
		t.Run(name, func(t *testing.T) {
			w := watch(t, "{}")
			w.intake.Say("visitor:v", ingest.StandingUnder(&ingest.Rule{Kind: tt.rule}))
			if code := w.signal("v", tt.kind, `{"url":"https://www.example.com/"}`); code != tt.code || len(w.told) != 0 {
				t.Errorf("%d, told %q", code, w.told)
			}
		})
	}
}

func TestSignalOfAnotherIsNotBelieved(t *testing.T) {
	w := watch(t, "{visitor_secret: secret}")
	if code := w.signal("v", "typing", "null"); code != 401 || len(w.told) != 0 {
		t.Errorf("%d, told %q", code, w.told)
	}
}

func TestSignalsWithoutListeners(t *testing.T) {
	d := channeltest.NewDesk(t, chat.Kind, "{}")
	if w := send(d, "signals", `{"visitor_id":"v","type":"typing"}`); w.Code != 202 {
		t.Error(w.Code)
	}
}

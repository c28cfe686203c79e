package chat_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/chat"
	"gatehouse/ingest"
)

const settings = `origins: ["https://www.example.com"]`

func message(id, visitor, text string) string {
	b, _ := json.Marshal(map[string]string{"id": id, "visitor_id": visitor, "text": text}) // strings always encode
	return string(b)
}

func send(d *channeltest.Desk, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/chat/golden/"+path, strings.NewReader(body))
	r.RemoteAddr = "192.0.2.1:40000"
	return d.Do(r)
}

func standing(d *channeltest.Desk, visitor string) string {
	r := httptest.NewRequest(http.MethodGet, "/chat/golden/standing?visitor_id="+visitor, nil)
	r.RemoteAddr = "192.0.2.1:40000"
	return d.Do(r).Body.String()
}

func TestBannedVisitorIsTurnedAway(t *testing.T) {
	for _, who := range []string{"visitor:v1", "192.0.2.1"} {
		t.Run(who, func(t *testing.T) {
			d := channeltest.NewDesk(t, chat.Kind, settings)
			until := channeltest.Now.Add(time.Hour).In(time.FixedZone("", 3600))
			d.Intake.Say(who, ingest.StandingUnder(&ingest.Rule{Kind: ingest.Ban, Comment: "a nuisance", ExpiresAt: &until}))
			for _, path := range []string{"messages", "signals"} {
				body := message("1", "v1", "hello")
				if path == "signals" {
					body = `{"visitor_id":"v1","type":"typing"}`
				}
				w := send(d, path, body)
				if w.Code != 403 || w.Body.String() != `{"reason":"banned"}` {
					t.Errorf("%s: %d %s", path, w.Code, w.Body)
				}
			}
			if n := len(d.Store.Messages()); n != 0 {
				t.Errorf("%d messages of the banned", n)
			}
			want := `{"may_send":false,"may_receive":false,"may_auto":false,"may_converse":false,"effect":"refuse","widget":"hide","rule":null,"until":"2026-11-21T13:00:00.000Z"}`
			if got := standing(d, "v1"); got != want {
				t.Errorf("standing %s", got)
			}
		})
	}
}

func TestHeldVisitorIsNotTold(t *testing.T) {
	d := channeltest.NewDesk(t, chat.Kind, settings)
	free := standing(d, "v0")
	for i, kind := range []ingest.RuleKind{ingest.Block, ingest.Blacklist, ingest.Allow} {
		visitor := fmt.Sprint("v", i+1)
		d.Intake.Say("visitor:"+visitor, ingest.StandingUnder(&ingest.Rule{Kind: kind}))
		if got := standing(d, visitor); got != free {
			t.Errorf("%s shows: %s", kind, got)
		}
		if w := send(d, "messages", message("1", visitor, "hello")); w.Code != 202 {
			t.Errorf("%s: %d", kind, w.Code)
		}
	}
}

func TestTypedAddressIsBannedInVain(t *testing.T) {
	d := channeltest.NewDesk(t, chat.Kind, settings)
	d.Intake.Say("email:ann@example.com", ingest.StandingUnder(&ingest.Rule{Kind: ingest.Ban}))
	if w := send(d, "messages", `{"id":"1","visitor_id":"v","email":"ann@example.com","text":"x"}`); w.Code != 202 {
		t.Errorf("an address that anybody may type decides: %d", w.Code)
	}
}

func TestOtherWordsUnderTheSameKeyAreKept(t *testing.T) {
	d := channeltest.NewDesk(t, chat.Kind, settings)
	first := send(d, "messages", `{"id":"1","visitor_id":"v","text":"yes","page":{"title":"A"}}`)
	again := send(d, "messages", `{"page":{"title":"B"},"text":"yes","visitor_id":"v","id":"1"}`)
	if first.Code != 202 || again.Body.String() != first.Body.String() {
		t.Errorf("the same words from another page: %s, first %s", again.Body, first.Body)
	}
	other := send(d, "messages", `{"id":"1","visitor_id":"v","text":"no"}`)
	var states []ingest.State
	for _, m := range d.Store.Messages() {
		states = append(states, m.State)
	}
	if other.Code != 202 || !slices.Equal(states, []ingest.State{ingest.Received, ingest.Dead}) {
		t.Errorf("%d, %v", other.Code, states)
	}
	if w := send(d, "messages", message("1", "w", "no")); w.Code != 202 || len(d.Store.Messages()) != 3 {
		t.Error("ids are the visitor's own")
	}
}

func TestKeysOfTwoVisitorsNeverMeet(t *testing.T) {
	d := channeltest.NewDesk(t, chat.Kind, settings)
	for _, p := range [][2]string{{"a b", "c"}, {"a", "b c"}, {"ab", "c"}, {"a", "bc"}} {
		if w := send(d, "messages", message(p[1], p[0], "x")); w.Code != 202 {
			t.Fatal(w.Code)
		}
	}
	if n := len(d.Store.Messages()); n != 4 {
		t.Errorf("%d messages of 4", n)
	}
}

func TestRates(t *testing.T) {
	for name, tt := range map[string]struct {
		settings string
		visitor  func(i int) string
		passes   int
	}{
		"a visitor":  {"{visitor_rate: 1, visitor_burst: 3}", func(int) string { return "v" }, 3},
		"an address": {"{ip_rate: 1, ip_burst: 4}", func(i int) string { return fmt.Sprint("v", i) }, 4},
		"no limit":   {"{ip_rate: 0, visitor_rate: 0}", func(int) string { return "v" }, 30},
	} {
		t.Run(name, func(t *testing.T) {
			d := channeltest.NewDesk(t, chat.Kind, tt.settings)
			for i := range 30 {
				w := send(d, "messages", message(fmt.Sprint(i), tt.visitor(i), "x"))
				if i < tt.passes && w.Code != 202 || i >= tt.passes && (w.Code != 429 || w.Header().Get("Retry-After") != "1") {
					t.Fatalf("request %d: %d, Retry-After %q", i, w.Code, w.Header().Get("Retry-After"))
				}
			}
			if n := len(d.Store.Messages()); n != tt.passes {
				t.Errorf("%d stored, want %d", n, tt.passes)
			}
		})
	}
}

func TestSignalsDoNotUseUpMessages(t *testing.T) {
	d := channeltest.NewDesk(t, chat.Kind, "{visitor_rate: 1, visitor_burst: 1}")
	codes := []int{
		send(d, "signals", `{"visitor_id":"v","type":"typing"}`).Code,
		send(d, "signals", `{"visitor_id":"v","type":"typing"}`).Code,
		send(d, "messages", message("1", "v", "x")).Code,
	}
	if !slices.Equal(codes, []int{202, 429, 202}) || len(d.Store.Messages()) != 1 {
		t.Errorf("%v, %d stored", codes, len(d.Store.Messages()))
	}
}

func TestPausedDoorAsksForAnotherTry(t *testing.T) {
	in := channeltest.NewIntake(channeltest.NewStore(), channeltest.Channel, ingest.Chat)
	e, err := channels.NewEndpoint(chat.Kind, channeltest.Settings([]byte(settings)), channeltest.Host(), in, func() bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	s := &channels.Server{Log: slog.New(slog.DiscardHandler)}
	s.Serve(e)
	r := httptest.NewRequest(http.MethodPost, "/chat/golden/messages", strings.NewReader(message("1", "v", "x")))
	r.Header.Set("Origin", "https://www.example.com")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != 503 || w.Header().Get("Retry-After") != "60" || w.Header().Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("%d, %v", w.Code, w.Header())
	}
}

func TestCutOffBody(t *testing.T) {
	d := channeltest.NewDesk(t, chat.Kind, settings)
	r := httptest.NewRequest(http.MethodPost, "/chat/golden/messages", io.MultiReader(strings.NewReader(`{"id":`), broken{}))
	if w := d.Do(r); w.Code != 400 || len(d.Store.Messages()) != 0 {
		t.Errorf("%d", w.Code)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestSettings(t *testing.T) {
	for text, ok := range map[string]bool{
		"{}":                                     true,
		`origins: ["https://www.example.com"]`:   true,
		`origins: ["https://www.example.com/"]`:  false,
		`origins: ["*"]`:                         false,
		`origins: [www.example.com]`:             false,
		`visitor_secret: ""`:                     false,
		`max_body_bytes: 0`:                      false,
		`{visitor_rate: 1, visitor_burst: 0}`:    false,
		`{ip_rate: -1}`:                          false,
		`{max_attachments: -1}`:                  false,
		`{visitor_rate: 0, visitor_burst: 0}`:    true,
		`{origins: ["http://[2001:db8::1]:80"]}`: true,
	} {
		_, err := chat.Kind.Door(channeltest.Settings([]byte(text)), channeltest.Host(), nil)
		if (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestAttachmentsOfNonsense(t *testing.T) {
	for _, raw := range []string{"", "{", `{"post":{"attachments":[{"data":"*"}]}}`, `{"post":{}}`} {
		if _, err := chat.Attachment([]byte(raw), 0); err == nil {
			t.Errorf("%q has an attachment", raw)
		}
	}
}

package channels_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/twilio"
	"gatehouse/channels/vonage"
	"gatehouse/channels/webhook"
	"gatehouse/ingest"
)

// told is a store that remembers what it was told, unless it is away.
type told struct {
	away  bool
	notes []ingest.HookNotes
}

func (s *told) NoteHooks(_ context.Context, n ingest.HookNotes) error {
	if s.away {
		return errors.New("away")
	}
	s.notes = append(s.notes, n)
	return nil
}

func (s *told) counts() map[string]int64 {
	sum := map[string]int64{}
	for _, n := range s.notes {
		for _, c := range n.Counts {
			sum[c.Cause] += c.N
		}
	}
	return sum
}

func (s *told) refusals() (list []ingest.HookRefusal) {
	for _, n := range s.notes {
		list = append(list, n.Refusals[channeltest.Channel]...)
	}
	return list
}

// noting is a server for one channel that notes into the returned notebook.
func noting(t *testing.T, k channels.Kind, settings string) (*channels.Server, *channels.Notebook) {
	t.Helper()
	notes := &channels.Notebook{Now: time.Now}
	host := channeltest.Host()
	host.Now, host.Used = time.Now, notes.Used(channeltest.Channel)
	host.ClientIP = channels.Proxies{}.ClientIP
	decode := channels.Noticing(channeltest.Settings([]byte(settings)), func(list []channels.NamedSecret) { notes.Secrets(channeltest.Channel, list) })
	e, err := channels.NewEndpoint(k, decode, host, channeltest.NewIntake(channeltest.NewStore(), channeltest.Channel, k.Family), nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &channels.Server{Log: slog.New(slog.DiscardHandler), Notes: notes}
	s.Serve(e)
	return s, notes
}

func call(s http.Handler, target, body string, header ...string) int {
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(body))
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code
}

func tell(t *testing.T, n *channels.Notebook, s *told) {
	t.Helper()
	if err := n.Tell(t.Context(), s); err != nil {
		t.Fatal(err)
	}
}

// A probe with nothing in it, which some providers make unsigned, is neither
// refused nor taken for a sign that requests are believed.
func TestProbesProveNobody(t *testing.T) {
	s, notes := noting(t, vonage.Kind, "{signature_secret: one}")
	if code := call(s, "/hooks/golden", ""); code != http.StatusOK {
		t.Fatal(code)
	}
	to := &told{}
	tell(t, notes, to)
	if sum := to.counts(); len(sum) != 0 {
		t.Errorf("%v", sum)
	}
}

// Nothing that is kept of a refused request is a secret, or what somebody wrote.
func TestWhatIsKeptOfARefusal(t *testing.T) {
	const hidden = "quincunx"
	s, notes := noting(t, twilio.Kind, "{account_sid: AC1, auth_token: one, public_url: https://example.com/in}")
	code := call(s, "/hooks/golden?Body="+hidden+"&token="+hidden+"&"+hidden+"%20is%20here", "Body="+hidden,
		"Content-Type", "application/x-www-form-urlencoded", "X-Twilio-Signature", "cXVpbmN1bng=", "Authorization", "Basic "+hidden,
		"Cookie", "a="+hidden, "X-Api-Key", hidden, "X-Forwarded-For", "192.0.2.7", "X-Forwarded-Uri", "/?token="+hidden, "User-Agent", "Caller/1", "I-Custom", hidden, "X-Any-Timestamp", "17")
	if code != http.StatusForbidden {
		t.Fatal(code)
	}
	to := &told{}
	tell(t, notes, to)
	list := to.refusals()
	if len(list) != 1 {
		t.Fatalf("%d refusals", len(list))
	}
	r := list[0]
	if r.Cause != "secret" || r.Method != "POST" || r.Address != "192.0.2.1" || r.Size != int64(len("Body="+hidden)) || r.At.IsZero() {
		t.Errorf("%+v", r)
	}
	if r.URL != "https://example.com/in?Body=…&token=…&…=…" {
		t.Errorf("URL %s", r.URL)
	}
	if all := fmt.Sprintf("%+v", r); strings.Contains(all, hidden) || strings.Contains(all, "cXVp") {
		t.Errorf("a secret, or content: %s", all)
	}
	got := map[string]string{}
	for _, line := range r.Headers {
		got[line.Name] = line.Value
	}
	for name, want := range map[string]string{
		"Host": "example.com", "Authorization": "Basic (8 characters)", "Cookie": "(10 characters)", "X-Api-Key": "(8 characters)", "I-Custom": "(8 characters)",
		"X-Forwarded-For": "192.0.2.7", "User-Agent": "Caller/1", "X-Any-Timestamp": "17",
	} {
		if got[name] != want {
			t.Errorf("%s: %q, want %q", name, got[name], want)
		}
	}
	if proof := got["X-Twilio-Signature"]; !strings.HasPrefix(proof, "(12 characters, SHA-256 ") {
		t.Errorf("the proof: %q", proof)
	}
}

// However much strangers send, few rows are told at a time, and each cause and
// channel has its turn.
func TestFloodOfRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, notes := noting(t, kind, "{}")
		for range 5000 {
			call(s, "/hooks/golden", "a")
		}
		call(s, "/hooks/golden", "a", "Secret", "other")
		call(s, "/hooks/golden", "a", "Secret", "right")
		to := &told{}
		for range 4 {
			tell(t, notes, to)
		}
		causes := map[string]int{}
		for _, r := range to.refusals() {
			causes[r.Cause]++
		}
		if len(to.notes) > 2 || causes["other"] > 6 || causes["other"] == 0 {
			t.Errorf("told %d times, %v", len(to.notes), causes)
		}
		if got := to.counts(); got["other"] != 5001 || got[""] != 1 {
			t.Errorf("counted %v", got)
		}
	})
}

// What the store does not take is told later, in the same minutes.
func TestNotesWaitForTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, notes := noting(t, webhook.Kind, "{scheme: github, secret: [old, new], map: {text: text, from: from}}")
		call(s, "/hooks/golden", "{}")
		began := time.Now()
		to := &told{away: true}
		if notes.Tell(t.Context(), to) == nil {
			t.Fatal("it was told")
		}
		time.Sleep(10 * time.Minute)
		call(s, "/hooks/golden", "{}")
		to.away = false
		tell(t, notes, to)
		if n := to.notes[0]; len(n.Counts) != 2 || len(to.refusals()) != 2 || len(n.Secrets[channeltest.Channel]) != 2 {
			t.Errorf("%+v", n)
		}
		first := to.refusals()[0]
		if !first.At.Equal(began) || first.Cause != "no signature" {
			t.Errorf("%+v", first)
		}
		tell(t, notes, to)
		if len(to.notes) != 1 {
			t.Errorf("told again: %+v", to.notes[1:])
		}
		to.away = true
		call(s, "/hooks/golden", "{}")
		_ = notes.Tell(t.Context(), to)
		time.Sleep(2 * time.Hour)
		_ = notes.Tell(t.Context(), to)
		to.away = false
		tell(t, notes, to)
		if got := to.counts()["no signature"]; got != 2 {
			t.Errorf("what is two hours old was counted: %d", got)
		}
	})
}

// Which of several secrets is in use is told once a minute, and of all that are
// configured.
func TestSecretsInUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, notes := noting(t, webhook.Kind, "{scheme: bearer, bearer_token: [old, new], map: {text: text, from: from}}")
		to := &told{}
		with := func(token string) {
			t.Helper()
			if code := call(s, "/hooks/golden", `{"text": "hello", "from": "ann@example.com"}`, "Authorization", "Bearer "+token, "Content-Type", "application/json"); code != http.StatusOK {
				t.Fatal(code)
			}
			tell(t, notes, to)
		}
		with("new")
		first := to.notes[0]
		if all := first.Secrets[channeltest.Channel]; len(all) != 2 || all[1].Key != "bearer_token" || all[1].Index != 1 || all[1].Fingerprint != "11507a0e" {
			t.Errorf("configured: %+v", all)
		}
		if used := first.Uses[channeltest.Channel]; len(used) != 1 || used[0].Index != 1 || !used[0].UsedAt.Equal(time.Now()) {
			t.Errorf("used: %+v", used)
		}
		time.Sleep(30 * time.Second)
		with("new")
		time.Sleep(20 * time.Second)
		with("old")
		time.Sleep(10 * time.Second)
		with("new")
		for i, want := range [][]int{{1}, nil, {0}, {1}} {
			var got []int
			for _, use := range to.notes[i].Uses[channeltest.Channel] {
				got = append(got, use.Index)
			}
			if fmt.Sprint(got) != fmt.Sprint(want) || i > 0 && len(to.notes[i].Secrets) != 0 {
				t.Errorf("telling %d: %v, want %v", i, got, want)
			}
		}
	})
}

package mailgun_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/mailgun"
	"gatehouse/ingest/safehttp"
)

const whole = "Message-ID: <s1@example.com>\r\nFrom: ann@example.com\r\nSubject: stored\r\n\r\nThe whole of it\r\n"

// storage is Mailgun's, for who has the key.
type storage struct {
	answer any // nil: it is away
	asked  []string
}

func (s *storage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	user, password, _ := r.BasicAuth()
	s.asked = append(s.asked, user+":"+password+" "+r.Header.Get("Accept")+" "+r.URL.Path)
	switch {
	case s.answer == nil:
		w.WriteHeader(http.StatusBadGateway)
	case password == "":
		_, _ = io.WriteString(w, "a file for everybody")
	case password != "api-key":
		w.WriteHeader(http.StatusUnauthorized)
	default:
		_ = json.NewEncoder(w).Encode(s.answer)
	}
}

func client(t *testing.T) *safehttp.Client {
	c := safehttp.New(safehttp.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	t.Cleanup(c.Close)
	return c
}

// TestStored takes mail that Mailgun stores: whole if it can be had, else as the
// post tells of it. Either way it is the same mail.
func TestStored(t *testing.T) {
	for name, c := range map[string]struct {
		answer  any
		secrets string
		text    string
		asked   int
	}{
		"it is there":             {map[string]string{"body-mime": whole}, "[old-key, api-key]", "The whole of it", 2},
		"it is away":              {nil, "api-key", "As told", 1},
		"it is something else":    {map[string]string{"message": "gone"}, "api-key", "As told", 1},
		"it is no object":         {[]string{"x"}, "api-key", "As told", 1},
		"the key is another's":    {map[string]string{"body-mime": whole}, "other", "As told", 1},
		"nobody has said the key": {map[string]string{"body-mime": whole}, "", "As told", 0},
	} {
		t.Run(name, func(t *testing.T) {
			store := &storage{answer: c.answer}
			server := httptest.NewServer(store)
			defer server.Close()
			settings := "webhook_signing_key: key\nstorage_hosts: [\"" + strings.TrimPrefix(server.URL, "http://") + "\"]\n"
			if c.secrets != "" {
				settings += "api_key: " + c.secrets
			}
			d := channeltest.NewDesk(t, channeltest.Lend(mailgun.Kind, func(h *channels.Host) { h.Outside = client(t) }), settings)
			fields := signed(url.Values{
				"recipient": {"desk@example.net"}, "sender": {"ann@example.com"}, "body-plain": {"As told"}, "from": {"ann@example.com"},
				"message-headers": {`[["Message-Id","<s1@example.com>"],["From","ann@example.com"]]`},
				"message-url":     {server.URL + "/v3/domains/example.net/messages/AbC"},
			})
			w := d.Do(post(fields))
			if w.Code != http.StatusOK || len(d.Store.Messages()) != 1 || len(store.asked) != c.asked {
				t.Fatalf("answered %d, %d stored, asked %q", w.Code, len(d.Store.Messages()), store.asked)
			}
			if c.asked > 0 && !strings.HasSuffix(store.asked[0], " message/rfc2822 /v3/domains/example.net/messages/AbC") {
				t.Errorf("asked %q", store.asked)
			}
			a := d.Store.Messages()[0].Arrival
			if strings.TrimSpace(a.Message.Text) != c.text || !slices.Equal(a.Keys, []string{"stored:AbC", "token:token"}) || a.Message.Technical.Envelope.To[0] != "desk@example.net" {
				t.Errorf("%+v, keys %q", a.Message, a.Keys)
			}
			if again, err := mailgun.Kind.Reread(a.Raw); err != nil || again.Text != a.Message.Text {
				t.Errorf("read again: %+v, %v", again, err)
			}
		})
	}
}

// TestKeyIsForMailgun tells the API key to Mailgun's hosts alone.
func TestKeyIsForMailgun(t *testing.T) {
	store := &storage{answer: "x"}
	own, foreign := httptest.NewServer(store), httptest.NewServer(store)
	defer own.Close()
	defer foreign.Close()
	settings := "webhook_signing_key: key\napi_key: api-key\nstorage_hosts: [\"" + strings.TrimPrefix(own.URL, "http://") + "\"]"
	m, err := mailgun.Kind.Media(channeltest.Settings([]byte(settings)), channeltest.Host())
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{own.URL, foreign.URL} {
		answer, err := m.Open(t.Context(), client(t), channels.File{URL: at + "/attachments/0"})
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Close()
	}
	if len(store.asked) != 2 || !strings.HasPrefix(store.asked[0], "api:api-key ") || !strings.HasPrefix(store.asked[1], ": ") {
		t.Errorf("asked %q", store.asked)
	}
}

// TestHostsOfMailgun are the hosts that a mail's place may have.
func TestHostsOfMailgun(t *testing.T) {
	for at, key := range map[string]string{
		"https://storage-us-east4.api.mailgun.net/v3/domains/d/messages/K": "stored:K",
		"https://storage.eu.mailgun.net/v3/domains/d/messages/K":           "stored:K",
		"http://storage.eu.mailgun.net/v3/domains/d/messages/K":            "",
		"https://mailgun.net.example.com/v3/domains/d/messages/K":          "",
		"https://xmailgun.net/K":                                           "",
		"https://storage.eu.mailgun.net/v3/":                               "",
		"::":                                                               "",
	} {
		d := channeltest.NewDesk(t, mailgun.Kind, "webhook_signing_key: key")
		d.Do(post(signed(url.Values{"from": {"a@example.com"}, "message-url": {at}})))
		if got := d.Store.Messages()[0].Arrival.Keys[0]; key != "" && got != key || key == "" && strings.HasPrefix(got, "stored:") {
			t.Errorf("%s: the key is %q, want %q", at, got, key)
		}
	}
}

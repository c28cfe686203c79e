package msgraph_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/msgraph"
	"gatehouse/channels/msgraph/graphtest"
	"gatehouse/channels/oauth/oauthtest"
	"gatehouse/ingest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAdapter(t *testing.T) { channeltest.Run(t, msgraph.Kind, "../msgraph") }

const box = "support@example.com"

// mail is the nth of a set of small mails.
func mail(n int) graphtest.Message {
	return graphtest.Message{Raw: fmt.Sprintf("Message-ID: <m%d@example.com>\r\nDate: Fri, 20 Nov 2026 09:00:%02d +0000\r\n"+
		"From: Customer %d <c%d@example.com>\r\nTo: support@example.org\r\nSubject: Question %d\r\n\r\nText of mail %d.\r\n",
		n, n%60, n, n%7, n, n), Received: connected.Add(time.Duration(n) * time.Minute)}
}

// connected is when the channels of the tests were first connected.
var connected = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// world is a mailbox, and who gives tokens for it.
type world struct {
	t        *testing.T
	server   *graphtest.Server
	provider *oauthtest.Provider
	store    *channeltest.Store
	session  *channeltest.Session
}

func newWorld(t *testing.T, mails int) *world {
	t.Helper()
	w := &world{t: t, server: graphtest.New(t, box), provider: oauthtest.New(t, box), store: channeltest.NewStore()}
	w.server.Good = func(token string) bool { return w.provider.Good(box, token) }
	w.session = channeltest.NewSession(w.store, channeltest.Channel, ingest.Email)
	w.session.FirstSeen = connected
	for n := range mails {
		w.server.Put(mail(n))
	}
	return w
}

// poller is a new poller of the mailbox, with more settings.
func (w *world) poller(more ...string) channels.Poller {
	w.t.Helper()
	text := strings.Join(append([]string{"mailbox: " + box, "graph_url: " + w.server.URL,
		"oauth2: " + w.provider.Settings("grant: client_credentials")}, more...), "\n")
	host := channels.Host{Channel: channeltest.Channel, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return channeltest.Now }}
	p, err := msgraph.Kind.Poller(channeltest.Settings([]byte(text)), host)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = p.Close() })
	return p
}

// poll polls, and wants no error.
func (w *world) poll(p channels.Poller) {
	w.t.Helper()
	if err := p.Poll(w.t.Context(), w.session); err != nil {
		w.t.Fatal(err)
	}
}

// subjects are those of the messages in the store, with states that are others
// than received.
func (w *world) subjects() string {
	var all []string
	for _, m := range w.store.Messages() {
		s := m.Arrival.Message.Subject
		if m.State != ingest.Received {
			s += " (" + string(m.State) + ")"
		}
		if m.Repeats > 0 {
			s += fmt.Sprintf(" +%d", m.Repeats)
		}
		all = append(all, s)
	}
	return strings.Join(all, "; ")
}

// has wants the store to have these.
func (w *world) has(subjects ...string) {
	w.t.Helper()
	if got := w.subjects(); got != strings.Join(subjects, "; ") {
		w.t.Errorf("the store has %q, want %q", got, subjects)
	}
}

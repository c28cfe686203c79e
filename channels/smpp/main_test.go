package smpp

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/smpp/smpptest"
	"gatehouse/ingest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open makes a poller of a centre, with more settings.
func open(t testing.TB, c *smpptest.Centre, more string) *Poller {
	t.Helper()
	return openWith(t, c, ", addresses: smsc.example.com, password: secret"+more)
}

// openWith says address and password among the settings.
func openWith(t testing.TB, c *smpptest.Centre, settings string) *Poller {
	t.Helper()
	host := channeltest.Host()
	host.Now = time.Now
	p, err := New(channeltest.Settings([]byte("{system_id: desk"+settings+"}")), host)
	if err != nil {
		t.Fatal(err)
	}
	poller := p.(*Poller)
	poller.dialer = c.Dial
	return poller
}

// run lets a runner poll until the returned function is called.
func run(t testing.TB, store *channeltest.Store, p channels.Poller) (stop func()) {
	r := &channels.Runner{
		Channel: channeltest.Channel, Family: ingest.SMS, Holder: "test", Poller: p, Store: store,
		Budget: channels.NewBudget(64 << 20), Log: slog.New(slog.DiscardHandler),
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); r.Run(ctx) }()
	return func() { cancel(); <-done }
}

func newStore() *channeltest.Store {
	s := channeltest.NewStore()
	s.JoinFor(Kind)
	return s
}

func newCentre(t testing.TB, change ...func(*smpptest.Centre)) *smpptest.Centre {
	c := smpptest.New(t)
	c.Retry = time.Second
	for _, f := range change {
		f(c)
	}
	return c
}

// texts are n messages, the nth says so.
func texts(n int) (all []smpptest.PDU) {
	for i := range n {
		all = append(all, sms(fmt.Sprint("message ", i)))
	}
	return all
}

func sms(text string) smpptest.PDU { return smpptest.Deliver("15550100123", "15550100100", 0, text) }

// checkEach makes sure that the store has each text once, in any order, and
// nothing else.
func checkEach(t *testing.T, store *channeltest.Store, want ...string) {
	t.Helper()
	got := map[string]int{}
	for _, m := range store.Messages() {
		if m.State != ingest.Received {
			t.Errorf("%q is %s: %s %s", m.Arrival.Keys, m.State, m.Arrival.Problem, m.Arrival.Note)
		}
		got[m.Arrival.Message.Text]++
	}
	n := map[string]int{}
	for _, text := range want {
		n[text]++
	}
	for text := range got {
		if got[text] != n[text] {
			t.Errorf("%q is there %d times, want %d", text, got[text], n[text])
		}
	}
	for text := range n {
		if got[text] == 0 {
			t.Errorf("%q is not there", text)
		}
	}
}

func saying(pdus []smpptest.PDU) (all []string) {
	for _, p := range pdus {
		d, err := deliveryOf(p)
		if err != nil {
			panic(err)
		}
		all = append(all, string(d.octets))
	}
	return all
}

// statuses are the answers to each message: "64 0".
func statuses(c *smpptest.Centre) (all []string) {
	for _, m := range c.Messages() {
		var of []string
		for _, s := range m.Statuses {
			of = append(of, fmt.Sprintf("%x", s))
		}
		all = append(all, strings.Join(of, " "))
	}
	return all
}

package imap

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

// A fault is what a server does for an hour, beginning with the first
// connection. Meanwhile the channel is in a state with a reason, or well; then
// all of its mail is there whole and once, and the mailbox beside it has
// noticed nothing.
type fault struct {
	name     string
	state    string              // as it was last reported in that hour; "": ok
	says     string              // of the error reported then, or of any if the state is ok
	pace     pace                // of connections meanwhile
	on       map[string]reaction // what is done at commands
	set      func(*script)       // what is otherwise, before it serves,
	mend     func(*script)       // and how that ends
	settings []string
	config   func(*config, *script)
	mails    string // their states at last; "": all are received
}

// reaction is what a script does at a command; true: it answered.
type reaction = func(p *peer, tag, args string) bool

// pace is how many connections are made in an hour.
type pace [2]int32

var (
	anyPace  = pace{1, 3600}
	kept     = pace{1, 1}
	repeated = pace{10, 40} // doubled pauses, up to five minutes
	slow     = pace{3, 8}   // up to half an hour
)

const faulty, healthy = "faulty", "healthy" // the channels

func (f fault) run(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := channeltest.NewStore()
		bad := newScript(t, 5, func(s *script) { s.wires = newWires() }, func(s *script) {
			if f.set != nil {
				f.set(s)
			}
		})
		good := newScript(t, 3, func(s *script) { s.wires = newWires() })
		for command, do := range f.on {
			bad.when(command, do)
		}
		gates := channels.NewGates()
		stop := begin(t, store, faulty, bad, f.config, gates, f.settings...)
		defer begin(t, store, healthy, good, nil, gates)()
		time.Sleep(time.Hour)
		synctest.Wait()
		f.checkHealth(t, store, bad.wires.dials.Load())
		for command := range f.on {
			bad.when(command, nil)
		}
		if f.mend != nil {
			f.mend(bad)
		}
		time.Sleep(35 * time.Minute)
		f.checkReset(t, store, bad, good)
		stop()
		f.checkMail(t, store, bad)
	})
}

// begin runs a channel until the returned function is called.
func begin(t *testing.T, store *channeltest.Store, name string, s *script, change func(*config, *script), gates *channels.Gates, settings ...string) (stop func()) {
	if !slices.ContainsFunc(settings, func(s string) bool { return strings.HasPrefix(s, "start:") }) {
		settings = append(settings, "start: all")
	}
	p := poller(t, s, settings...)
	p.config.dial, p.host.Channel, p.host.Gates = s.wires.dial, name, gates
	if change != nil {
		change(&p.config, s)
	}
	r := &channels.Runner{
		Channel: name, Family: ingest.Email, Holder: "test", Poller: p, Store: store,
		Budget: channels.NewBudget(64 << 20), Log: slog.New(slog.DiscardHandler),
	}
	done := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { defer close(done); r.Run(ctx) }()
	return func() { cancel(); <-done }
}

func (f fault) checkHealth(t *testing.T, store *channeltest.Store, dials int32) {
	reports := store.Health(faulty)
	if len(reports) == 0 {
		t.Fatal("nothing was reported")
	}
	last, state, all := reports[len(reports)-1], f.state, ""
	if state == "" {
		state = "ok"
	}
	if last.State != state {
		t.Errorf("last reported as %+v, want %s", last, state)
	}
	for _, h := range reports {
		all += h.Error
	}
	if says := last.Error; !strings.Contains(says, f.says) && (state != "ok" || !strings.Contains(all, f.says)) {
		t.Errorf("it says %q, want %q", says, f.says)
	}
	if f.pace == (pace{}) {
		f.pace = anyPace
	}
	if dials < f.pace[0] || dials > f.pace[1] {
		t.Errorf("%d connections in an hour, want %v", dials, f.pace)
	}
	if t.Failed() {
		t.Logf("%+v", reports[:min(len(reports), 12)])
	}
}

// checkReset cuts the connection: if the pace of an hour's faults were still
// kept, the next mail would not be there in time.
func (f fault) checkReset(t *testing.T, store *channeltest.Store, bad, good *script) {
	n := bad.last()
	bad.hangUp()
	for _, s := range []*script{bad, good} {
		s.add(scripted{uid: s.last() + 1, text: mail(int(s.last()))})
	}
	time.Sleep(75 * time.Second) // a poll_every, and what a first failure costs
	synctest.Wait()
	if got := store.Health(faulty); got[len(got)-1].State != "ok" {
		t.Errorf("afterwards it is %+v", got[len(got)-1])
	}
	if list := of(store, faulty); len(list) == 0 || list[len(list)-1].Arrival.Message.Subject != fmt.Sprintf("Question %d", n) {
		t.Errorf("the mail after the fault is not there: %d mails are", len(list))
	}
	if got := of(store, healthy); len(got) != 4 {
		t.Errorf("the mailbox beside it has %d mails, want 4", len(got))
	}
	for _, h := range store.Health(healthy) {
		if h != (ingest.Health{State: "ok"}) {
			t.Errorf("the mailbox beside it was %+v", h)
		}
	}
}

// checkMail compares what is stored with what the server has.
func (f fault) checkMail(t *testing.T, store *channeltest.Store, bad *script) {
	var want []string
	for _, m := range bad.list() {
		want = append(want, m.text)
	}
	var got, states []string
	for _, m := range of(store, faulty) {
		if m.Repeats > 0 {
			t.Errorf("%s was stored %d times more", m.Arrival.Message.Subject, m.Repeats)
		}
		states = append(states, strings.TrimSuffix(fmt.Sprintf("%s %s", m.State, m.Arrival.Problem), " "))
		got = append(got, string(m.Arrival.Raw))
	}
	if f.mails != "" {
		if all := strings.Join(states, ", "); all != f.mails {
			t.Errorf("the mails are\n%s\nwant\n%s", all, f.mails)
		}
		return
	}
	if !slices.Equal(got, want) {
		t.Errorf("%d mails are stored (%v), want the server's %d, whole and in order", len(got), states, len(want))
	}
}

// of are a channel's messages, in order of commit.
func of(store *channeltest.Store, channel string) []channeltest.Stored {
	return slices.DeleteFunc(store.Messages(), func(m channeltest.Stored) bool { return m.Arrival.Message.Channel != channel })
}

package channels_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

// porter is a listener that hears nobody: its socket is not to be had at first,
// and later something is wrong with it.
type porter struct {
	failures int
	ill      atomic.Value // an error
}

func (d *porter) Serve(ctx context.Context, _ channels.Deliveries, opened func(net.Addr)) error {
	if d.failures--; d.failures >= 0 {
		return errors.New("address in use")
	}
	opened(&net.TCPAddr{Port: 25})
	<-ctx.Done()
	return nil
}

func (d *porter) Health() error {
	err, _ := d.ill.Load().(error)
	return err
}

func TestAttendant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, l := channeltest.NewStore(), &porter{failures: 2}
		a := &channels.Attendant{Channel: "mail", Listener: l, Log: slog.New(slog.DiscardHandler), Report: s.Report}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { a.Run(ctx); close(ended) }()
		time.Sleep(20 * time.Second)
		l.ill.Store(errors.New("no certificate"))
		synctest.Wait()
		time.Sleep(time.Minute)
		stop()
		<-ended
		var states []string
		for _, h := range s.Health("mail") {
			states = append(states, h.State+h.Error)
		}
		states = slices.Compact(states)
		if !slices.Equal(states, []string{"failingaddress in use", "ok", "failingno certificate"}) {
			t.Errorf("reported %q", states)
		}
	})
}

// A mailroom stores nothing of a call if one of its channels takes nothing.
func TestMailroom(t *testing.T) {
	s := channeltest.NewStore()
	var counted []string
	m := &channels.Mailroom{
		Intake: channeltest.NewIntake(s, "one", ingest.Email),
		State: func(channel string) error {
			return map[string]error{"paused": channels.ErrPaused, "retired": channels.ErrRetired}[channel]
		},
		Counter: func(what string) { counted = append(counted, what) },
	}
	m.Count("mail")
	to := func(names ...string) (list []ingest.Arrival) {
		for _, name := range names {
			list = append(list, ingest.Arrival{Keys: []string{name}, Message: ingest.Message{Channel: name}})
		}
		return list
	}
	for last, want := range map[string]error{"paused": channels.ErrPaused, "retired": channels.ErrRetired} {
		if _, err := m.Receive(t.Context(), to("one", last)); !errors.Is(err, want) || len(s.Messages()) != 0 {
			t.Errorf("%s: %v, %d stored", last, err, len(s.Messages()))
		}
	}
	if _, err := m.Receive(t.Context(), to("one")); err != nil || len(s.Messages()) != 1 || !slices.Equal(counted, []string{"mail"}) {
		t.Errorf("%v, %d stored, %q counted", err, len(s.Messages()), counted)
	}
}

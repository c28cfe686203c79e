package channels

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"time"

	"gatehouse/ingest"
)

// Listener takes messages on a socket of its own, for the channel and perhaps
// for others (see Kind.Feeds).
type Listener interface {
	// Serve opens the socket, tells opened where it is, and answers until ctx
	// ends; then it lets what is being handed over end, for some seconds, and
	// closes the rest. Nil means that ctx ended; any other error that the socket
	// could not be opened or was lost.
	Serve(ctx context.Context, in Deliveries, opened func(net.Addr)) error
	// Health says what a person must mend while messages still come, as a
	// certificate that cannot be read; nil: nothing.
	Health() error
}

// Deliveries is a listener's way to the store. Each arrival names its channel.
type Deliveries interface {
	Intake
	// Takes is nil if a channel takes messages now, else ErrPaused or ErrRetired.
	Takes(channel string) error
	// Count notes one thing that happened at the socket, by a word of the adapter's.
	Count(what string)
}

// ErrRetired is the error of Deliveries whose channel is no longer in use.
var ErrRetired = errors.New("the channel is retired")

// Mailroom is the program's Deliveries.
type Mailroom struct {
	Intake
	// State is Deliveries.Takes.
	State func(channel string) error
	// Counter is Deliveries.Count; nil: nobody counts.
	Counter func(what string)
}

// Takes is nil if a channel takes messages now.
func (m *Mailroom) Takes(channel string) error { return m.State(channel) }

// Count notes one thing that happened at the socket.
func (m *Mailroom) Count(what string) {
	if m.Counter != nil {
		m.Counter(what)
	}
}

// Receive stores the arrivals, all of them or none, if each of their channels
// takes messages.
func (m *Mailroom) Receive(ctx context.Context, arrivals []ingest.Arrival) (ingest.Receipt, error) {
	for i := range arrivals {
		if err := m.State(arrivals[i].Message.Channel); err != nil {
			return ingest.Receipt{}, err
		}
	}
	return m.Intake.Receive(ctx, arrivals)
}

// Attendant keeps a channel's listener at work.
type Attendant struct {
	Channel  string
	Listener Listener
	In       Deliveries
	Log      *slog.Logger
	// Report tells the store how the channel fares.
	Report func(ctx context.Context, channel string, h ingest.Health) error
	// Opened is told where it listens; nil: nobody is.
	Opened func(net.Addr)
}

// Run listens until ctx ends. A socket that cannot be had is tried again and
// again: it may be another program's for now.
func (a *Attendant) Run(ctx context.Context) {
	for failures := 0; ctx.Err() == nil; {
		err := a.serve(ctx)
		if err == nil || ctx.Err() != nil {
			return
		}
		failures++
		a.Log.Warn("listening failed", "channel", a.Channel, "failures", failures, "err", err)
		a.report(ctx, err)
		sleep(ctx, afterDeafness.pause(failures))
	}
}

// afterDeafness is the pace of tries to open a socket. Clients wait meanwhile,
// so it is a quick one.
var afterDeafness = backoff{first: time.Second, most: 15 * time.Second}

// serve listens once, and reports good health while it does.
func (a *Attendant) serve(ctx context.Context) error {
	watching, stop := context.WithCancel(ctx)
	watched := make(chan struct{})
	close(watched)
	err := a.Listener.Serve(ctx, a.In, func(at net.Addr) {
		a.Log.Info("listening", "channel", a.Channel, "address", at.String())
		if a.Opened != nil {
			a.Opened(at)
		}
		watched = make(chan struct{})
		go func() {
			defer close(watched)
			a.watch(watching)
		}()
	})
	stop()
	<-watched
	return err
}

// watch reports how the listener fares, at once and now and then.
func (a *Attendant) watch(ctx context.Context) {
	for ctx.Err() == nil {
		a.report(ctx, a.Listener.Health())
		sleep(ctx, okEvery)
	}
}

func (a *Attendant) report(ctx context.Context, err error) {
	h := ingest.Health{State: "ok"}
	if err != nil {
		h = ingest.Health{State: "failing", Error: plain(err.Error())}
	}
	if err := a.Report(ctx, a.Channel, h); err != nil && ctx.Err() == nil {
		a.Log.Warn("health not reported", "channel", a.Channel, "err", err)
	}
}

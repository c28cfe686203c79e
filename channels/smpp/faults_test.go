package smpp

import (
	"context"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"gatehouse/channels/channeltest"
	"gatehouse/channels/smpp/smpptest"
)

// A fault is what a centre does for an hour. Meanwhile the channel is in a
// state with a reason; then each of its messages is there once.
type fault struct {
	name     string
	set      func(*smpptest.Centre, *atomic.Bool) // faulty while the bool holds
	dial     func(ctx context.Context) error      // …or how dialling fails
	state    string                               // as last reported in that hour
	says     string                               // somewhere in the reasons
	least    int                                  // binds, or tries to dial, in that hour
	most     int
	settings string
}

func refusing(status uint32) func(*smpptest.Centre, *atomic.Bool) {
	return func(c *smpptest.Centre, faulty *atomic.Bool) {
		c.Sign = func(string, string) uint32 {
			if faulty.Load() {
				return status
			}
			return 0
		}
	}
}

// writing does something in place of each delivery.
func writing(do func(p smpptest.PDU, conn net.Conn)) func(*smpptest.Centre, *atomic.Bool) {
	return func(c *smpptest.Centre, faulty *atomic.Bool) {
		c.Write = func(_ int, p smpptest.PDU, conn net.Conn) bool {
			if !faulty.Load() {
				return false
			}
			do(p, conn)
			return true
		}
	}
}

var faults = []fault{
	{name: "refuses the password", set: refusing(0x0E), state: "needs_reauth", says: "check password", least: 3, most: 16, settings: ", password: [old, new]"},
	{name: "does not know us", set: refusing(0x0F), state: "needs_reauth", says: "check system_id", least: 3, most: 8},
	{name: "refuses the account", set: refusing(0x0D), state: "needs_reauth", says: "may bind as transceiver", least: 3, most: 8},
	{name: "refuses the system_type", set: refusing(0x53), state: "needs_reauth", says: "system_type", least: 3, most: 8},
	{name: "says that we are bound", set: refusing(0x05), state: "failing", says: "bound already", least: 10, most: 40},
	{name: "is asked too often", set: refusing(0x58), state: "failing", says: "asked less", least: 3, most: 8},
	{name: "is under repair", set: refusing(0x08), state: "failing", says: "under repair", least: 10, most: 40},
	{name: "knows no transceivers", set: refusing(0x03), state: "failing", says: "bind: transceiver", least: 10, most: 40},
	{name: "is mute", set: func(c *smpptest.Centre, faulty *atomic.Bool) { c.Mute = faulty.Load }, state: "failing", says: "fell silent", least: 0, most: 0},
	{name: "hangs up at once", set: func(c *smpptest.Centre, faulty *atomic.Bool) {
		c.Sign = func(string, string) uint32 {
			if faulty.Load() {
				c.Send(smpptest.Make(smpptest.Unbind, 0, 1, nil))
			}
			return 0
		}
	}, state: "failing", says: "comes first", least: 10, most: 40},
	{name: "delivers halves", set: writing(func(p smpptest.PDU, conn net.Conn) { _, _ = conn.Write(p[:20]); conn.Close() }),
		state: "failing", says: "the centre hung up", least: 10, most: 40},
	{name: "stops within a PDU", set: func(c *smpptest.Centre, faulty *atomic.Bool) {
		c.Window = 1
		writing(func(p smpptest.PDU, conn net.Conn) { _, _ = conn.Write(p[:20]) })(c, faulty)
	}, state: "failing", says: "fell silent", least: 10, most: 80},
	{name: "delivers what is too long", set: writing(func(p smpptest.PDU, conn net.Conn) { _, _ = conn.Write(append([]byte{0, 1, 0, 1}, p[4:]...)) }),
		state: "failing", says: "no SMPP", least: 10, most: 40},
	{name: "delivers what has no header", set: writing(func(p smpptest.PDU, conn net.Conn) { _, _ = conn.Write(append([]byte{0, 0, 0, 15}, p[4:]...)) }),
		state: "failing", says: "no SMPP", least: 10, most: 40},
	{name: "ends each session", set: writing(func(_ smpptest.PDU, conn net.Conn) { _, _ = conn.Write(smpptest.Make(smpptest.Unbind, 0, 1, nil)) }),
		state: "failing", says: "ended the session", least: 10, most: 40},
	{name: "is not there", dial: func(context.Context) error { return syscall.ECONNREFUSED }, state: "failing", says: "nothing listens", least: 10, most: 40},
	{name: "has no name", dial: func(context.Context) error { return &net.DNSError{Name: "smsc.example.com", IsNotFound: true} },
		state: "failing", says: "no name server", least: 10, most: 40},
	{name: "is out of reach", dial: func(context.Context) error { return syscall.EHOSTUNREACH }, state: "failing", says: "no way", least: 10, most: 40},
	{name: "swallows what is sent", dial: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }, state: "failing", says: "", least: 10, most: 40},
}

// TestFaults is the list of what centres do, a line each.
func TestFaults(t *testing.T) {
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) { synctest.Test(t, f.run) })
	}
}

func (f fault) run(t *testing.T) {
	var faulty atomic.Bool
	faulty.Store(true)
	c, store := newCentre(t), newStore()
	if f.set != nil {
		f.set(c, &faulty)
	}
	p, dials := open(t, c, ""), 0
	if f.settings != "" {
		p = openWith(t, c, ", addresses: smsc.example.com"+f.settings)
	}
	p.dialer = func(ctx context.Context, network, address string) (net.Conn, error) {
		if f.dial != nil && faulty.Load() {
			dials++
			return nil, &net.OpError{Op: "dial", Err: f.dial(ctx)}
		}
		return c.Dial(ctx, network, address)
	}
	c.Put(texts(5)...)
	stop := run(t, store, p)
	time.Sleep(time.Hour)
	synctest.Wait()
	reports := store.Health(channeltest.Channel)
	last, all := reports[len(reports)-1], ""
	for _, h := range reports {
		if !strings.Contains(all, h.Error) {
			all += h.Error + "\n"
		}
	}
	if binds, _, _ := c.Counts(); last.State != f.state || !strings.Contains(all, f.says) || binds+dials < f.least || binds+dials > f.most {
		t.Errorf("%+v after %d binds; want %s, %q, %d to %d binds\n%s", last, binds+dials, f.state, f.says, f.least, f.most, all)
	}
	faulty.Store(false)
	time.Sleep(time.Hour)
	stop()
	checkEach(t, store, saying(texts(5))...)
	if reports = store.Health(channeltest.Channel); reports[len(reports)-1].State != "ok" || c.Left() != 0 {
		t.Errorf("afterwards it is %+v, %d are not answered", reports[len(reports)-1], c.Left())
	}
	c.Close()
}

// TestIdle is an hour in which nobody writes: both ask whether the other is
// there, and one session lasts.
func TestIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, store := newCentre(t), newStore()
		c.Put(texts(1)...)
		stop := run(t, store, open(t, c, ", enquire_every: 1m"))
		time.Sleep(time.Hour)
		c.Send(smpptest.Make(smpptest.EnquireLink, 0, 7, nil))
		c.Send(smpptest.Make(0x102, 0, 8, []byte("\x00\x00a\x00\x00\x00b\x00"))) // alert_notification
		c.Send(smpptest.Make(0x04, 0, 9, nil))                                   // submit_sm, which is ours to send
		time.Sleep(time.Minute)
		c.Put(texts(2)[1:]...)
		time.Sleep(time.Minute)
		stop()
		checkEach(t, store, saying(texts(2))...)
		if binds, _, links := c.Counts(); binds != 1 || links < 55 || links > 70 {
			t.Errorf("%d binds, asked %d times", binds, links)
		}
		if place, err := store.Cursor(t.Context(), channeltest.Channel, "", 1); err != nil || place != "" {
			t.Errorf("the place is %q, %v: nothing is in doubt", place, err)
		}
		if n := len(store.Batches()); n > 4 {
			t.Errorf("%d commits in an hour of two messages", n)
		}
		c.Close()
	})
}

// TestBinds keeps several sessions, and goes on with those there are.
func TestBinds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var full atomic.Bool
		var c *smpptest.Centre
		c = newCentre(t, func(centre *smpptest.Centre) {
			centre.Sign = func(string, string) uint32 {
				if full.Load() && c.Sessions() > 2 {
					return 0x05
				}
				return 0
			}
		})
		store := newStore()
		full.Store(true)
		stop := run(t, store, open(t, c, ", binds: 3"))
		time.Sleep(time.Minute)
		c.Put(texts(50)...)
		time.Sleep(10 * time.Minute)
		last := func() (state, says string) {
			h := store.Health(channeltest.Channel)
			return h[len(h)-1].State, h[len(h)-1].Error
		}
		if state, says := last(); state != "failing" || !strings.Contains(says, "bound already") || c.Sessions() != 2 {
			t.Errorf("%s, %s, %d sessions", state, says, c.Sessions())
		}
		if binds, _, _ := c.Counts(); binds > 30 {
			t.Errorf("%d binds in eleven minutes", binds)
		}
		full.Store(false)
		time.Sleep(10 * time.Minute)
		if state, says := last(); state != "ok" || c.Sessions() != 3 {
			t.Errorf("%s, %s, %d sessions", state, says, c.Sessions())
		}
		stop()
		checkEach(t, store, saying(texts(50))...)
		c.Close()
	})
}

// TestFailover binds to the next address where the first lets nobody in.
func TestFailover(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, store := newCentre(t), newStore()
		p := openWith(t, c, ", password: secret, addresses: [one.example.com, two.example.com:99]")
		var asked []string
		p.dialer = func(ctx context.Context, network, address string) (net.Conn, error) {
			asked = append(asked, address)
			if strings.HasPrefix(address, "one") {
				return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
			}
			return c.Dial(ctx, network, address)
		}
		c.Put(texts(3)...)
		stop := run(t, store, p)
		time.Sleep(time.Minute)
		stop()
		checkEach(t, store, saying(texts(3))...)
		if !slices.Equal(asked, []string{"one.example.com:2775", "two.example.com:99"}) {
			t.Errorf("asked %q", asked)
		}
		c.Close()
	})
}

package imap

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
)

// TestMailboxesTakeTurns has more mailboxes on a host than it takes
// connections, one of them mute: each of the others is read in time.
func TestMailboxesTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, gates := channeltest.NewStore(), channels.NewGates()
		s := newScript(t, 3, func(s *script) { s.wires = newWires() })
		s.when("UID SEARCH", func(p *peer, tag, args string) bool { return p.user == "user3" && mute(p, tag, args) })
		name := func(n int) string { return fmt.Sprintf("mailbox%d", n) }
		for n := range 6 {
			defer begin(t, store, name(n), s, func(c *config, _ *script) {
				c.MaxConnections, c.Username = 2, fmt.Sprintf("user%d", n)
			}, gates)()
		}
		time.Sleep(5 * time.Minute)
		s.add(scripted{uid: 4, text: mail(3)})
		time.Sleep(5 * time.Minute)
		for n := range 6 {
			if got, want := len(of(store, name(n))), 4; got != want && n != 3 {
				t.Errorf("%s has %d mails, want %d", name(n), got, want)
			}
			for _, h := range store.Health(name(n)) {
				if (h.State != "ok") != (n == 3) {
					t.Errorf("%s is %+v", name(n), h)
				}
			}
		}
		if most := s.wires.most.Load(); most != 2 {
			t.Errorf("%d connections at once, want 2", most)
		}
	})
}

// TestIdleMailboxKeepsItsConnection: where nobody waits, nobody leaves.
func TestIdleMailboxKeepsItsConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, gates := channeltest.NewStore(), channels.NewGates()
		s := newScript(t, 3, func(s *script) { s.wires = newWires() })
		for n := range 2 {
			defer begin(t, store, fmt.Sprint("mailbox", n), s, func(c *config, _ *script) { c.MaxConnections = 2 }, gates)()
		}
		time.Sleep(time.Hour)
		if n := s.wires.dials.Load(); n != 2 {
			t.Errorf("%d connections in an hour, want 2", n)
		}
	})
}

// TestBacklogYields: a mailbox with much to read lets others in between.
func TestBacklogYields(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, gates := channeltest.NewStore(), channels.NewGates()
		s := newScript(t, 2000, func(s *script) { s.wires = newWires() })
		one := func(c *config, _ *script) { c.MaxConnections = 1 }
		s.when("UID FETCH", func(p *peer, tag, args string) bool { time.Sleep(20 * time.Second); return false })
		defer begin(t, store, "large", s, one, gates)()
		time.Sleep(30 * time.Second)
		small := newScript(t, 3, func(s *script) { s.wires = newWires() })
		defer begin(t, store, "small", small, one, gates)()
		time.Sleep(150 * time.Second)
		large, early := len(of(store, "large")), len(of(store, "small"))
		if early != 3 || large == 2000 {
			t.Errorf("%d mails of the small mailbox when the large one has %d", early, large)
		}
		time.Sleep(time.Hour)
		if n := len(of(store, "large")); n != 2000 {
			t.Errorf("%d of 2000", n)
		}
	})
}

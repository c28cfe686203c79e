package imap

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

// impatient polls with the shortest time limits.
func impatient(t *testing.T, s *script, settings ...string) *Poller {
	p := poller(t, s, append(settings, "start: all")...)
	p.config.CommandTimeout, p.config.ConnectTimeout, p.config.PollEvery = 300*time.Millisecond, 300*time.Millisecond, 300*time.Millisecond
	return p
}

// rounds polls as the runner does, up to n times, with a new connection after
// each error, and reports how many rounds failed.
func rounds(t *testing.T, p *Poller, s *channeltest.Store, n int) (failed int) {
	t.Helper()
	for range n {
		err := within10s(t, "Poll", func() error { return poll(t, p, s) })
		if err == nil {
			return failed
		}
		failed++
		must(t, within10s(t, "Close", p.Close))
	}
	t.Fatalf("still failing after %d rounds", n)
	return failed
}

func TestMuteServer(t *testing.T) {
	for _, command := range []string{"CAPABILITY", "LOGIN", "EXAMINE", "UID SEARCH", "UID FETCH"} {
		t.Run(command, func(t *testing.T) {
			s, store := newScript(t, 3), channeltest.NewStore()
			s.when(command, mute)
			p := impatient(t, s)
			err := within10s(t, "Poll", func() error { return poll(t, p, store) })
			if err == nil || !ingest.Temporary(err) {
				t.Errorf("Poll returned %v, want a temporary error", err)
			}
			must(t, within10s(t, "Close", p.Close))
			s.when(command, nil)
			rounds(t, p, store, 1)
			holds(t, store, upTo(3)...)
		})
	}
}

func TestMuteInLiteral(t *testing.T) {
	s, store := newScript(t, 3), channeltest.NewStore()
	s.when("UID FETCH", func(p *peer, _, args string) bool {
		if !strings.Contains(args, "BODY.PEEK[]") {
			return false
		}
		p.say("* 1 FETCH (UID 1 BODY[] {500}\r\nFrom:")
		_, _ = p.r.ReadString(0)
		return true
	})
	p := impatient(t, s)
	if err := within10s(t, "Poll", func() error { return poll(t, p, store) }); err == nil {
		t.Error("no error")
	}
	must(t, within10s(t, "Close", p.Close))
	holds(t, store)
}

func TestEndOfContextEndsPoll(t *testing.T) {
	s, store := newScript(t, 1), channeltest.NewStore() // one mail, on which the blame would fall
	ctx, cancel := context.WithCancel(t.Context())
	s.when("UID FETCH", func(p *peer, _, args string) bool {
		if !strings.Contains(args, "BODY.PEEK[]") {
			return false
		}
		p.say("* 1 FETCH (UID 1 BODY[] {500}\r\nFrom:")
		cancel()
		_, _ = p.r.ReadString(0)
		return true
	})
	p := poller(t, s, "start: all", "command_timeout: 1m")
	err := within10s(t, "Poll", func() error {
		return p.Poll(ctx, channeltest.NewSession(store, channeltest.Channel, ingest.Email))
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Poll returned %v", err)
	}
	must(t, within10s(t, "Close", p.Close))
	if n := p.folders[0].notes[1].endings; n != 0 {
		t.Errorf("the mail is blamed %d times for the end of the context", n)
	}
}

// bodyLast answers as a server that sends the UID after everything else.
func bodyLast(p *peer, tag, args string, seq bool) bool {
	p.fetch(args, seq, func(m scripted, what string) string {
		return strings.Join(append(parts(m, what), fmt.Sprintf("UID %d", m.uid)), " ")
	})
	p.say("%s OK done", tag)
	return true
}

func TestUIDAfterBody(t *testing.T) {
	s, store := newScript(t, 5), channeltest.NewStore()
	s.when("UID FETCH", func(p *peer, tag, args string) bool { return bodyLast(p, tag, args, false) })
	s.when("FETCH", func(p *peer, tag, args string) bool { return bodyLast(p, tag, args, true) })
	pollOK(t, impatient(t, s), store, upTo(5)...)
}

func TestUnknownUntagged(t *testing.T) {
	for _, line := range []string{"* XSTATUS all well", "* VANISHED 41,43:116"} {
		t.Run(line, func(t *testing.T) {
			s, store := newScript(t, 5), channeltest.NewStore()
			s.when("UID FETCH", func(p *peer, _, args string) bool {
				if p.n == 1 && strings.Contains(args, "BODY.PEEK[]") {
					p.say("* 1 FETCH (%s)", p.item(p.list()[0], args))
					p.say("%s", line)
				}
				return false
			})
			if rounds(t, impatient(t, s), store, 2) != 1 {
				t.Error("the line did no harm: this test tests nothing")
			}
			holds(t, store, upTo(5)...)
		})
	}
}

// states is the state of each message, with the problem of dead ones.
func states(s *channeltest.Store) string {
	var all []string
	for _, m := range s.Messages() {
		all = append(all, strings.TrimSuffix(fmt.Sprintf("%s %s", m.State, m.Arrival.Problem), " "))
	}
	return strings.Join(all, ", ")
}

func TestUnknownFetchItem(t *testing.T) {
	s, store := newScript(t, 4), channeltest.NewStore()
	s.when("UID FETCH", func(p *peer, tag, args string) bool {
		if !strings.Contains(args, "BODY.PEEK[]") {
			return false
		}
		p.fetch(args, false, func(m scripted, what string) string {
			if m.uid == 2 {
				return fmt.Sprintf("UID 2 X-GM-MSGID 1278455344230334865 BODY[] %s", lit(m.text))
			}
			return p.item(m, what)
		})
		p.say("%s OK done", tag)
		return true
	})
	failed := rounds(t, impatient(t, s), store, 10)
	if failed != maxEndings+2 { // once among others, then alone, and then after another was given
		t.Errorf("%d connections ended, want %d", failed, maxEndings+2)
	}
	if got := states(store); got != "received, dead unreadable, received, received" {
		t.Error(got)
	}
	dead := store.Messages()[1].Arrival
	if dead.Message.From.Value != "c1@example.com" || !strings.Contains(dead.Note, "6 connections") || len(dead.Raw) == 0 {
		t.Errorf("the dead one does not tell what is known: %+v", dead)
	}
}

func TestCutInLiteral(t *testing.T) {
	s, store := newScript(t, 6), channeltest.NewStore()
	s.when("UID FETCH", func(p *peer, _, args string) bool {
		if p.n > 3 || !strings.Contains(args, "BODY.PEEK[]") {
			return false
		}
		first := p.list()[0]
		for _, m := range p.list() {
			if within(strings.Fields(args)[0], m.uid, 99) {
				first = m
				break
			}
		}
		p.say("* 1 FETCH (%s)", p.item(first, args))
		_, _ = fmt.Fprintf(p.conn, "* 2 FETCH (UID %d BODY[] {500}\r\nFrom:", first.uid+1)
		_ = p.conn.Close()
		return true
	})
	rounds(t, impatient(t, s), store, 6)
	holds(t, store, upTo(6)...)
}

func TestByeInFetch(t *testing.T) {
	s, store := newScript(t, 10), channeltest.NewStore()
	s.when("UID FETCH", func(p *peer, _, args string) bool {
		if !strings.Contains(args, "BODY.PEEK[]") {
			return false
		}
		for _, m := range p.list() {
			if within(strings.Fields(args)[0], m.uid, 99) {
				p.say("* %d FETCH (%s)", m.uid, p.item(m, args))
				break
			}
		}
		p.say("* BYE that is enough")
		_ = p.conn.Close()
		return true
	})
	if failed := rounds(t, impatient(t, s), store, 12); failed > 10 {
		t.Errorf("%d connections for 10 mails", failed)
	}
	holds(t, store, upTo(10)...)
}

func TestExpungedMeanwhile(t *testing.T) {
	for _, when := range []string{"RFC822.SIZE", "BODY.PEEK[]"} {
		t.Run(when, func(t *testing.T) {
			s, store := newScript(t, 6), channeltest.NewStore()
			s.when("UID FETCH", func(p *peer, _, args string) bool {
				if strings.Contains(args, when) {
					s.drop(2, 5, 6)
					for range 3 {
						p.say("* 2 EXPUNGE")
					}
				}
				return false
			})
			p := impatient(t, s)
			pollOK(t, p, store, 0, 2, 3)
			if p.folders[0].at.last != 6 {
				t.Errorf("the cursor stands at %d", p.folders[0].at.last)
			}
		})
	}
}

func TestFlagsFloodFetch(t *testing.T) {
	s, store := newScript(t, 5), channeltest.NewStore()
	s.when("UID FETCH", func(p *peer, _, args string) bool {
		for range 300 { // others read and mark the mails that are asked for
			for _, m := range p.list() {
				p.say("* %d FETCH (UID %d FLAGS (\\Seen))", m.uid, m.uid)
			}
		}
		return false
	})
	pollOK(t, impatient(t, s), store, upTo(5)...)
}

func TestStarNamesTheLastOldMail(t *testing.T) {
	s, store := newScript(t, 3), channeltest.NewStore()
	p := impatient(t, s)
	pollOK(t, p, store, upTo(3)...)
	s.when("UID SEARCH", func(p *peer, tag, _ string) bool {
		p.say("* SEARCH 1 2 3")
		p.say("%s OK done", tag)
		return true
	})
	asked := s.count("UID FETCH")
	pollOK(t, p, store, upTo(3)...)
	if s.count("UID FETCH") != asked {
		t.Error("old mail was asked for again")
	}
}

func TestWrongSize(t *testing.T) {
	for name, size := range map[string]int{"far too small": 1, "too large": 4000, "none": -1} {
		t.Run(name, func(t *testing.T) {
			big := mail(1) + strings.Repeat("line\r\n", 50_000)
			s := newScript(t, 3, func(s *script) { s.mails[1] = scripted{uid: 2, text: big, size: size} })
			store := channeltest.NewStore()
			if size < 0 {
				s.when("UID FETCH", func(p *peer, tag, args string) bool {
					p.fetch(args, false, func(m scripted, what string) string {
						return p.item(m, strings.ReplaceAll(what, "RFC822.SIZE", ""))
					})
					p.say("%s OK done", tag)
					return true
				})
			}
			pollOK(t, impatient(t, s), store, 0, 1, 2)
			if got := store.Messages()[1].Arrival.Raw; string(got) != big {
				t.Errorf("%d octets stored, want %d", len(got), len(big))
			}
		})
	}
}

func TestHugeLiteral(t *testing.T) {
	s, store := newScript(t, 3), channeltest.NewStore()
	s.when("UID FETCH", func(p *peer, tag, args string) bool {
		if !strings.Contains(args, "BODY.PEEK[]") {
			return false
		}
		p.fetch(args, false, func(m scripted, what string) string {
			if m.uid == 2 {
				return "UID 2 BODY[] {4294967296}\r\nFrom: "
			}
			return p.item(m, what)
		})
		p.say("%s OK done", tag)
		return true
	})
	rounds(t, impatient(t, s), store, 3)
	holds(t, store, 0, 1, 2)
	m := store.Messages()[1].Arrival.Message
	if len(m.Defects) == 0 || m.Defects[len(m.Defects)-1].Code != "limit_size" || !strings.Contains(m.Text, "4294967296 bytes") {
		t.Errorf("not told as too large: %q %v", m.Text, m.Defects)
	}
}

func TestNILBody(t *testing.T) {
	s, store := newScript(t, 3), channeltest.NewStore()
	nilBody := func(p *peer, tag, args string) bool {
		if !strings.Contains(args, "BODY.PEEK[]") {
			return false
		}
		p.fetch(args, false, func(m scripted, what string) string {
			if m.uid == 2 {
				return "UID 2 BODY[] NIL"
			}
			return p.item(m, what)
		})
		p.say("%s OK done", tag)
		return true
	}
	s.when("UID FETCH", nilBody)
	s.when("FETCH", nilBody)
	must(t, poll(t, impatient(t, s), store))
	if got := states(store); got != "received, dead unreadable, received" {
		t.Error(got)
	}
}

// refuse answers NO to whatever asks for the body of one of the messages.
func refuse(text string, uids ...uint32) func(p *peer, tag, args string) bool {
	return func(p *peer, tag, args string) bool {
		if !strings.Contains(args, "BODY.PEEK[]") {
			return false
		}
		for _, uid := range uids {
			if within(strings.Fields(args)[0], uid, 99) {
				p.say("%s %s", tag, text)
				return true
			}
		}
		return false
	}
}

func TestRefusedForEver(t *testing.T) {
	for _, text := range []string{"NO [SERVERBUG] internal error", "BAD cannot do that"} {
		t.Run(text, func(t *testing.T) {
			s, store := newScript(t, 4), channeltest.NewStore()
			s.when("UID FETCH", refuse(text, 3))
			s.when("FETCH", refuse(text, 3))
			must(t, poll(t, impatient(t, s), store))
			if got := states(store); got != "received, received, dead unreadable, received" {
				t.Error(got)
			}
		})
	}
}

// pollBlocked polls and expects that the folder's first new mail is in the way.
func pollBlocked(t *testing.T, p *Poller, s *channeltest.Store) {
	t.Helper()
	if err := poll(t, p, s); !channels.InPart(err) || !strings.Contains(err.Error(), "uid 1 stands before") {
		t.Fatalf("Poll returned %v", err)
	}
	holds(t, s)
}

func TestRefusedAlone(t *testing.T) {
	s, store := newScript(t, 1), channeltest.NewStore()
	s.when("UID FETCH", refuse("NO not now", 1))
	s.when("FETCH", refuse("NO not now", 1))
	p := impatient(t, s)
	for range maxRefused - 1 {
		pollBlocked(t, p, store) // it may be the server's trouble
	}
	must(t, poll(t, p, store))
	if got := states(store); got != "dead unreadable" {
		t.Error(got)
	}
}

func TestRefusedAlonePassesWithTheNext(t *testing.T) {
	s, store := newScript(t, 1), channeltest.NewStore()
	s.when("UID FETCH", refuse("NO not now", 1))
	s.when("FETCH", refuse("NO not now", 1))
	p := impatient(t, s)
	p.window = 1
	pollBlocked(t, p, store)
	s.add(scripted{uid: 2, text: mail(1)})
	must(t, poll(t, p, store))
	if got := states(store); got != "dead unreadable, received" {
		t.Error(got)
	}
}

func TestServerTroubleKillsNoMail(t *testing.T) {
	s, store := newScript(t, 5), channeltest.NewStore()
	s.when("UID FETCH", refuse("NO [UNAVAILABLE] backend down", 1, 2, 3, 4, 5))
	s.when("FETCH", refuse("NO [UNAVAILABLE] backend down", 1, 2, 3, 4, 5))
	p := impatient(t, s)
	for range 3 * maxRefused { // however long it lasts
		pollBlocked(t, p, store)
	}
	s.when("UID FETCH", nil)
	s.when("FETCH", nil)
	pollOK(t, p, store, upTo(5)...)
}

func TestListRefused(t *testing.T) {
	s, store := newScript(t, 3), channeltest.NewStore()
	s.when("UID FETCH", func(p *peer, tag, args string) bool {
		if strings.Contains(args, "HEADER.FIELDS") {
			p.say("%s BAD no header fields here", tag)
			return true
		}
		return false
	})
	pollOK(t, impatient(t, s), store, upTo(3)...)
}

func TestFloodEndsConnection(t *testing.T) {
	s, store := newScript(t, 1), channeltest.NewStore()
	s.when("EXAMINE", func(p *peer, _, _ string) bool {
		for line := "* OK " + strings.Repeat("x", 1<<20); ; {
			if _, err := fmt.Fprint(p.conn, line); err != nil {
				return true
			}
		}
	})
	p := impatient(t, s)
	if err := within10s(t, "Poll", func() error { return poll(t, p, store) }); err == nil {
		t.Error("no error")
	}
}

func TestNoUIDVALIDITY(t *testing.T) {
	s, store := newScript(t, 3, func(s *script) { s.validity = 0 }), channeltest.NewStore()
	p := impatient(t, s)
	if err := poll(t, p, store); err == nil || !strings.Contains(err.Error(), "UIDVALIDITY") {
		t.Errorf("Poll returned %v", err)
	}
	holds(t, store)
	s.become(7, s.list()...)
	must(t, p.Close())
	pollOK(t, p, store, upTo(3)...)
}

func TestDeadIDLE(t *testing.T) {
	s, store := newScript(t, 2), channeltest.NewStore()
	p := impatient(t, s)
	pollOK(t, p, store, upTo(2)...)
	s.add(scripted{uid: 3, text: mail(2)}) // this server never tells
	must(t, within10s(t, "Wait", func() error { return p.Wait(t.Context()) }))
	pollOK(t, p, store, upTo(3)...)
}

func TestMuteIDLE(t *testing.T) {
	for name, mute := range map[string]func(p *peer, _, _ string) bool{
		"at once":    func(p *peer, _, _ string) bool { _, _ = p.r.ReadString(0); return true },
		"after DONE": func(p *peer, _, _ string) bool { p.say("+ idling"); _, _ = p.r.ReadString(0); return true },
	} {
		t.Run(name, func(t *testing.T) {
			s, store := newScript(t, 2), channeltest.NewStore()
			s.when("IDLE", mute)
			p := impatient(t, s)
			pollOK(t, p, store, upTo(2)...)
			if err := within10s(t, "Wait", func() error { return p.Wait(t.Context()) }); err == nil {
				t.Error("no error")
			}
			must(t, within10s(t, "Close", p.Close))
		})
	}
}

func TestIDLERefused(t *testing.T) {
	s, store := newScript(t, 2), channeltest.NewStore()
	s.when("IDLE", func(p *peer, tag, _ string) bool { p.say("%s NO not for you", tag); return true })
	p := impatient(t, s)
	pollOK(t, p, store, upTo(2)...)
	for range 2 {
		must(t, within10s(t, "Wait", func() error { return p.Wait(t.Context()) }))
	}
	if n := s.count("IDLE"); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

func TestConnectionEndsInIDLE(t *testing.T) {
	s, store := newScript(t, 2), channeltest.NewStore()
	s.when("IDLE", func(p *peer, _, _ string) bool { p.say("+ idling"); p.say("* BYE"); _ = p.conn.Close(); return true })
	p := impatient(t, s)
	p.config.PollEvery = time.Hour
	pollOK(t, p, store, upTo(2)...)
	if err := within10s(t, "Wait", func() error { return p.Wait(t.Context()) }); err == nil {
		t.Error("no error")
	}
}

func TestRestIsNoSilence(t *testing.T) {
	s, store := newScript(t, 2), channeltest.NewStore()
	p := impatient(t, s)
	store.Before(func(b ingest.Batch) {
		if len(b.Arrivals) > 0 {
			time.Sleep(500 * time.Millisecond) // the database takes longer than the server may
		}
	})
	pollOK(t, p, store, upTo(2)...)
	if s.count("LOGIN") != 1 {
		t.Error("the connection was given up while the store was slow")
	}
}

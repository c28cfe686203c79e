package imap

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

// c1 bans whoever wrote every seventh mail.
func c1(m ingest.Message) bool { return m.From.Value == "c1@example.com" }

// banning polls a mailbox with c1 banned; what was refused is no message that
// the returned order has heard of, but for the first.
func banning(t *testing.T, p *Poller) (*channeltest.Session, *channeltest.Order) {
	t.Helper()
	s := channeltest.NewStore()
	in := channeltest.NewSession(s, channeltest.Channel, ingest.Email)
	in.Banned = func(m ingest.Message) int64 {
		if c1(m) {
			return 17
		}
		return 0
	}
	must(t, p.Poll(t.Context(), in))
	known := map[string]ingest.Want{}
	refused := 0
	for _, m := range s.Messages() {
		if m.State != ingest.Refused {
			known[m.Arrival.Keys[0]] = ingest.NotWanted
		} else if refused++; refused == 1 {
			known[m.Arrival.Keys[0]] = ingest.Wanted
		}
	}
	in.Banned = nil
	return in, &channeltest.Order{In: in, Meant: c1, Want: func(key string) ingest.Want {
		if want, ok := known[key]; ok {
			return want
		}
		return ingest.Unheard
	}}
}

// took fails the test unless the order took these mails whole, in this order.
func took(t *testing.T, o *channeltest.Order, want ...int) {
	t.Helper()
	var got []string
	for _, a := range o.Taken {
		got = append(got, string(a.Raw))
	}
	var mails []string
	for _, n := range want {
		mails = append(mails, mail(n))
	}
	if strings.Join(got, "|") != strings.Join(mails, "|") {
		t.Fatalf("taken\n%q\nwant\n%q", got, mails)
	}
}

func TestRefetch(t *testing.T) {
	onEachServer(t, func(t *testing.T, b *mailbox) {
		b.put("INBOX", 0, 24)
		p := poller(t, b, "start: all")
		in, o := banning(t, p)
		must(t, b.client("INBOX").Store(imap.SeqSetNum(16), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close())
		must(t, b.own.Noop().Wait())
		other := b.client("INBOX")
		must(t, other.Expunge().Close()) // mail 15 is gone
		b.put("INBOX", 24, 30)           // the cursor has not passed these
		p.window, p.widest = 2, 2
		for range 2 {
			must(t, p.Refetch(t.Context(), in, o))
			took(t, o, 1, 8, 22)
			must(t, p.Close())
		}
		for _, m := range o.Moves {
			if m.From != m.To || m.Mailbox != "INBOX" || m.Era == 0 {
				t.Errorf("moves %+v", m)
			}
		}
		must(t, p.Poll(t.Context(), in))
		holds(t, in.Store, upTo(30)...)
	})
}

func TestRefetchDownloadsNoBodyThatIsNotWanted(t *testing.T) {
	s := newScript(t, 24)
	p := poller(t, s, "start: all")
	in, o := banning(t, p)
	before := s.count("UID FETCH")
	o.Meant = func(ingest.Message) bool { return false }
	must(t, p.Refetch(t.Context(), in, o))
	took(t, o, 1)
	bodies := 0
	s.mu.Lock()
	for _, c := range s.seen {
		if strings.HasPrefix(c, "UID FETCH 2 ") && strings.Contains(c, "BODY.PEEK[]") {
			bodies++
		}
	}
	s.mu.Unlock()
	if n := s.count("UID FETCH") - before; n > 2 || bodies != 1 {
		t.Errorf("%d fetches, %d of the one body that is wanted", n, bodies)
	}
}

func TestRefetchLeavesOutWhatABanStillRefuses(t *testing.T) {
	b := newMailbox(t)
	b.put("INBOX", 0, 16)
	p := poller(t, b, "start: all")
	in, o := banning(t, p)
	in.Banned = func(m ingest.Message) int64 { return 18 }
	must(t, p.Refetch(t.Context(), in, o))
	if len(o.Taken) > 0 || o.Left[ingest.SkipRefused] != 3 {
		t.Errorf("%d taken, left %v", len(o.Taken), o.Left)
	}
}

func TestRefetchLooksNoFurtherThanTheFirstRefusal(t *testing.T) {
	b := newMailbox(t)
	b.put("INBOX", 0, 24)
	p := poller(t, b, "start: all")
	in, o := banning(t, p)
	want, early := o.Want, map[string]bool{}
	for _, m := range in.Store.Messages() {
		if m.Arrival.Message.Subject == "Question 9" {
			early[m.Arrival.Keys[0]] = true
		}
	}
	o.Want = func(key string) ingest.Want {
		if early[key] {
			return ingest.Earlier
		}
		return want(key)
	}
	must(t, p.Refetch(t.Context(), in, o))
	took(t, o, 1, 15, 22) // 8 was not refused by this rule
}

func TestRefetchTakesNoMailThatStartLeftOut(t *testing.T) {
	for start, want := range map[string][]int{"new": {8}, "all": {1, 8}, "2026-11-21": nil} {
		b := newMailbox(t)
		b.put("INBOX", 0, 12)
		p := poller(t, b, "start: all")
		in, o := banning(t, p)
		o.Want = nil // nothing has a row
		in.FirstSeen = received(7)
		p.config.Start, p.config.since = start, time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
		must(t, p.Refetch(t.Context(), in, o))
		took(t, o, want...)
	}
}

func TestRefetchInAllFolders(t *testing.T) {
	b := newMailbox(t)
	b.create("Second")
	b.put("INBOX", 0, 3)
	b.put("Second", 3, 12)
	p := poller(t, b, "start: all", "folders: [INBOX, Second]", "after: seen")
	in, o := banning(t, p)
	must(t, p.Refetch(t.Context(), in, o))
	took(t, o, 1, 8)
	if got := b.subjects("INBOX"); strings.Count(got, "seen") != 3 {
		t.Errorf("INBOX holds %s", got)
	}
	if place := p.folders[0].place; strings.Contains(place, "due") {
		t.Errorf("cursor %q", place)
	}
}

func TestRefetchEndsWithTheConnectionAndBeginsAgain(t *testing.T) {
	b := newMailbox(t)
	b.put("INBOX", 0, 24)
	p := poller(t, b, "start: all")
	in, o := banning(t, p)
	p.window, p.widest = 1, 1
	gone := ingest.AsTemporary(errors.New("the database is away"))
	n := 0
	o.Fail = func(ingest.Batch) error {
		if n++; n == 2 {
			return gone
		}
		return nil
	}
	if err := p.Refetch(t.Context(), in, o); !errors.Is(err, gone) {
		t.Fatalf("refetch hides that the store is away: %v", err)
	}
	must(t, p.Close())
	must(t, p.Refetch(t.Context(), in, o))
	took(t, o, 1, 8, 15, 22)
	if now, _ := in.Held(); now != 0 {
		t.Errorf("%d octets still held", now)
	}
}

func TestRefetchWithServersTrouble(t *testing.T) {
	for what, on := range map[string]func(s *script){
		"refused": func(s *script) {
			s.when("UID FETCH", func(p *peer, tag, args string) bool {
				if !strings.HasPrefix(args, "2 ") && !strings.HasPrefix(args, "2,") || !strings.Contains(args, "BODY.PEEK[]") {
					return false
				}
				p.say("%s NO not that one", tag)
				return true
			})
			s.when("FETCH", func(p *peer, tag, _ string) bool { p.say("%s NO not that one", tag); return true })
		},
	} {
		t.Run(what, func(t *testing.T) {
			s := newScript(t, 16)
			p := poller(t, s, "start: all")
			in, o := banning(t, p)
			on(s)
			must(t, p.Refetch(t.Context(), in, o))
			took(t, o, 8, 15)
			if o.Left[ingest.SkipFailed] != 1 {
				t.Errorf("left %v", o.Left)
			}
		})
	}
}

func TestRefetchAfterANewValidity(t *testing.T) {
	s := newScript(t, 16)
	p := poller(t, s, "start: all")
	in, o := banning(t, p)
	s.become(8, s.list()...)
	if err := p.Refetch(t.Context(), in, o); !ingest.Temporary(err) || len(o.Taken) > 0 {
		t.Errorf("%d taken, %v; want it to be polled first", len(o.Taken), err)
	}
}

func TestRefetchOfWhatTheStoreRefuses(t *testing.T) {
	b := newMailbox(t)
	b.put("INBOX", 0, 16)
	p := poller(t, b, "start: all")
	in, o := banning(t, p)
	o.Fail = func(b ingest.Batch) error {
		for _, a := range b.Arrivals {
			if a.Problem == "" && a.Message.Subject == "Question 8" {
				return ingest.AsInvalid(errors.New("this one"))
			}
		}
		return nil
	}
	must(t, p.Refetch(t.Context(), in, o))
	took(t, o, 1, 8, 15)
	if a := o.Taken[1]; a.Problem != ingest.ReasonRejected {
		t.Errorf("%+v", a)
	}
}

func TestRefetchReadsApartAfterATryThatDidNotEnd(t *testing.T) {
	b := newMailbox(t)
	b.put("INBOX", 0, 16)
	p := poller(t, b, "start: all")
	in, o := banning(t, p)
	p.inside = die
	p.apart = child{command: []string{os.Args[0], ChildCommand}, timeout: time.Minute}.read
	o.Afar = true
	must(t, p.Refetch(t.Context(), in, o))
	took(t, o, 1, 8, 15)
	if o.Taken[0].Problem != "" {
		t.Errorf("%+v", o.Taken[0])
	}
}

func TestFetchWhole(t *testing.T) {
	onEachServer(t, func(t *testing.T, b *mailbox) {
		b.put("INBOX", 0, 1)
		b.deliver("INBOX", mail(1)+strings.Repeat("long\r\n", 1000), received(1))
		p := poller(t, b, "start: all", "max_message_bytes: 2000")
		s := channeltest.NewStore()
		in := channeltest.NewSession(s, channeltest.Channel, ingest.Email)
		must(t, p.Poll(t.Context(), in))
		bare := s.Messages()[1].Arrival
		o := &channeltest.Order{In: in, Large: true, Want: func(key string) ingest.Want {
			if key == bare.Keys[0] {
				return ingest.Wanted
			}
			return ingest.NotWanted
		}}
		must(t, p.Refetch(t.Context(), in, o))
		if len(o.Taken) != 1 {
			t.Fatalf("%d taken", len(o.Taken))
		}
		whole := o.Taken[0]
		if whole.Content != bare.Content || len(whole.Raw) < 6000 || len(whole.Message.Defects) > 0 || !strings.Contains(whole.Message.Text, "long") {
			t.Errorf("content %t, %d octets, defects %v", whole.Content == bare.Content, len(whole.Raw), whole.Message.Defects)
		}
	})
}

func TestFetchWholeHasABound(t *testing.T) {
	s := newScript(t, 1, func(s *script) { s.mails[0].size = maxWhole + 1 })
	p := poller(t, s, "start: all")
	in := channeltest.NewSession(channeltest.NewStore(), channeltest.Channel, ingest.Email)
	must(t, p.Poll(t.Context(), in))
	o := &channeltest.Order{Large: true, Want: func(string) ingest.Want { return ingest.Wanted }}
	must(t, p.Refetch(t.Context(), in, o))
	if len(o.Taken) != 0 || o.Left[ingest.SkipTooLarge] != 1 {
		t.Errorf("%d taken, left %v", len(o.Taken), o.Left)
	}
	if p.conn.most >= maxWhole {
		t.Errorf("the bound stays at %d", p.conn.most)
	}
}

package imap

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

func TestPollTakesEverythingOnce(t *testing.T) {
	onEachServer(t, func(t *testing.T, b *mailbox) {
		s := channeltest.NewStore()
		b.put("INBOX", 0, 450)
		p := poller(t, b, "start: all")
		pollOK(t, p, s, upTo(450)...)
		b.put("INBOX", 450, 455)
		pollOK(t, p, s, upTo(455)...)
		must(t, p.Close())
		pollOK(t, p, s, upTo(455)...)
		if sizes := s.Batches(); sizes[1] != maxBatch {
			t.Errorf("batches %v, want the first of %d", sizes, maxBatch)
		}
		for i, m := range s.Messages() {
			if string(m.Arrival.Raw) != mail(i) {
				t.Fatalf("mail %d is stored as %q", i, m.Arrival.Raw)
			}
		}
	})
}

func TestResume(t *testing.T) {
	onEachServer(t, func(t *testing.T, b *mailbox) {
		b.put("INBOX", 0, 14)
		channeltest.Resume(t, ingest.Email, 14, func(t *testing.T) channels.Poller {
			p := poller(t, b, "start: all")
			p.window, p.widest = 2, 2
			return p
		})
	})
}

func TestResumeWithFoldersAndAfter(t *testing.T) {
	b := newMailbox(t)
	b.create("Second")
	b.put("INBOX", 0, 5)
	b.put("Second", 5, 9)
	channeltest.Resume(t, ingest.Email, 9, func(t *testing.T) channels.Poller {
		p := poller(t, b, "start: all", "folders: [INBOX, Second]", "after: seen")
		p.window, p.widest = 2, 2
		return p
	})
	if got := b.subjects("INBOX"); strings.Count(got, "seen") != 5 {
		t.Errorf("INBOX holds %s", got)
	}
}

func TestWaitHearsOfNewMail(t *testing.T) {
	onEachServer(t, func(t *testing.T, b *mailbox) {
		s := channeltest.NewStore()
		p := poller(t, b, "poll_every: 1h")
		pollOK(t, p, s)
		woke := make(chan error, 1)
		go func() { woke <- p.Wait(t.Context()) }()
		n := 0
		for waiting := true; waiting; n++ { // the server in memory is silent on what came before it heard IDLE
			b.put("INBOX", n, n+1)
			select {
			case err := <-woke:
				must(t, err)
				waiting = false
			case <-time.After(50 * time.Millisecond):
			}
		}
		pollOK(t, p, s, upTo(n)...)
	})
}

func TestWaitEndsWithContext(t *testing.T) {
	b := newMailbox(t)
	p := poller(t, b)
	must(t, poll(t, p, channeltest.NewStore()))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	must(t, p.Wait(ctx))
}

func TestStart(t *testing.T) {
	for start, want := range map[string][]int{
		"new": {5, 6}, "all": {0, 1, 2, 3, 4, 5, 6}, "2026-11-12": {2, 3, 4, 5, 6}, "2030-01-01": {5, 6},
	} {
		t.Run(start, func(t *testing.T) {
			onEachServer(t, func(t *testing.T, b *mailbox) {
				day := func(n int) time.Time { return time.Date(2026, 11, 10+n, 12, 0, 0, 0, time.UTC) }
				for n := range 5 {
					b.deliver("INBOX", mail(n), day(n))
				}
				s := channeltest.NewStore()
				in := channeltest.NewSession(s, channeltest.Channel, ingest.Email)
				in.FirstSeen = day(4).Add(-time.Hour)
				p := poller(t, b, "start: "+start)
				must(t, p.Poll(t.Context(), in))
				b.deliver("INBOX", mail(5), day(5))
				b.deliver("INBOX", mail(6), day(-9)) // somebody moved an old mail here
				must(t, p.Poll(t.Context(), in))
				holds(t, s, want...)
				for _, m := range s.Messages() {
					old := m.Arrival.Message.ReceivedAt.Before(in.FirstSeen)
					if m.Arrival.Message.Historic != (old && start != "new") {
						t.Errorf("%s is historic: %t", m.Arrival.Message.Subject, m.Arrival.Message.Historic)
					}
				}
			})
		})
	}
}

func TestAfter(t *testing.T) {
	for after, want := range map[string][2]string{
		"keep":         {"Question 0, Question 1, Question 2", ""},
		"seen":         {"seen Question 0, seen Question 1, seen Question 2", ""},
		"move:Archive": {"", "Question 0, Question 1, Question 2"},
		"delete":       {"", ""},
	} {
		t.Run(after, func(t *testing.T) {
			onEachServer(t, func(t *testing.T, b *mailbox) {
				b.create("Archive")
				b.put("INBOX", 0, 3)
				s := channeltest.NewStore()
				p := poller(t, b, "start: all", "after: "+after)
				pollOK(t, p, s, upTo(3)...)
				got := [2]string{b.subjects("INBOX"), b.subjects("Archive")}
				if got != want {
					t.Errorf("the server has %q, want %q", got, want)
				}
				if due := p.folders[0].place; strings.Contains(due, "due") {
					t.Errorf("cursor %q after all is done", due)
				}
				pollOK(t, p, s, upTo(3)...)
			})
		})
	}
}

func TestAfterLeavesOthersDeletedMail(t *testing.T) {
	onEachServer(t, func(t *testing.T, b *mailbox) {
		b.put("INBOX", 0, 3)
		p, s := poller(t, b, "after: delete"), channeltest.NewStore()
		pollOK(t, p, s)
		must(t, b.client("INBOX").Store(imap.SeqSetNum(2), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close())
		b.put("INBOX", 3, 5)
		pollOK(t, p, s, 3, 4)
		if got := b.subjects("INBOX"); got != "Question 0, Question 1, Question 2" {
			t.Errorf("INBOX holds %s", got)
		}
	})
}

func TestAfterSparesRefusedDeadAndLarge(t *testing.T) {
	b, s := newMailbox(t), channeltest.NewStore()
	b.put("INBOX", 0, 3)
	b.deliver("INBOX", mail(3)+strings.Repeat("long\r\n", 1000), received(3))
	in := channeltest.NewSession(s, channeltest.Channel, ingest.Email)
	in.Banned = func(m ingest.Message) int64 {
		if m.From.Value == "c1@example.com" {
			return 17
		}
		return 0
	}
	p := poller(t, b, "start: all", "after: delete", "max_message_bytes: 2000")
	inside := p.inside
	p.inside = func(ctx context.Context, raw []byte) (reading, error) {
		if string(raw) == mail(2) {
			return reading{}, errors.New("cannot read this one")
		}
		return inside(ctx, raw)
	}
	must(t, p.Poll(t.Context(), in))
	if got := states(s); got != "received, refused, dead unreadable, received" {
		t.Error(got)
	}
	if got := b.subjects("INBOX"); got != "Question 1, Question 2, Question 3" {
		t.Errorf("INBOX holds %s", got)
	}
	refused := s.Messages()[1].Arrival
	if refused.Refused != 17 || refused.Raw != nil || len(refused.Prints) != 1 {
		t.Errorf("refused as %+v", refused)
	}
}

func TestReadOrDeletedMeanwhile(t *testing.T) {
	onEachServer(t, func(t *testing.T, b *mailbox) {
		p, s := poller(t, b), channeltest.NewStore()
		pollOK(t, p, s)
		b.put("INBOX", 0, 4)
		other := b.client("INBOX")
		must(t, other.Store(imap.SeqSetNum(1, 2), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagSeen}}, nil).Close())
		must(t, other.Store(imap.SeqSetNum(3), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close())
		must(t, other.Expunge().Close())
		pollOK(t, p, s, 0, 1, 3)
	})
}

func TestMessageIDsDecideNothing(t *testing.T) {
	onEachServer(t, func(t *testing.T, b *mailbox) {
		none := strings.Replace(mail(0), "Message-ID: <m0@example.com>\r\n", "", 1)
		same := strings.Replace(mail(2), "<m2@", "<m1@", 1)
		for i, text := range []string{none, none, mail(1), same} {
			b.deliver("INBOX", text, received(i))
		}
		p, s := poller(t, b, "start: all"), channeltest.NewStore()
		pollOK(t, p, s, 0, 0, 1, 2)
	})
}

func TestLargeMail(t *testing.T) {
	onEachServer(t, func(t *testing.T, b *mailbox) {
		b.put("INBOX", 0, 1)
		b.deliver("INBOX", mail(1)+strings.Repeat(strings.Repeat("x", 70)+"\r\n", 60<<20/72), received(1))
		b.deliver("INBOX", mail(2)+strings.Repeat(strings.Repeat("x", 70)+"\r\n", 20<<20/72), received(2))
		b.put("INBOX", 3, 4)
		s := channeltest.NewStore()
		in := channeltest.NewSession(s, channeltest.Channel, ingest.Email)
		must(t, poller(t, b, "start: all").Poll(t.Context(), in))
		holds(t, s, upTo(4)...)
		large := s.Messages()[1].Arrival
		if n := len(large.Raw); n > 1000 || large.Problem != "" || !strings.Contains(large.Message.Text, "the limit is 52428800") {
			t.Errorf("%d octets, problem %q, text %q", n, large.Problem, large.Message.Text)
		}
		if n := len(s.Messages()[2].Arrival.Raw); n < 20<<20-72 {
			t.Errorf("%d octets of a mail within the limit", n)
		}
		for i, m := range s.Messages() { // the text of the one with 20 MiB of it is not stored twice
			if m.Arrival.Derived != (i == 2) {
				t.Errorf("mail %d is derived: %t", i, m.Arrival.Derived)
			}
		}
		if now, most := in.Held(); now != 0 || most < 20<<20-72 || most > 21<<20 {
			t.Errorf("%d octets of the budget held, %d at most", now, most)
		}
	})
}

// refetch is a session that wants refused mail again, for its ban was lifted.
type refetch struct {
	*channeltest.Session
	lifted bool
	asked  int
}

func (r *refetch) Receive(ctx context.Context, b ingest.Batch) (ingest.Receipt, error) {
	var receipt ingest.Receipt
	for _, a := range b.Arrivals {
		again := a.Refused != 0 && r.lifted
		receipt.Results = append(receipt.Results, ingest.Result{Again: again})
		if again {
			r.asked++
		}
	}
	if r.asked == 1 {
		r.asked++
		return receipt, nil
	}
	return r.Session.Receive(ctx, b)
}

func TestBanLiftedMeanwhile(t *testing.T) {
	b, s := newMailbox(t), channeltest.NewStore()
	b.put("INBOX", 0, 6)
	in := &refetch{Session: channeltest.NewSession(s, channeltest.Channel, ingest.Email), lifted: true}
	in.Banned = func(m ingest.Message) int64 { // the memory of this process is behind
		if m.From.Value == "c1@example.com" {
			return 17
		}
		return 0
	}
	p := poller(t, b, "start: all")
	p.window, p.widest = 2, 2
	must(t, p.Poll(t.Context(), in))
	holds(t, s, upTo(6)...)
	if got := s.Messages()[1]; got.State != ingest.Received || string(got.Arrival.Raw) != mail(1) {
		t.Errorf("%s with %q", got.State, got.Arrival.Raw)
	}
	if in.asked != 2 {
		t.Error("nothing was asked for again: this test tests nothing")
	}
}

func TestRefusedAndReadAreOneMail(t *testing.T) {
	b := newMailbox(t)
	b.put("INBOX", 0, 1)
	content := func(ban int64) ingest.Hash {
		s := channeltest.NewStore()
		in := channeltest.NewSession(s, channeltest.Channel, ingest.Email)
		in.Banned = func(ingest.Message) int64 { return ban }
		must(t, poller(t, b, "start: all").Poll(t.Context(), in))
		return s.Messages()[0].Arrival.Content
	}
	if content(0) != content(17) {
		t.Error("a mail that is refused and later read would conflict with itself")
	}
}

func TestUIDVALIDITYChanged(t *testing.T) {
	onEachServer(t, func(t *testing.T, b *mailbox) {
		b.create("Support")
		b.put("Support", 0, 5)
		s := channeltest.NewStore()
		p := poller(t, b, "start: all", "folders: [Support]")
		p.window, p.widest = 2, 2
		pollOK(t, p, s, upTo(5)...)
		b.recreate("Support")
		for _, n := range []int{4, 5, 1, 1, 0, 2} { // 3 is gone, 5 is new, and 1 came twice
			b.deliver("Support", mail(n), received(n))
		}
		must(t, p.Close())
		pollOK(t, p, s, 0, 1, 2, 3, 4, 5, 1)
		b.put("Support", 6, 7)
		pollOK(t, p, s, 0, 1, 2, 3, 4, 5, 1, 6)
		if strings.Contains(p.folders[0].place, "again") {
			t.Errorf("cursor %q", p.folders[0].place)
		}
	})
}

func TestUIDVALIDITYChangedWhileConnected(t *testing.T) {
	s, store := newScript(t, 3), channeltest.NewStore()
	p := impatient(t, s)
	pollOK(t, p, store, upTo(3)...)
	s.become(6, scripted{uid: 1, text: mail(3)}, scripted{uid: 2, text: mail(1)})
	pollOK(t, p, store, upTo(4)...)
}

func TestNewValidityTakesNoMailFromBeforeTheStart(t *testing.T) {
	b, s := newMailbox(t), channeltest.NewStore()
	b.create("Support")
	b.put("Support", 0, 3)
	in := channeltest.NewSession(s, channeltest.Channel, ingest.Email)
	in.FirstSeen = received(3)
	p := poller(t, b, "folders: [Support]")
	must(t, p.Poll(t.Context(), in))
	b.recreate("Support")
	b.put("Support", 0, 5)
	must(t, p.Close())
	must(t, p.Poll(t.Context(), in))
	holds(t, s, 3, 4)
}

func TestFolders(t *testing.T) {
	onEachServer(t, func(t *testing.T, b *mailbox) {
		b.create("Second")
		b.put("INBOX", 0, 3)
		b.put("Second", 3, 6)
		s := channeltest.NewStore()
		p := poller(t, b, "start: all", "folders: [inbox, Second]")
		pollOK(t, p, s, upTo(6)...)
		b.put("Second", 6, 7)
		pollOK(t, p, s, upTo(7)...)
		if key := s.Messages()[3].Arrival.Keys[0]; !strings.HasPrefix(key, "Second\x00") || !strings.HasSuffix(key, "\x001") {
			t.Errorf("key %q", key)
		}
	})
}

func TestRefusedFolderStopsNobody(t *testing.T) {
	onEachServer(t, func(t *testing.T, b *mailbox) {
		b.create("Second")
		b.put("INBOX", 0, 3)
		b.put("Second", 3, 6)
		s := channeltest.NewStore()
		err := poll(t, poller(t, b, "start: all", "folders: [INBOX, Nowhere, Second]"), s)
		if err == nil || !strings.Contains(err.Error(), `"Nowhere"`) {
			t.Errorf("Poll returned %v", err)
		}
		holds(t, s, upTo(6)...)
	})
}

func TestFoldersTakeTurns(t *testing.T) {
	b, s := newMailbox(t), channeltest.NewStore()
	b.create("Second")
	b.put("INBOX", 0, 12)
	b.put("Second", 12, 13)
	p := poller(t, b, "start: all", "folders: [INBOX, Second]")
	p.window, p.widest = 1, 1
	must(t, poll(t, p, s))
	for i, m := range s.Messages() {
		if m.Arrival.Message.Subject == "Question 12" && i > passBatch {
			t.Errorf("the second folder waited for %d messages of the first", i)
		}
	}
}

func TestAnotherPollerTakesOver(t *testing.T) {
	b, s := newMailbox(t), channeltest.NewStore()
	b.put("INBOX", 0, 6)
	one, two := poller(t, b, "start: all"), poller(t, b, "start: all")
	one.window, one.widest, two.window, two.widest = 2, 2, 2, 2
	first := channeltest.NewSession(s, channeltest.Channel, ingest.Email)
	taken := false
	s.Before(func(batch ingest.Batch) { // the first one is frozen within its work
		if !taken && len(batch.Arrivals) > 0 {
			taken = true
			must(t, two.Poll(t.Context(), channeltest.NewSession(s, channeltest.Channel, ingest.Email)))
		}
	})
	if err := one.Poll(t.Context(), first); !errors.Is(err, ingest.ErrFenced) {
		t.Errorf("Poll returned %v", err)
	}
	holds(t, s, upTo(6)...)
}

func TestStoreRefusesDataOfOne(t *testing.T) {
	b, s := newMailbox(t), channeltest.NewStore()
	b.put("INBOX", 0, 5)
	s.Reject(func(a ingest.Arrival) bool { return a.Message.Subject == "Question 2" })
	must(t, poll(t, poller(t, b, "start: all", "after: seen"), s))
	if got := states(s); got != "received, received, dead rejected, received, received" {
		t.Error(got)
	}
	if string(s.Messages()[2].Arrival.Raw) != mail(2) {
		t.Error("the dead one lost its bytes")
	}
	if got, want := b.subjects("INBOX"), "seen Question 0, seen Question 1, Question 2, seen Question 3, seen Question 4"; got != want {
		t.Errorf("INBOX holds %s", got)
	}
}

func TestAfterIsDoneBatchByBatch(t *testing.T) {
	b, s := newMailbox(t), channeltest.NewStore()
	b.put("INBOX", 0, 20)
	p := poller(t, b, "start: all", "after: seen")
	p.window, p.widest = 1, 1
	s.Before(func(batch ingest.Batch) {
		if _, due, _ := strings.Cut(batch.Move.To, "due="); strings.ContainsAny(due, ":,") {
			t.Errorf("more than a batch is due: %q", batch.Move.To)
		}
	})
	pollOK(t, p, s, upTo(20)...)
}

func TestDueIsDoneAfterACrash(t *testing.T) {
	b, s := newMailbox(t), channeltest.NewStore()
	b.put("INBOX", 0, 3)
	p := poller(t, b, "start: all", "after: seen")
	n := 0
	s.Before(func(ingest.Batch) {
		if n++; n == 2 { // stored, but this process never hears of it
			s.LoseAnswer(ingest.AsTemporary(errors.New("gone")))
		}
	})
	if err := poll(t, p, s); err == nil {
		t.Fatal("no error")
	}
	if got := b.subjects("INBOX"); strings.Contains(got, "seen") {
		t.Fatalf("touched without a word from the store: %s", got)
	}
	pollOK(t, poller(t, b, "start: all", "after: seen"), s, upTo(3)...)
	if got := b.subjects("INBOX"); strings.Count(got, "seen") != 3 {
		t.Errorf("INBOX holds %s", got)
	}
}

func TestAfterIsTriedAgain(t *testing.T) {
	s, store := newScript(t, 3), channeltest.NewStore()
	s.when("UID STORE", func(p *peer, tag, _ string) bool { p.say("%s NO not now", tag); return true })
	p := impatient(t, s, "after: seen")
	if err := poll(t, p, store); !channels.InPart(err) {
		t.Fatalf("Poll returned %v", err)
	}
	holds(t, store, upTo(3)...)
	if place := p.folders[0].place; !strings.HasSuffix(place, "due=1:3") {
		t.Errorf("cursor %q", place)
	}
	s.when("UID STORE", nil)
	asked := s.count("UID STORE 1:3")
	pollOK(t, p, store, upTo(3)...)
	if s.count("UID STORE 1:3") != asked+1 || strings.Contains(p.folders[0].place, "due") {
		t.Errorf("not done: cursor %q", p.folders[0].place)
	}
}

func TestMoveByCopyStopsWhenTheCopyFails(t *testing.T) {
	s, store := newScript(t, 3, func(s *script) { s.caps = "IMAP4rev1 UIDPLUS" }), channeltest.NewStore()
	s.when("UID COPY", func(p *peer, tag, _ string) bool { p.say("%s NO [OVERQUOTA] full", tag); return true })
	p := impatient(t, s, "after: move:Archive")
	if err := poll(t, p, store); !channels.InPart(err) {
		t.Fatalf("Poll returned %v", err)
	}
	holds(t, store, upTo(3)...)
	if s.count("UID STORE")+s.count("UID EXPUNGE")+s.count("EXPUNGE") > 0 {
		t.Error("removed without a copy")
	}
	s.when("UID COPY", nil)
	pollOK(t, p, store, upTo(3)...)
	if s.count("UID EXPUNGE 1:3") != 1 {
		t.Error("not moved")
	}
}

func TestKeepReadsOnly(t *testing.T) {
	s, store := newScript(t, 3), channeltest.NewStore()
	pollOK(t, impatient(t, s), store, upTo(3)...)
	for _, command := range []string{"SELECT", "UID STORE", "UID MOVE"} {
		if s.count(command) > 0 {
			t.Errorf("%s with after: keep", command)
		}
	}
	if s.count("EXAMINE") == 0 {
		t.Error("no EXAMINE")
	}
}

func TestYoungestDue(t *testing.T) {
	set := imap.UIDSet{{Start: 1, Stop: 5}, {Start: 9, Stop: 9}}
	if got := fmt.Sprint(youngest(set, 3)); got != "4:5,9" {
		t.Error(got)
	}
}

// What comes in the second of the first connection is no history: servers count
// whole seconds.
func TestTheFirstSecondIsNoHistory(t *testing.T) {
	connected := time.Date(2026, 11, 21, 12, 0, 5, 700e6, time.UTC)
	p := &Poller{config: config{Start: startAll}}
	for date, want := range map[time.Time]bool{
		connected.Truncate(time.Second):                   false,
		connected.Truncate(time.Second).Add(-time.Second): true,
	} {
		if got := p.historic(meta{date: date}, connected); got != want {
			t.Errorf("%s is historic: %t", date, got)
		}
	}
}

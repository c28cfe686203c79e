package imap

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"net/netip"

	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

// die is a reader that ends the process at the second mail.
func die(_ context.Context, raw []byte) (reading, error) {
	if string(raw) == mail(1) {
		panic("this process is dead")
	}
	return here(context.Background(), raw)
}

// live polls carefully as one process does, and reports whether it died.
func live(t *testing.T, b *mailbox, s *channeltest.Store, command string) (died bool) {
	t.Helper()
	in := channeltest.NewSession(s, channeltest.Channel, ingest.Email)
	in.BeCareful = true
	p := poller(t, b, "start: all")
	p.inside = die
	p.apart = child{command: []string{os.Args[0], command}, timeout: time.Minute}.read
	defer func() { died = recover() != nil }()
	must(t, p.Poll(t.Context(), in))
	return
}

func TestReaderCrashes(t *testing.T) {
	for command, want := range map[string]string{
		"child-dies": "received, dead crashed, received",
		ChildCommand: "received, received, received",
	} {
		t.Run(command, func(t *testing.T) {
			b, s := newMailbox(t), channeltest.NewStore()
			b.put("INBOX", 0, 3)
			if !live(t, b, s, command) {
				t.Fatal("the first process did not die")
			}
			if live(t, b, s, command) {
				t.Fatal("the second process died")
			}
			if got := states(s); got != want {
				t.Errorf("%s, want %s", got, want)
			}
			if string(s.Messages()[1].Arrival.Raw) != mail(1) {
				t.Error("its bytes are not kept")
			}
		})
	}
}

func TestCrashAgainAndAgain(t *testing.T) {
	b, s := newMailbox(t), channeltest.NewStore()
	b.put("INBOX", 0, 2)
	for range maxTries { // as if the machine lost its memory each time, whoever reads
		if _, err := s.Attempt(t.Context(), channeltest.Channel, "INBOX", "v=1 uid=2"); err != nil {
			t.Fatal(err)
		}
	}
	if live(t, b, s, ChildCommand) {
		t.Fatal("it was read once more")
	}
	if got := states(s); got != "received, dead crashed" {
		t.Error(got)
	}
}

func TestCrashBeforeItIsRead(t *testing.T) {
	b, s := newMailbox(t), channeltest.NewStore()
	b.put("INBOX", 0, 3)
	for range 2 * maxTries { // as if there was no memory for its body
		if _, err := s.Attempt(t.Context(), channeltest.Channel, "INBOX", "v=1 uid=2"); err != nil {
			t.Fatal(err)
		}
	}
	if live(t, b, s, ChildCommand) {
		t.Fatal("it was read once more")
	}
	if got := states(s); got != "received, dead crashed, received" {
		t.Error(got)
	}
	if raw := string(s.Messages()[1].Arrival.Raw); !strings.Contains(raw, "Question 1") || strings.Contains(raw, "Text of mail") {
		t.Errorf("kept is %q, want what the list said of it", raw)
	}
}

func TestCarefulGoesOneByOneForAWhile(t *testing.T) {
	b, s := newMailbox(t), channeltest.NewStore()
	const n = 2*maxBatch + 50
	b.put("INBOX", 0, n)
	in := channeltest.NewSession(s, channeltest.Channel, ingest.Email)
	in.BeCareful = true
	must(t, poller(t, b, "start: all").Poll(t.Context(), in))
	holds(t, s, upTo(n)...)
	sizes := s.Batches()
	if len(sizes) < 2*maxBatch || sizes[1] != 1 || sizes[2*maxBatch] != 1 || len(sizes) > 2*maxBatch+10 {
		t.Errorf("batches %v", sizes)
	}
}

func TestCarefulWithGoneAndLargeMail(t *testing.T) {
	s, store := newScript(t, 4, func(s *script) { s.mails[2].size = 60 << 20 }), channeltest.NewStore()
	s.when("UID FETCH", func(p *peer, _, args string) bool {
		if strings.Contains(args, "BODY.PEEK[]") {
			s.drop(2)
		}
		return false
	})
	in := channeltest.NewSession(store, channeltest.Channel, ingest.Email)
	in.BeCareful = true
	must(t, impatient(t, s).Poll(t.Context(), in))
	holds(t, store, 0, 2, 3)
}

// sameAddr lets netip.Addr be compared.
var sameAddr = cmp.Comparer(func(a, b netip.Addr) bool { return a == b })

func TestReadApartIsReadHere(t *testing.T) {
	for _, raw := range []string{mail(1), "", "no header\r\n\r\nat all\x00\xff", "In-Reply-To: <a@example.com>\r\n" + mail(2)} {
		here, err := here(t.Context(), []byte(raw))
		must(t, err)
		apart, err := child{command: []string{os.Args[0], ChildCommand}, timeout: time.Minute}.read(t.Context(), []byte(raw))
		must(t, err)
		if d := cmp.Diff(here, apart, sameAddr, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%q: %s", raw, d)
		}
	}
}

func TestChildThatFails(t *testing.T) {
	for _, command := range []string{"child-dies", "child-hangs", "child-babbles", "child-eats"} {
		t.Run(command, func(t *testing.T) {
			timeout := time.Minute
			if command == "child-hangs" {
				timeout = 300 * time.Millisecond
			}
			_, err := child{command: []string{os.Args[0], command}, timeout: timeout}.read(t.Context(), []byte(mail(1)))
			if crash := (*errCrash)(nil); !errors.As(err, &crash) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestChildThatCannotStartIsNobodysFault(t *testing.T) {
	_, err := child{command: []string{"/nonexistent"}, timeout: time.Minute}.read(t.Context(), nil)
	if crash := (*errCrash)(nil); err == nil || errors.As(err, &crash) {
		t.Errorf("got %v", err)
	}
}

func TestPanicIsTheMailsProblem(t *testing.T) {
	b, s := newMailbox(t), channeltest.NewStore()
	b.put("INBOX", 0, 3)
	p := poller(t, b, "start: all")
	p.inside = func(ctx context.Context, raw []byte) (r reading, err error) {
		defer rescue(&err)
		return die(ctx, raw)
	}
	must(t, poll(t, p, s))
	if got := states(s); got != "received, dead unreadable, received" {
		t.Error(got)
	}
	if note := s.Messages()[1].Arrival.Note; !strings.Contains(note, fmt.Sprintf("%T", "")) || strings.Contains(note, "dead") {
		t.Errorf("note %q: want the panic's type, not its words", note)
	}
}

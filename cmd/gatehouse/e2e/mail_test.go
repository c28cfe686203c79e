package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"

	"gatehouse/cmd/gatehouse/housetest"
)

// plain is a mail with the header fields given, a line each, and a text.
func plain(name string, fields ...string) string {
	return strings.Join(append(fields, "From: Ann <ann@example.com>", "Subject: "+name, "", name+" "+planted, ""), "\r\n")
}

func TestMailThatIsHardToTellApart(t *testing.T) {
	t.Parallel()
	b := housetest.NewMailbox(t)
	b.Deliver("No id, one", plain("No id, one"))
	b.Deliver("No id, two", plain("No id, two"))
	b.Deliver("One id, one", plain("One id, one", "Message-ID: <same@example.com>"))
	b.Deliver("One id, two", plain("One id, two", "Message-ID: <same@example.com>"))
	b.Deliver("Twin", plain("Twin", "Message-ID: <twin@example.com>"))
	b.Deliver("Twin", plain("Twin", "Message-ID: <twin@example.com>"))
	h := newHouse(t, b.Channel("support-mail"))
	h.Serve()
	h.Decided(map[string]int{"support-mail": len(b.Names)})
	h.Holds(b.Names...)
}

func TestMailThatIsHardToRead(t *testing.T) {
	t.Parallel()
	b := housetest.NewMailbox(t)
	b.Deliver("Torn", plain("Torn", "Content-Type: multipart/mixed; boundary=\"never", "Content-Transfer-Encoding: base64"))
	b.Deliver("", planted+" \x00\x01\xff\xfe\x80 no header at all\r\n\r\n\x00\x00")
	b.Deliver("", "")
	b.Deliver("Lost charset", plain("Lost charset", "Content-Type: text/plain; charset=no-such-charset"))
	b.Deliver("Nested", nested("Nested", 2000))
	b.Deliver("After them", plain("After them"))
	h := newHouse(t, b.Channel("support-mail"))
	h.Serve()
	h.Decided(map[string]int{"support-mail": len(b.Names)})
	h.Holds(b.Names...)
	if m := h.Message("After them"); m.State != "conversed" {
		t.Errorf("the mail after them is %s, %s", m.State, m.Reason)
	}
}

// nested is a mail of so many multiparts, each in the one before.
func nested(name string, depth int) string {
	var b strings.Builder
	b.WriteString("From: Ann <ann@example.com>\r\nSubject: " + name + "\r\n")
	for n := range depth {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", n, n)
	}
	b.WriteString("\r\n" + planted + "\r\n")
	return b.String()
}

func TestMailThatOthersTouch(t *testing.T) {
	t.Parallel()
	b := housetest.NewMailbox(t)
	b.Deliver("Read before", plain("Read before"), imap.FlagSeen)
	first := b.Deliver("First", plain("First"))
	read := b.Deliver("Read meanwhile", plain("Read meanwhile"))
	gone := b.Deliver("Deleted meanwhile", plain("Deleted meanwhile"))
	b.Deliver("Last", plain("Last"))
	other := b.Client()
	b.At(first, func() { // all of them are listed by now, and none is read
		mark := func(uid imap.UID, flag imap.Flag) {
			change := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{flag}, Silent: true}
			if err := other.Store(imap.UIDSetNum(uid), change, nil).Close(); err != nil {
				t.Error(err)
			}
		}
		mark(read, imap.FlagSeen)
		mark(gone, imap.FlagDeleted)
		if err := other.Expunge().Close(); err != nil {
			t.Error(err)
		}
	})
	h := newHouse(t, b.Channel("support-mail"))
	h.Serve()
	h.Decided(map[string]int{"support-mail": 4})
	b.Deliver("Later", plain("Later"))
	h.Decided(map[string]int{"support-mail": 5})
	h.Holds("Read before", "First", "Read meanwhile", "Last", "Later")
}

func TestMailThatIsTooLarge(t *testing.T) {
	t.Parallel()
	b := housetest.NewMailbox(t)
	b.Deliver("Small, before", plain("Small, before"))
	b.Deliver("Huge", plain("Huge")+strings.Repeat(strings.Repeat("x", 998)+"\r\n", 60<<10))
	b.Deliver("Small, after", plain("Small, after"))
	h := newHouse(t, b.Channel("support-mail"))
	h.Serve()
	h.Decided(map[string]int{"support-mail": 3})
	h.Holds(b.Names...)
	if m := h.Message("Huge"); m.State != "held" || m.Reason != "size" || m.From.Value != "ann@example.com" {
		t.Errorf("%+v, want it held for its size, with its sender", m)
	}
}

// The mailbox is made anew with the same mails under other UIDs: a restored
// backup, a moved account.
func TestMailboxIsMadeAnew(t *testing.T) {
	t.Parallel()
	b := housetest.NewMailbox(t)
	fill := func(twins int) {
		for range twins {
			b.Deliver("Twin", plain("Twin", "Message-ID: <twin@example.com>"))
		}
		b.Put(0, 100)
		b.Deliver("No id", plain("No id"))
	}
	fill(2)
	h := newHouse(t, b.Channel("support-mail"))
	p := h.Serve()
	h.Decided(map[string]int{"support-mail": len(b.Names)})

	must(t, b.User.Delete("INBOX"))
	must(t, b.User.Create("INBOX", nil))
	b.Names = nil
	fill(3) // one of them is new
	b.Put(100, 120)
	h.Decided(map[string]int{"support-mail": len(b.Names)})
	h.Holds(b.Names...)
	if !p.Says("UIDVALIDITY changed") {
		t.Error("the log does not say that UIDVALIDITY changed")
	}
}

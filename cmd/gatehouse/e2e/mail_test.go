package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
)

// plain is a mail with the header fields given, a line each, and a text.
func plain(name string, fields ...string) string {
	return strings.Join(append(fields, "From: Ann <ann@example.com>", "Subject: "+name, "", name+" "+planted, ""), "\r\n")
}

func TestMailThatIsHardToTellApart(t *testing.T) {
	t.Parallel()
	b := newMailbox(t)
	b.deliver("No id, one", plain("No id, one"))
	b.deliver("No id, two", plain("No id, two"))
	b.deliver("One id, one", plain("One id, one", "Message-ID: <same@example.com>"))
	b.deliver("One id, two", plain("One id, two", "Message-ID: <same@example.com>"))
	b.deliver("Twin", plain("Twin", "Message-ID: <twin@example.com>"))
	b.deliver("Twin", plain("Twin", "Message-ID: <twin@example.com>"))
	h := newHouse(t, b.channel("support-mail"))
	h.serve()
	h.decided(map[string]int{"support-mail": len(b.names)})
	h.holds(b.names...)
}

func TestMailThatIsHardToRead(t *testing.T) {
	t.Parallel()
	b := newMailbox(t)
	b.deliver("Torn", plain("Torn", "Content-Type: multipart/mixed; boundary=\"never", "Content-Transfer-Encoding: base64"))
	b.deliver("", planted+" \x00\x01\xff\xfe\x80 no header at all\r\n\r\n\x00\x00")
	b.deliver("", "")
	b.deliver("Lost charset", plain("Lost charset", "Content-Type: text/plain; charset=no-such-charset"))
	b.deliver("Nested", nested("Nested", 2000))
	b.deliver("After them", plain("After them"))
	h := newHouse(t, b.channel("support-mail"))
	h.serve()
	h.decided(map[string]int{"support-mail": len(b.names)})
	h.holds(b.names...)
	if m := h.message("After them"); m.State != "conversed" {
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
	b := newMailbox(t)
	b.deliver("Read before", plain("Read before"), imap.FlagSeen)
	first := b.deliver("First", plain("First"))
	read := b.deliver("Read meanwhile", plain("Read meanwhile"))
	gone := b.deliver("Deleted meanwhile", plain("Deleted meanwhile"))
	b.deliver("Last", plain("Last"))
	other := b.client()
	b.at(first, func() { // all of them are listed by now, and none is read
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
	h := newHouse(t, b.channel("support-mail"))
	h.serve()
	h.decided(map[string]int{"support-mail": 4})
	b.deliver("Later", plain("Later"))
	h.decided(map[string]int{"support-mail": 5})
	h.holds("Read before", "First", "Read meanwhile", "Last", "Later")
}

func TestMailThatIsTooLarge(t *testing.T) {
	t.Parallel()
	b := newMailbox(t)
	b.deliver("Small, before", plain("Small, before"))
	b.deliver("Huge", plain("Huge")+strings.Repeat(strings.Repeat("x", 998)+"\r\n", 60<<10))
	b.deliver("Small, after", plain("Small, after"))
	h := newHouse(t, b.channel("support-mail"))
	h.serve()
	h.decided(map[string]int{"support-mail": 3})
	h.holds(b.names...)
	if m := h.message("Huge"); m.State != "held" || m.Reason != "size" || m.From.Value != "ann@example.com" {
		t.Errorf("%+v, want it held for its size, with its sender", m)
	}
}

// The mailbox is made anew with the same mails under other UIDs: a restored
// backup, a moved account.
func TestMailboxIsMadeAnew(t *testing.T) {
	t.Parallel()
	b := newMailbox(t)
	fill := func(twins int) {
		for range twins {
			b.deliver("Twin", plain("Twin", "Message-ID: <twin@example.com>"))
		}
		b.put(0, 100)
		b.deliver("No id", plain("No id"))
	}
	fill(2)
	h := newHouse(t, b.channel("support-mail"))
	p := h.serve()
	h.decided(map[string]int{"support-mail": len(b.names)})

	must(t, b.user.Delete("INBOX"))
	must(t, b.user.Create("INBOX", nil))
	b.names = nil
	fill(3) // one of them is new
	b.put(100, 120)
	h.decided(map[string]int{"support-mail": len(b.names)})
	h.holds(b.names...)
	if !p.log.says("UIDVALIDITY changed") {
		t.Error("the log does not say that UIDVALIDITY changed")
	}
}

//go:build long

package e2e

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"gatehouse/cmd/gatehouse/housetest"
	"gatehouse/ingest/local"
)

const (
	largeMail  = 50 << 20  // octets of a mail: as many as the program reads whole
	mostMemory = 400 << 10 // KiB that the program may ever have had
)

// A shape is a kind of large mail: how it begins after the fields of its
// sender, and what follows again and again until it is large.
type shape struct{ head, block string }

var shapes = map[string]shape{
	"attachment": {"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n" + planted +
		"\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n", lines("\r\n")},
	"text":     {"Content-Type: text/plain\r\n\r\n", lines("\r\n")},
	"html":     {"Content-Type: text/html\r\n\r\n<p><b>", lines("</b></p><p><b>\r\n")},
	"quoted":   {"Content-Type: text/plain; charset=latin1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", lines("=E4=\r\n")},
	"one line": {"Content-Type: text/plain\r\n\r\n", noise},
	"parts": {"Content-Type: multipart/mixed; boundary=b\r\n\r\n",
		"--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n" + noise + "\r\n"},
}

// noise is a text that hardly packs.
var noise = func() string {
	r := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, 57<<10)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return base64.StdEncoding.EncodeToString(b)
}()

// lines is noise in lines of 76 octets with something at their ends.
func lines(end string) string {
	var b strings.Builder
	for part := range slices.Chunk([]byte(noise), 76) {
		b.Write(part)
		b.WriteString(end)
	}
	return b.String()
}

// write writes the mail of n octets that begins with fields.
func (s shape) write(w io.Writer, fields string, n int) error {
	for part := fields + s.head; n > 0; part = s.block {
		k, err := io.WriteString(w, part[:min(len(part), n)])
		if err != nil {
			return err
		}
		n -= k
	}
	return nil
}

// large is a session in a mailbox of large mails, whose UIDs and numbers count
// from 1. They are made as they are asked for.
type large struct {
	imapserver.SessionIMAP4rev2
	names []string // of their shapes
}

// newLarge runs a server of large mails.
func newLarge(t *testing.T, names []string) (port int) {
	t.Helper()
	user := imapmemserver.NewUser("support", "secret")
	must(t, user.Create("INBOX", nil))
	for range names {
		_, err := user.Append("INBOX", housetest.Literal{Reader: bytes.NewReader([]byte("\r\n"))}, &imap.AppendOptions{})
		must(t, err)
	}
	memory := imapmemserver.New()
	memory.AddUser(user)
	return housetest.StartIMAP(t, func() imapserver.Session {
		return large{memory.NewSession().(imapserver.SessionIMAP4rev2), names}
	})
}

func (l large) Fetch(w *imapserver.FetchWriter, set imap.NumSet, o *imap.FetchOptions) error {
	uids, _ := set.(imap.UIDSet).Nums()
	for _, uid := range uids {
		m := w.CreateMessage(uint32(uid))
		m.WriteUID(uid)
		if o.RFC822Size {
			m.WriteRFC822Size(largeMail)
		}
		if o.InternalDate {
			m.WriteInternalDate(time.Now())
		}
		for _, section := range o.BodySection {
			if err := l.give(m, uid, section); err != nil {
				return err
			}
		}
		if err := m.Close(); err != nil {
			return err
		}
	}
	return nil
}

func (l large) give(m *imapserver.FetchResponseWriter, uid imap.UID, section *imap.FetchItemBodySection) error {
	name := l.names[uid-1]
	fields := fmt.Sprintf("From: c%d@example.com\r\nMessage-ID: <%d@example.com>\r\nSubject: %s\r\n", uid, uid, name)
	s, n := shapes[name], largeMail
	if section.Specifier != "" {
		s, n = shape{head: "\r\n"}, len(fields)+2
	}
	w := m.WriteBodySection(section, int64(n))
	if err := s.write(w, fields, n); err != nil {
		return err
	}
	return w.Close()
}

// mixed are n shapes, each in its turn.
func mixed(n int) (names []string) {
	for len(names) < n {
		names = append(names, slices.Sorted(maps.Keys(shapes))...)
	}
	return names[:n]
}

func TestLongMemoryIsBounded(t *testing.T) {
	for name, boxes := range map[string][][]string{
		"one mailbox":    {mixed(32)},
		"four mailboxes": {mixed(8), mixed(8), mixed(8), mixed(8)},
	} {
		t.Run(name, func(t *testing.T) {
			var channels, written []string
			want := map[string]int{}
			for i, names := range boxes {
				channel := fmt.Sprintf("mail-%d", i)
				channels = append(channels, housetest.ChannelAt(channel, newLarge(t, names)))
				want[channel] = len(names)
				written = append(written, names...)
			}
			h := newHouse(t, channels...)
			p := h.Serve()
			began := time.Now()
			h.Decided(want)
			taken, took := memoryOf(t, p.Proc), time.Since(began)
			h.Holds(written...) // and so reads their texts
			read := memoryOf(t, p.Proc)
			t.Logf("%d MiB to take them in, within %v, and %d MiB after they were read", taken>>10, took, read>>10)
			if read > mostMemory {
				t.Errorf("that is more than %d MiB", mostMemory>>10)
			}
		})
	}
}

// memoryOf is the most memory that a process ever had, in KiB.
func memoryOf(t *testing.T, p *local.Process) (kib int) {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Pid()))
	must(t, err)
	_, peak, _ := strings.Cut(string(status), "VmHWM:")
	if _, err := fmt.Sscan(peak, &kib); err != nil {
		t.Fatal(err)
	}
	return kib
}

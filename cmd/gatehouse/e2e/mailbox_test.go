package e2e

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"net"
	"slices"
	"sync"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// A mailbox is one of user support, on an IMAP server in this process.
type mailbox struct {
	t     *testing.T
	port  int
	user  *imapmemserver.User
	names []string // of the mails that lie in it

	mu  sync.Mutex
	ats map[imap.UID]func()
}

func newMailbox(t *testing.T) *mailbox {
	t.Helper()
	b := &mailbox{t: t, user: imapmemserver.NewUser("support", "secret"), ats: map[imap.UID]func(){}}
	must(t, b.user.Create("INBOX", nil))
	memory := imapmemserver.New()
	memory.AddUser(b.user)
	b.port = startIMAP(t, func() imapserver.Session {
		return session{memory.NewSession().(imapserver.SessionIMAP4rev2), b}
	})
	return b
}

func startIMAP(t *testing.T, newSession func() imapserver.Session) (port int) {
	t.Helper()
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return newSession(), nil, nil
		},
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapUIDPlus: {}, imap.CapMove: {}, imap.CapIdle: {}},
		Logger:       log.New(io.Discard, "", 0),
		InsecureAuth: true,
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	var done sync.WaitGroup
	done.Go(func() { _ = server.Serve(l) })
	t.Cleanup(func() { _ = server.Close(); done.Wait() })
	return l.Addr().(*net.TCPAddr).Port
}

// channel is the mailbox as a channel in the configuration.
func (b *mailbox) channel(name string) string { return channelAt(name, b.port) }

func channelAt(name string, port int) string {
	return fmt.Sprintf("{name: %s, kind: imap, host: 127.0.0.1, port: %d, tls: none, username: support, password: secret, start: all, poll_every: 1s}",
		name, port)
}

// put delivers an ordinary mail for each number from from to to-1.
func (b *mailbox) put(from, to int) {
	b.t.Helper()
	for n := from; n < to; n++ {
		name := fmt.Sprintf("Question %d", n)
		b.deliver(name, fmt.Sprintf("Message-ID: <m%d@example.com>\r\nDate: Fri, 20 Nov 2026 09:00:00 +0000\r\n"+
			"From: Customer %d <c%d@example.com>\r\nTo: support@example.org\r\nSubject: %s\r\n\r\n%s %d\r\n", n, n, n, name, planted, n))
	}
}

// deliver puts a mail into the mailbox, which the API will name so.
func (b *mailbox) deliver(name, text string, flags ...imap.Flag) imap.UID {
	b.t.Helper()
	data, err := b.user.Append("INBOX", literal{bytes.NewReader([]byte(text))}, &imap.AppendOptions{Flags: flags})
	must(b.t, err)
	b.names = append(b.names, name)
	return data.UID
}

// literal is a mail on its way into the mailbox.
type literal struct{ *bytes.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

// at does something once, when the body of a mail has been asked for and before
// it is given.
func (b *mailbox) at(uid imap.UID, do func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ats[uid] = do
}

func (b *mailbox) due(uid imap.UID) func() {
	b.mu.Lock()
	defer b.mu.Unlock()
	do := b.ats[uid]
	delete(b.ats, uid)
	return do
}

// client is somebody else's connection to the mailbox.
func (b *mailbox) client() *imapclient.Client {
	b.t.Helper()
	c, err := imapclient.DialInsecure(fmt.Sprintf("127.0.0.1:%d", b.port), nil)
	must(b.t, err)
	b.t.Cleanup(func() { _ = c.Close() })
	must(b.t, c.Login("support", "secret").Wait())
	_, err = c.Select("INBOX", nil).Wait()
	must(b.t, err)
	return c
}

// A session is a client's; it does what is due when a body is asked for.
type session struct {
	imapserver.SessionIMAP4rev2
	box *mailbox
}

func (s session) Fetch(w *imapserver.FetchWriter, set imap.NumSet, o *imap.FetchOptions) error {
	whole := slices.ContainsFunc(o.BodySection, func(b *imap.FetchItemBodySection) bool { return b.Specifier == "" })
	uids, ok := set.(imap.UIDSet)
	if !whole || !ok {
		return s.SessionIMAP4rev2.Fetch(w, set, o)
	}
	list, _ := uids.Nums()
	given := 0
	for i, uid := range list {
		do := s.box.due(uid)
		if do == nil {
			continue
		}
		if i > given {
			if err := s.SessionIMAP4rev2.Fetch(w, imap.UIDSetNum(list[given:i]...), o); err != nil {
				return err
			}
		}
		do()
		given = i
	}
	if given == len(list) {
		return nil
	}
	return s.SessionIMAP4rev2.Fetch(w, imap.UIDSetNum(list[given:]...), o)
}

package housetest

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"net"
	"slices"
	"sync"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// A Mailbox is one of user support, on an IMAP server in this process.
type Mailbox struct {
	t     TB
	Port  int
	User  *imapmemserver.User
	Names []string // of the mails that lie in it

	mu  sync.Mutex
	ats map[imap.UID]func()
	cut func()
}

// Cut ends all connections to it; new ones are taken.
func (b *Mailbox) Cut() { b.cut() }

// NewMailbox makes an empty one, which is there as long as the test.
func NewMailbox(t TB) *Mailbox {
	t.Helper()
	return newMailbox(t, func(in session) imapserver.Session { return in })
}

// StartIMAP runs a server on a port of the loopback, until the test ends.
func StartIMAP(t TB, newSession func() imapserver.Session) (port int) {
	t.Helper()
	port, _ = startIMAP(t, newSession)
	return port
}

func startIMAP(t TB, newSession func() imapserver.Session) (port int, cut func()) {
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
	Must(t, err)
	var done sync.WaitGroup
	known := &knowing{Listener: l}
	done.Go(func() { _ = server.Serve(known) })
	t.Cleanup(func() { _ = server.Close(); done.Wait() })
	return l.Addr().(*net.TCPAddr).Port, known.cut
}

// knowing is a listener that knows its connections.
type knowing struct {
	net.Listener
	mu    sync.Mutex
	conns []net.Conn
}

func (k *knowing) Accept() (net.Conn, error) {
	c, err := k.Listener.Accept()
	if err == nil {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.conns = append(k.conns, c)
	}
	return c, err
}

func (k *knowing) cut() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, c := range k.conns {
		_ = c.Close()
	}
	k.conns = nil
}

// Channel is the mailbox as a channel in the configuration.
func (b *Mailbox) Channel(name string) string { return ChannelAt(name, b.Port) }

// ChannelAt is a mailbox at a port of the loopback, as a channel.
func ChannelAt(name string, port int) string {
	return fmt.Sprintf("{name: %s, kind: imap, host: 127.0.0.1, port: %d, tls: none, username: support, password: secret, start: all, poll_every: 1s}",
		name, port)
}

// Put delivers an ordinary mail for each number from from to to-1.
func (b *Mailbox) Put(from, to int) {
	b.t.Helper()
	for n := from; n < to; n++ {
		name := fmt.Sprintf("Question %d", n)
		b.Deliver(name, fmt.Sprintf("Message-ID: <m%d@example.com>\r\nDate: Fri, 20 Nov 2026 09:00:00 +0000\r\n"+
			"From: Customer %d <c%d@example.com>\r\nTo: support@example.org\r\nSubject: %s\r\n\r\n%s %d\r\n", n, n, n, name, Planted, n))
	}
}

// Deliver puts a mail into the mailbox, which the API will name so.
func (b *Mailbox) Deliver(name, text string, flags ...imap.Flag) imap.UID {
	b.t.Helper()
	data, err := b.User.Append("INBOX", Literal{bytes.NewReader([]byte(text))}, &imap.AppendOptions{Flags: flags})
	Must(b.t, err)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.Names = append(b.Names, name)
	return data.UID
}

// Remove deletes mails, as somebody else would.
func (b *Mailbox) Remove(names ...string) {
	b.t.Helper()
	c := b.Client()
	for _, name := range names {
		found, err := c.UIDSearch(&imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Subject", Value: name}}}, nil).Wait()
		Must(b.t, err)
		change := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}, Silent: true}
		Must(b.t, c.Store(imap.UIDSetNum(found.AllUIDs()[0]), change, nil).Close())
		b.Names = slices.DeleteFunc(b.Names, func(n string) bool { return n == name })
	}
	Must(b.t, c.Expunge().Close())
}

// Forget does no more what was to be done at a mail's body.
func (b *Mailbox) Forget(uid imap.UID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.ats, uid)
}

// Literal is a mail on its way into the mailbox.
type Literal struct{ *bytes.Reader }

func (l Literal) Size() int64 { return l.Reader.Size() }

// At does something once, when the body of a mail has been asked for and before
// it is given.
func (b *Mailbox) At(uid imap.UID, do func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ats[uid] = do
}

func (b *Mailbox) due(uid imap.UID) func() {
	b.mu.Lock()
	defer b.mu.Unlock()
	do := b.ats[uid]
	delete(b.ats, uid)
	return do
}

// Client is somebody else's connection to the mailbox.
func (b *Mailbox) Client() *imapclient.Client {
	b.t.Helper()
	c, err := imapclient.DialInsecure(fmt.Sprintf("127.0.0.1:%d", b.Port), nil)
	Must(b.t, err)
	b.t.Cleanup(func() { _ = c.Close() })
	Must(b.t, c.Login("support", "secret").Wait())
	_, err = c.Select("INBOX", nil).Wait()
	Must(b.t, err)
	return c
}

// A session is a client's; it does what is due when a body is asked for.
type session struct {
	imapserver.SessionIMAP4rev2
	box *Mailbox
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

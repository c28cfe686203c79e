package imap

import (
	"fmt"
	"io"
	"log"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

// mailbox is somebody's mailbox on a server that behaves.
type mailbox struct {
	t    *testing.T
	port int
	user string
	own  *imapclient.Client // delivers and creates
}

// servers are what the ordinary tests run on.
var servers = map[string]func(*testing.T) *mailbox{"memory": newMailbox}

func onEachServer(t *testing.T, test func(t *testing.T, b *mailbox)) {
	for name, start := range servers {
		t.Run(name, func(t *testing.T) { test(t, start(t)) })
	}
}

// newMailbox is on a server in this process.
func newMailbox(t *testing.T) *mailbox {
	t.Helper()
	user := imapmemserver.NewUser("support", "secret")
	must(t, user.Create("INBOX", nil))
	mem := imapmemserver.New()
	mem.AddUser(user)
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
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
	return openMailbox(t, l.Addr().(*net.TCPAddr).Port, "support")
}

func openMailbox(t *testing.T, port int, user string) *mailbox {
	b := &mailbox{t: t, port: port, user: user}
	b.own = b.connect()
	return b
}

// put delivers mails from to to-1.
func (b *mailbox) put(folder string, from, to int) {
	b.t.Helper()
	for n := from; n < to; n++ {
		b.deliver(folder, mail(n), received(n))
	}
}

func (b *mailbox) deliver(folder, text string, at time.Time) {
	b.t.Helper()
	cmd := b.own.Append(folder, int64(len(text)), &imap.AppendOptions{Time: at})
	_, err := io.WriteString(cmd, text)
	must(b.t, err)
	must(b.t, cmd.Close())
	_, err = cmd.Wait()
	must(b.t, err)
}

func (b *mailbox) create(folder string) {
	b.t.Helper()
	must(b.t, b.own.Create(folder, nil).Wait())
}

// recreate makes the folder anew: it is empty and has another UIDVALIDITY.
func (b *mailbox) recreate(folder string) {
	b.t.Helper()
	must(b.t, b.own.Delete(folder).Wait())
	b.create(folder)
}

func (b *mailbox) connect() *imapclient.Client {
	b.t.Helper()
	c, err := imapclient.DialInsecure(fmt.Sprintf("127.0.0.1:%d", b.port), nil)
	must(b.t, err)
	b.t.Cleanup(func() { _ = c.Close() })
	if offered := c.Caps().AuthMechanisms(); len(offered) == 1 && offered[0] == "LOGIN" {
		must(b.t, c.Authenticate(&login{b.user, "secret"}))
		return c
	}
	must(b.t, c.Login(b.user, "secret").Wait())
	return c
}

// client is another person's connection to the mailbox.
func (b *mailbox) client(folder string) *imapclient.Client {
	b.t.Helper()
	c := b.connect()
	_, err := c.Select(folder, nil).Wait()
	must(b.t, err)
	return c
}

// subjects are those of the folder's mails, in order, with their flags in front.
func (b *mailbox) subjects(folder string) string {
	b.t.Helper()
	got, err := b.client(folder).Fetch(imap.SeqSet{{Start: 1}}, &imap.FetchOptions{Flags: true, Envelope: true}).Collect()
	if refusal(err) != nil && len(got) == 0 {
		return "" // there is no message 1
	}
	must(b.t, err)
	var all []string
	for _, m := range got {
		mark := ""
		if slices.Contains(m.Flags, imap.FlagSeen) {
			mark = "seen "
		}
		all = append(all, mark+m.Envelope.Subject)
	}
	return strings.Join(all, ", ")
}

// place is where a poller signs in.
type place interface {
	place() (port int, user string)
}

func (b *mailbox) place() (int, string) { return b.port, b.user }

func (s *script) place() (int, string) { return s.port, "support" }

// poller polls there, with further settings, a line each.
func poller(t *testing.T, at place, settings ...string) *Poller {
	t.Helper()
	port, user := at.place()
	text := fmt.Sprintf("host: 127.0.0.1\nport: %d\ntls: none\nusername: %s\npassword: secret\n%s\n",
		port, user, strings.Join(settings, "\n"))
	p, err := New(channeltest.Settings([]byte(text)), channeltest.Host())
	must(t, err)
	t.Cleanup(func() { _ = p.Close() })
	return p.(*Poller)
}

func poll(t *testing.T, p *Poller, s *channeltest.Store) error {
	t.Helper()
	return p.Poll(t.Context(), channeltest.NewSession(s, channeltest.Channel, ingest.Email))
}

// pollOK polls and expects that the store then holds the mails named, in this order.
func pollOK(t *testing.T, p *Poller, s *channeltest.Store, want ...int) {
	t.Helper()
	must(t, poll(t, p, s))
	holds(t, s, want...)
}

func holds(t *testing.T, s *channeltest.Store, want ...int) {
	t.Helper()
	var got []string
	for _, m := range s.Messages() {
		got = append(got, m.Arrival.Message.Subject)
	}
	var subjects []string
	for _, n := range want {
		subjects = append(subjects, fmt.Sprintf("Question %d", n))
	}
	if strings.Join(got, "|") != strings.Join(subjects, "|") {
		t.Fatalf("the store holds\n%q\nwant\n%q", got, subjects)
	}
}

func upTo(n int) []int {
	var all []int
	for i := range n {
		all = append(all, i)
	}
	return all
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

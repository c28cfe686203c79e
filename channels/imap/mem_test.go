package imap

import (
	"fmt"
	"net"
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

// mailbox is somebody's mailbox on a server in this process.
type mailbox struct {
	t    *testing.T
	user *imapmemserver.User
	port int
}

func newMailbox(t *testing.T) *mailbox {
	t.Helper()
	b := &mailbox{t: t, user: imapmemserver.NewUser("support", "secret")}
	must(t, b.user.Create("INBOX", nil))
	mem := imapmemserver.New()
	mem.AddUser(b.user)
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		},
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapUIDPlus: {}, imap.CapMove: {}, imap.CapIdle: {}},
		InsecureAuth: true,
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	var done sync.WaitGroup
	done.Go(func() { _ = server.Serve(l) })
	t.Cleanup(func() { _ = server.Close(); done.Wait() })
	b.port = l.Addr().(*net.TCPAddr).Port
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
	_, err := b.user.Append(folder, literal{strings.NewReader(text)}, &imap.AppendOptions{Time: at})
	must(b.t, err)
}

type literal struct{ *strings.Reader }

// client is another person's connection to the mailbox.
func (b *mailbox) client(folder string) *imapclient.Client {
	b.t.Helper()
	c, err := imapclient.DialInsecure(fmt.Sprintf("127.0.0.1:%d", b.port), nil)
	must(b.t, err)
	b.t.Cleanup(func() { _ = c.Close() })
	must(b.t, c.Login("support", "secret").Wait())
	_, err = c.Select(folder, nil).Wait()
	must(b.t, err)
	return c
}

// flags are the flags of the folder's messages, in order.
func (b *mailbox) flags(folder string) [][]imap.Flag {
	b.t.Helper()
	got, err := b.client(folder).Fetch(imap.SeqSet{{Start: 1}}, &imap.FetchOptions{Flags: true}).Collect()
	must(b.t, err)
	var all [][]imap.Flag
	for _, m := range got {
		all = append(all, m.Flags)
	}
	return all
}

// poller polls the server at the port with further settings, a line each.
func poller(t *testing.T, port int, settings ...string) *Poller {
	t.Helper()
	text := fmt.Sprintf("host: 127.0.0.1\nport: %d\ntls: none\nusername: support\npassword: secret\n%s\n",
		port, strings.Join(settings, "\n"))
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

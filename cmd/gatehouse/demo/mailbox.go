package demo

import (
	"bytes"
	"embed"
	"io/fs"
	"net"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

//go:embed mails/*.eml
var mails embed.FS

// The account on the demo's mail server.
const (
	mailUser     = "support"
	mailPassword = "demo"
)

// laterFrom is the number of the first mail that comes after the rules are set.
const laterFrom = "33"

// mailbox is an IMAP server in memory with one account.
type mailbox struct {
	host   string
	port   int
	user   *imapmemserver.User
	server *imapserver.Server
}

func openMailbox() (*mailbox, error) {
	user := imapmemserver.NewUser(mailUser, mailPassword)
	if err := user.Create("INBOX", nil); err != nil {
		return nil, err
	}
	memory := imapmemserver.New()
	memory.AddUser(user)
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return memory.NewSession(), nil, nil
		},
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapIMAP4rev2: {}},
		InsecureAuth: true, // on loopback only
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	go func() { _ = server.Serve(l) }() // ends with close
	at := l.Addr().(*net.TCPAddr)
	return &mailbox{host: at.IP.String(), port: at.Port, user: user, server: server}, nil
}

func (m *mailbox) close() { _ = m.server.Close() }

// deliver puts the sample mails for which want holds into the mailbox and
// returns how many there were.
func (m *mailbox) deliver(want func(name string) bool) (int, error) {
	n := 0
	err := fs.WalkDir(mails, "mails", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !want(d.Name()) {
			return err
		}
		raw, err := mails.ReadFile(path)
		if err != nil {
			return err
		}
		n++
		_, err = m.user.Append("INBOX", literal{bytes.NewReader(raw)}, &imap.AppendOptions{})
		return err
	})
	return n, err
}

func early(name string) bool { return name < laterFrom }
func late(name string) bool  { return name >= laterFrom }

// literal is a mail on its way into the mailbox.
type literal struct{ *bytes.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

package main

import (
	"bytes"
	"io"
	"log"
	"net"
	"sync"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

const newMail = "Message-ID: <1@example.com>\r\nDate: Fri, 20 Nov 2026 09:00:00 +0000\r\nFrom: Ann <ann@example.com>\r\n" +
	"To: support@example.com\r\nSubject: My order\r\n\r\nWhere is it?\r\n"

// startMailServer runs the mailbox of README.md on a port of the loopback. A
// mail lies in it that is old, and one comes once somebody waits for it.
func startMailServer(t *testing.T) (port int) {
	t.Helper()
	user := imapmemserver.NewUser("support@example.com", "secret")
	if err := user.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	comes := func() { deliver(t, user) }
	comes()
	memory := imapmemserver.New()
	memory.AddUser(user)
	comes = sync.OnceFunc(comes)
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return waited{memory.NewSession().(imapserver.SessionIMAP4rev2), comes}, nil, nil
		},
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapIdle: {}},
		Logger:       log.New(io.Discard, "", 0),
		InsecureAuth: true, // on loopback only
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var done sync.WaitGroup
	done.Go(func() { _ = server.Serve(l) })
	t.Cleanup(func() { _ = server.Close(); done.Wait() })
	return l.Addr().(*net.TCPAddr).Port
}

func deliver(t *testing.T, user *imapmemserver.User) {
	if _, err := user.Append("INBOX", literal{bytes.NewReader([]byte(newMail))}, &imap.AppendOptions{}); err != nil {
		t.Error(err)
	}
}

// waited is a session in which mail comes once somebody waits for it.
type waited struct {
	imapserver.SessionIMAP4rev2
	comes func()
}

func (w waited) Idle(updates *imapserver.UpdateWriter, stop <-chan struct{}) error {
	w.comes()
	if err := w.Poll(updates, true); err != nil { // this server tells of nothing that came before it waits
		return err
	}
	return w.SessionIMAP4rev2.Idle(updates, stop)
}

// literal is a mail on its way into the mailbox.
type literal struct{ *bytes.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

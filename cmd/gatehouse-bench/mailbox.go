package main

import (
	"bytes"
	"io"
	"log"
	"net"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// mailbox is a mailbox on an IMAP server in this process.
type mailbox struct {
	server *imapserver.Server
	port   int
	done   chan error
}

const (
	mailUser     = "support"
	mailPassword = "secret"
)

// newMailbox serves mails in INBOX on the loopback.
func newMailbox(mails [][]byte) (*mailbox, error) {
	user, err := newUser(mailUser)
	if err != nil {
		return nil, err
	}
	for _, m := range mails {
		if err := deliver(user, m); err != nil {
			return nil, err
		}
	}
	return serveMail(user)
}

func newUser(name string) (*imapmemserver.User, error) {
	user := imapmemserver.NewUser(name, mailPassword)
	return user, user.Create("INBOX", nil)
}

func deliver(user *imapmemserver.User, mail []byte) error {
	_, err := user.Append("INBOX", bytes.NewReader(mail), &imap.AppendOptions{Time: time.Now()})
	return err
}

// serveMail serves the mailboxes of users.
func serveMail(users ...*imapmemserver.User) (*mailbox, error) {
	memory := imapmemserver.New()
	for _, u := range users {
		memory.AddUser(u)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	b := &mailbox{port: listener.Addr().(*net.TCPAddr).Port, done: make(chan error, 1)}
	b.server = imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return memory.NewSession(), nil, nil
		},
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapUIDPlus: {}, imap.CapMove: {}, imap.CapIdle: {}},
		InsecureAuth: true,
		Logger:       log.New(io.Discard, "", 0), // each poller ends in the middle of its IDLE
	})
	go func() { b.done <- b.server.Serve(listener) }()
	return b, nil
}

// close ends the server and its connections.
func (b *mailbox) close() {
	_ = b.server.Close()
	<-b.done
}

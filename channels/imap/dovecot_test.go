//go:build dovecot

package imap

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"gatehouse/channels/imap/dovecot"
	"gatehouse/ingest/local"
)

func init() { servers["dovecot"] = onDovecot }

// shared is one Dovecot for all tests.
var shared = sync.OnceValues(func() (*dovecot.Server, error) {
	base, err := local.Temp()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	s, err := dovecot.Start(ctx, base)
	if err != nil {
		return nil, errors.Join(err, base.Close())
	}
	stops = append(stops, s.Stop, base.Close)
	for n := range maxUsers { // all at once: Dovecot reads the file again at most once a second
		if err := s.AddUser(userName(n), "secret"); err != nil {
			return nil, err
		}
	}
	return s, nil
})

const maxUsers = 100

func userName(n int) string { return fmt.Sprintf("support%d", n) }

var users int

// onDovecot is a new user's mailbox.
func onDovecot(t *testing.T) *mailbox {
	t.Helper()
	s, err := shared()
	must(t, err)
	if users++; users > maxUsers {
		t.Fatal("more mailboxes than users: raise maxUsers")
	}
	return openMailbox(t, s.Port, userName(users-1))
}

//go:build dovecot

package imap

import (
	"testing"

	"gatehouse/channels/imap/dovecot"
)

func init() {
	servers["dovecot"] = func(t *testing.T) *mailbox {
		t.Helper()
		s := dovecot.Test(t)
		must(t, s.AddUser("support", "secret"))
		return openMailbox(t, s.Port)
	}
}

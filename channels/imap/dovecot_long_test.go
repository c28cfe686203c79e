//go:build long && dovecot

package imap

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/imap/dovecot"
)

// TestLongDovecots polls Dovecots as they are really set up.
func TestLongDovecots(t *testing.T) {
	for _, c := range []dovecot.Settings{
		{Format: "maildir"},
		{Format: "maildir", Prefix: "INBOX.", Separator: "."},
		{Format: "mdbox", Separator: "/"},
		{Format: "mdbox", Prefix: "INBOX/", Separator: "/", Mechanisms: "login"},
		{Format: "sdbox", Mechanisms: "plain login cram-md5"},
	} {
		t.Run(strings.Trim(fmt.Sprint(c), "{}"), func(t *testing.T) {
			s := dovecot.Test(t, c)
			for n := range 8 {
				must(t, s.AddUser(userName(n), "secret"))
			}
			for n := range 4 {
				b := openMailbox(t, s.Port, userName(n))
				newHistory(t, b, c.Prefix, uint64(n)+100).run(25, 12)
			}
			overTLSWith(t, s, userName(5), c.Prefix)
		})
	}
}

// overTLSWith polls a special folder and one within another by TLS and by
// STARTTLS.
func overTLSWith(t *testing.T, s *dovecot.Server, user, prefix string) {
	b := openMailbox(t, s.Port, user)
	b.put("INBOX", 0, 2)
	b.put(prefix+"Junk", 2, 4)
	for mode, port := range map[string]int{modeTLS: s.TLSPort, modeStartTLS: s.Port} {
		p := poller(t, b, "start: all", "folders: [INBOX, "+prefix+"Junk]", "ca_file: "+s.CAFile)
		p.config.TLS, p.config.Port = mode, port
		pollOK(t, p, channeltest.NewStore(), upTo(4)...)
		p.config.CAFile = ""
		must(t, p.Close())
		if err := poll(t, p, channeltest.NewStore()); err == nil || !strings.Contains(err.Error(), "name its certificate in ca_file") {
			t.Errorf("%s without ca_file: %v", mode, err)
		}
	}
}

// TestLongDovecotOfOtherMechanisms: those that are not known to us are said.
func TestLongDovecotOfOtherMechanisms(t *testing.T) {
	s := dovecot.Test(t, dovecot.Settings{Mechanisms: "cram-md5 scram-sha-256"})
	must(t, s.AddUser("support", "secret"))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	p := poller(t, &mailbox{port: s.Port, user: "support"})
	_, err := p.Check(ctx)
	if !channels.ReauthNeeded(err) || !strings.Contains(err.Error(), "it offers CRAM-MD5, SCRAM-SHA-256") {
		t.Errorf("Check returned %v", err)
	}
}

//go:build dovecot

package imap

import (
	"fmt"
	"strings"
	"testing"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/imap/dovecot"
	"gatehouse/channels/oauth/oauthtest"
)

// A real server, which asks the provider whose a token is.
func TestTokensOnDovecot(t *testing.T) {
	for _, mechanism := range []string{"xoauth2", "oauthbearer", "oauthbearer xoauth2"} {
		t.Run(mechanism, func(t *testing.T) {
			p := oauthtest.New(t, tokenUser)
			s := dovecot.Test(t, dovecot.Settings{Mechanisms: "plain " + mechanism, Introspect: p.URL + "/introspect"})
			must(t, s.AddUser(tokenUser, "secret"))
			b := openMailbox(t, s.Port, tokenUser)
			b.put("INBOX", 0, 3)
			text := fmt.Sprintf("{host: 127.0.0.1, port: %d, tls: none, username: %s, start: all, oauth2: %s}", s.Port, tokenUser, p.Settings("grant: client_credentials"))
			made, err := New(channeltest.Settings([]byte(text)), channeltest.Host())
			must(t, err)
			poller := made.(*Poller)
			t.Cleanup(func() { must(t, poller.Close()) })
			store := channeltest.NewStore()
			must(t, poll(t, poller, store))
			holds(t, store, 0, 1, 2)
			must(t, poller.Close())
			p.Expire()
			b.put("INBOX", 3, 4)
			must(t, poll(t, poller, store)) // the old token is refused, and one made anew
			holds(t, store, 0, 1, 2, 3)
			must(t, poller.Close())
			p.Owner("other@example.com")
			if err = poll(t, poller, store); !channels.ReauthNeeded(err) || !strings.Contains(err.Error(), "sign-in refused") {
				t.Error(err)
			}
		})
	}
}

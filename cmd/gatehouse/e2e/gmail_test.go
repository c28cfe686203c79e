package e2e

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"gatehouse/channels/gmail/gmailtest"
	"gatehouse/channels/oauth/oauthtest"
)

const gmailBox = "sales@example.com"

// A mailbox behind the Gmail API: what is there comes, what a rule holds or
// refuses it holds or refuses, history and tokens end meanwhile, the books agree.
func TestGmailAPI(t *testing.T) {
	t.Parallel()
	provider, server := oauthtest.New(t, gmailBox), gmailtest.New(t, gmailBox)
	server.Good = func(token string) bool { return provider.Good(gmailBox, token) }
	h := newHouse(t, fmt.Sprintf("{name: support-mail, kind: gmail, mailbox: %s, gmail_url: %q, start: all, after: archive, poll_every: 1s, oauth2: %s}",
		gmailBox, server.URL, provider.Settings("grant: client_credentials")))
	h.Serve()
	for kind, who := range map[string]string{"block": "bob@example.net", "ban": "eve@example.net"} {
		h.Read(http.StatusCreated, http.MethodPost, "/rules", map[string]string{"kind": kind, "target": "email:" + who, "reason": "test"}, nil)
	}
	put := func(who, name string) string {
		return server.Put(gmailtest.Message{Raw: from(who, name), Received: time.Now()})
	}
	first := put("ann@example.org", "First")
	put("bob@example.net", "Held")
	put("eve@example.net", "Banned")
	h.In("conversed", "First")
	h.In("held", "Held")
	provider.Expire()
	server.Forget()
	put("ann@example.org", "Second")
	h.In("conversed", "Second")
	h.Decided(map[string]int{"support-mail": 4})
	eventually(t, "the first is archived", func() bool { return len(server.Message(first).Labels) == 1 })

	books := h.reconcile(0)
	if books.Held+books.Conversed+books.Dead != 0 || books.Refused != 1 || books.OnServer != 1 || // the others are archived
		books.Missing+books.Mended != 0 {
		t.Errorf("the books: %+v", books)
	}
}

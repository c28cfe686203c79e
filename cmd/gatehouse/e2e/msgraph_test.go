package e2e

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"gatehouse/channels/msgraph/graphtest"
	"gatehouse/channels/oauth/oauthtest"
)

const graphBox = "desk@example.com"

// A mailbox behind Microsoft Graph: what is there comes, what a rule holds or
// refuses it holds or refuses, links and tokens end meanwhile, the books agree.
func TestMicrosoftGraph(t *testing.T) {
	t.Parallel()
	provider, server := oauthtest.New(t, graphBox), graphtest.New(t, graphBox)
	server.Good = func(token string) bool { return provider.Good(graphBox, token) }
	h := newHouse(t, fmt.Sprintf("{name: support-mail, kind: msgraph, mailbox: %s, graph_url: %q, start: all, after: seen, poll_every: 1s, oauth2: %s}",
		graphBox, server.URL, provider.Settings("grant: client_credentials")))
	h.Serve()
	for kind, who := range map[string]string{"block": "bob@example.net", "ban": "eve@example.net"} {
		h.Read(http.StatusCreated, http.MethodPost, "/rules", map[string]string{"kind": kind, "target": "email:" + who, "reason": "test"}, nil)
	}
	put := func(who, name string) string {
		return server.Put(graphtest.Message{Raw: from(who, name), Received: time.Now()})
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
	eventually(t, "the first is marked as read", func() bool { return server.Message(first).Read })

	books := h.reconcile(0)
	if books.Conversed != 2 || books.Held != 1 || books.Refused != 1 || books.OnServer != 4 || books.Missing+books.Mended != 0 {
		t.Errorf("the books: %+v", books)
	}
	provider.Revoke()
	provider.Expire()
	put("ann@example.org", "Third")
	h.In("conversed", "Third") // with the application's own credentials there is always another token
}

package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"gatehouse/cmd/gatehouse/housetest"
	"gatehouse/migrations/localpg"
)

// from is a mail of somebody with the header fields given, a line each.
func from(sender, name string, fields ...string) string {
	return strings.Join(append(fields, "From: "+sender, "Subject: "+name, "", name+" "+planted, ""), "\r\n")
}

// The desk asks for a token and registers what it sends; answers find their
// conversation by either, a copy of what it sent comes home, and who has
// neither gets a conversation that says what it claims to answer.
func TestAnswersFindTheirConversation(t *testing.T) {
	t.Parallel()
	b := housetest.NewMailbox(t)
	h := house{housetest.NewOn(t, localpg.Test(t), housetest.Settings+"\nreply_secret: [not so secret a secret]", b.Channel("support-mail"))}
	h.Serve()
	b.Deliver("Question", from("Ann <ann@example.org>", "Question", "Message-ID: <q@example.org>"))
	talk := h.In("conversed", "Question").Conversation

	var token struct{ Token, Address string }
	h.Read(http.StatusOK, http.MethodGet, "/conversations/"+talk+"/token?mailbox=support@example.com", nil, &token)
	if !strings.HasPrefix(token.Address, "support+r-") {
		t.Fatalf("the address for answers is %q", token.Address)
	}
	sent := map[string]any{"message_id": "<sent-1@example.com>", "from": "support@example.com", "to": []string{"bob@example.net"}}
	h.Read(http.StatusCreated, http.MethodPost, "/conversations/"+talk+"/outgoing", sent, nil)
	h.Read(http.StatusOK, http.MethodPost, "/conversations/"+talk+"/outgoing", sent, nil)

	b.Deliver("Copy", from("Support <support@example.com>", "Copy", "Message-ID: <sent-1@example.com>", "To: ann@example.org"))
	b.Deliver("By token", from("Ann at home <ann@example.com>", "By token", "To: "+strings.ToUpper(token.Address)))
	b.Deliver("By reference", from("Bob <bob@example.net>", "By reference", "In-Reply-To: <sent-1@example.com>"))
	for _, name := range []string{"Copy", "By token", "By reference"} {
		if m := h.In("conversed", name); m.Conversation != talk {
			t.Errorf("%s went to conversation %s, not to %s:\n%s", name, m.Conversation, talk, h.Command(0, "why", m.ID))
		}
	}
	b.Deliver("By nothing", from("Eve <eve@example.net>", "By nothing", "In-Reply-To: <sent-1@example.com>", "To: support+r-aaaaaaaaaaaaaaaaaaaaaaaa@example.com"))
	other := h.In("conversed", "By nothing").Conversation
	var says struct{ Claims string }
	h.Read(http.StatusOK, http.MethodGet, "/conversations/"+other, nil, &says)
	if other == talk || says.Claims != talk {
		t.Errorf("Eve's conversation %s claims to answer %q, want %s", other, says.Claims, talk)
	}
}

func TestThreadsRefuseWhatIsWrong(t *testing.T) {
	t.Parallel()
	b := housetest.NewMailbox(t)
	h := newHouse(t, b.Channel("support-mail"))
	h.Serve()
	b.Deliver("Question", from("Ann <ann@example.org>", "Question", "Message-ID: <q@example.org>"))
	at := "/conversations/" + h.In("conversed", "Question").Conversation
	for body, says := range map[string]string{
		`{"message_id":"a b","from":"support@example.com"}`:                      "message_id",
		`{"message_id":"a","from":" \t "}`:                                       "from",
		`{"message_id":"a","from":"support@example.com","to":["nobody"]}`:        "to",
		`{"message_id":"` + strings.Repeat("a", 300) + `","from":"a@b.example"}`: "message_id",
	} {
		a, err := h.Ask(http.MethodPost, "/api/v1"+at+"/outgoing", body, "Authorization", "Bearer "+h.Token())
		must(t, err)
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, fmt.Sprintf("%q", says)) {
			t.Errorf("%.60s: %d %s", body, a.Status, a.Body)
		}
	}
	a, err := h.Ask(http.MethodPost, "/api/v1"+at+"/outgoing", `{"message_id":"a","from":"support"}`, "Authorization", "Bearer "+h.Token())
	must(t, err)
	if a.Status != http.StatusConflict || !strings.Contains(a.Body, "mail address") {
		t.Errorf("from a name, in a conversation of mail: %d %s", a.Status, a.Body)
	}
	a, err = h.API(http.MethodGet, at+"/token", nil)
	must(t, err)
	if a.Status != http.StatusConflict || !strings.Contains(a.Body, "reply_secret") {
		t.Errorf("without a secret: %d %s", a.Status, a.Body)
	}
}

package behaviours

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"gatehouse/cmd/gatehouse/housetest"
)

// Everything that a visitor writes is shown, each message once, in the order in
// which it was written; sent again it is the same message.
func TestS2_1EveryMessageInItsOrder(t *testing.T) {
	d := open(t)
	v := d.visitor("v")
	var want []string
	var last housetest.Message
	for n := range 10 {
		says := fmt.Sprintf("Line %d", n)
		last = v.writes(says)
		want = append(want, last.Name())
		if again := v.writes(says); again.ID != last.ID {
			t.Errorf("%s sent again is another message", says)
		}
	}
	var shown []string
	for _, m := range housetest.All[housetest.Message](d.As("agent"), "/conversations/"+last.Conversation+"/messages") {
		shown = append(shown, m.Name())
	}
	if !slices.Equal(shown, want) {
		t.Errorf("shown: %q", shown)
	}
}

// Receipts and the like are taken and acknowledged, and are no messages: they
// open no conversation.
func TestS2_3ReceiptsAreNoMessages(t *testing.T) {
	d := open(t)
	v, c := d.visitor("v"), d.texter(1)
	a, err := d.Ask(http.MethodPost, "/chat/site-chat/signals", `{"visitor_id":"`+v.address+`","type":"read"}`)
	housetest.Must(t, err)
	if a.Status != http.StatusAccepted {
		t.Errorf("a signal is answered %d: %s", a.Status, a.Body)
	}
	c.form = map[string]string{"MessageStatus": "delivered"}
	if a := c.sends(d.place + " Delivered"); a.Status != http.StatusOK {
		t.Errorf("a receipt is answered %d: %s", a.Status, a.Body)
	}
	for _, of := range []*customer{v, c} {
		if known := housetest.All[contact](d.As("agent"), "/contacts?q="+strings.TrimPrefix(of.address, "+")); len(known) != 0 {
			t.Errorf("%s made a contact: %+v", of.channel, known)
		}
	}
	if v.writes("Hello").State != "conversed" {
		t.Error("a message after them is no message")
	}
}

// A stranger's markup is never shown in the desk's name: what they send as a
// page is a file to save, whatever it says it is.
func TestS2_6StrangersMarkupIsAFile(t *testing.T) {
	d := open(t)
	a := d.attachment("page.html", "text/html", []byte("<script>alert(1)</script>"))
	if a.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(a.Header.Get("Content-Security-Policy"), "sandbox") ||
		!strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("it is given as %v", a.Header)
	}
}

// Files come with chat messages, and out of them as they went in.
func TestS2_7VisitorsSendFiles(t *testing.T) {
	d := open(t)
	file := []byte("a file\x00\xff of any kind")
	if a := d.attachment("report.pdf", "application/pdf", file); a.Body != string(file) || a.Header.Get("Content-Type") != "application/pdf" {
		t.Errorf("it is given as %q, %s", a.Body, a.Header.Get("Content-Type"))
	}
}

// attachment sends a file by chat and fetches it as an agent.
func (d desk) attachment(name, kind string, content []byte) housetest.Answer {
	d.T.Helper()
	v := d.visitor("v")
	v.more = terms{"attachments": []terms{{"filename": name, "content_type": kind, "data": base64.StdEncoding.EncodeToString(content)}}}
	m := v.writes("See the file")
	sum := sha256.Sum256(content)
	if len(m.Attachments) != 1 || m.Attachments[0].Filename != name || m.Attachments[0].SHA256 != hex.EncodeToString(sum[:]) {
		d.T.Fatalf("the message has %+v", m.Attachments)
	}
	a, err := d.As("agent").API(http.MethodGet, "/messages/"+m.ID+"/attachments/0", nil)
	housetest.Must(d.T, err)
	if a.Status != http.StatusOK {
		d.T.Fatalf("it is answered %d: %s", a.Status, a.Body)
	}
	return a
}

// An ended chat stays ended: what the visitor writes next opens a new
// conversation that continues it.
func TestS2_8EndedChatIsContinued(t *testing.T) {
	d := open(t)
	v := d.visitor("v")
	first := v.writes("Hello")
	d.As("agent").Read(http.StatusOK, http.MethodPatch, "/conversations/"+first.Conversation, terms{"status": "closed"}, nil)
	next := v.writes("One more thing")
	if talk := d.talk(next.Conversation, "unassigned"); talk.ID == first.Conversation || talk.Continues != first.Conversation {
		t.Errorf("the next message is in %+v, the ended one is %s", talk, first.Conversation)
	}
	if was := d.talk(first.Conversation, "closed"); was.ClosedBy != "agent" || was.Messages != 1 {
		t.Errorf("the ended chat: %+v", was)
	}
}

// The name and the address that a visitor typed are shown, and are claims: a
// rule on that address does not touch the visitor, nor does the visitor become
// whoever has it.
func TestS2_10TypedNameAndAddressAreClaims(t *testing.T) {
	d := open(t)
	owner := d.mailer("owner")
	known := owner.writes("It is really me")
	d.sets("supervisor", "/rules", terms{"kind": "ban", "target": owner.target()})
	v := d.visitor("v")
	v.name, v.more = "Olga", terms{"email": owner.address}
	m := v.writes("It is me, too")
	if m.State != "conversed" || m.Contact == known.Contact || m.From.Name != "Olga" {
		t.Errorf("it is %s, of %+v, contact %s; the owner is %s", m.State, m.From, m.Contact, known.Contact)
	}
	if !slices.ContainsFunc(m.Identities, func(i struct{ Kind, Value, How string }) bool {
		return i.Kind == "email" && i.Value == owner.address && i.How == "claimed"
	}) {
		t.Errorf("it says of the visitor: %+v", m.Identities)
	}
}

// Chats show the address that they come from.
func TestS2_11ChatsShowTheIP(t *testing.T) {
	d := open(t)
	v := d.visitor("v")
	v.ip = "2001:db8::2:11"
	if m := v.writes("Hello"); m.ClientIP != v.ip {
		t.Errorf("it says %q", m.ClientIP)
	}
}

package behaviours

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"gatehouse/cmd/gatehouse/housetest"
)

// signal sends one of the visitor's.
func (c *customer) signal(kind string, data any) {
	c.d.T.Helper()
	body, err := json.Marshal(terms{"visitor_id": c.address, "type": kind, "data": data})
	housetest.Must(c.d.T, err)
	a, err := c.d.Ask(http.MethodPost, "/chat/"+c.channel+"/signals", string(body))
	housetest.Must(c.d.T, err)
	if a.Status != http.StatusAccepted {
		c.d.T.Fatalf("a signal is answered %d: %s", a.Status, a.Body)
	}
}

// The pages that the visitor goes to are seen as they go, with their contact
// and conversation, and so is that they type; nothing of it is kept. Of who is
// blocked nothing is seen.
func TestS2_5PagesAreSeenAsTheVisitorGoes(t *testing.T) {
	d := open(t)
	v, blocked := d.visitor("v"), d.visitor("blocked")
	m := v.writes("Hello")
	d.sets("supervisor", "/rules", terms{"kind": "block", "target": blocked.target(), "reason": "spam"})
	at := "https://www.example.com/" + d.place
	agent := d.As("agent")
	of := func(data string) bool {
		if strings.Contains(data, blocked.address) {
			t.Errorf("the blocked visitor is seen: %s", data)
		}
		return strings.Contains(data, `"visitor_id":"`+v.address+`"`)
	}
	for kind, says := range map[string]string{"page": at, "typing": `"type":"visitor.typing"`} {
		data := agent.Follow("visitor."+kind, func() {
			blocked.signal(kind, terms{"url": at})
			v.signal(kind, terms{"url": at})
		}, of)
		for _, want := range []string{says, `"id":""`, fmt.Sprintf(`"conversation_id":%q`, m.Conversation), fmt.Sprintf(`"contact_id":%q`, m.Contact)} {
			if !strings.Contains(data, want) {
				t.Errorf("%s is told without %s: %s", kind, want, data)
			}
		}
	}
	if a, err := agent.API(http.MethodGet, "/events?limit=200&types=visitor.page,visitor.typing", nil); err != nil || strings.Contains(a.Body, "visitor.") {
		t.Errorf("the log of events has them: %s %v", a.Body, err)
	}
}

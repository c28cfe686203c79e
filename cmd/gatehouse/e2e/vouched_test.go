package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"testing"

	"gatehouse/cmd/gatehouse/housetest"
)

const vouching = "a-secret-of-the-sites-server"

// vouched is the proof that the site's server makes.
func vouched(what string) string {
	mac := hmac.New(sha256.New, []byte(vouching))
	mac.Write([]byte(what))
	return hex.EncodeToString(mac.Sum(nil))
}

// chats posts a message and wants the answer.
func (h house) chats(want int, fields map[string]string) {
	h.T.Helper()
	body, err := json.Marshal(fields)
	must(h.T, err)
	a, err := h.Ask(http.MethodPost, housetest.Door, string(body))
	must(h.T, err)
	if a.Status != want {
		h.T.Fatalf("%s writes %q and is answered %d, want %d: %s", fields["visitor_id"], fields["text"], a.Status, want, a.Body)
	}
}

// An address that the site vouches for is the visitor's: on another device, with
// another id, they are the same contact, and a ban on the address is theirs. An
// address that is only typed is nobody's, and another's proof is none.
func TestSiteVouchesForAnAddress(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "{name: site-chat, kind: chat, visitor_secret: "+vouching+"}")
	h.Serve()
	const ann = "ann@example.com"
	post := func(visitor, text, proof string) map[string]string {
		return map[string]string{"id": text, "visitor_id": visitor, "visitor_hash": vouched(visitor), "email": ann, "email_hash": proof,
			"text": text + " " + planted}
	}
	h.chats(http.StatusAccepted, post("laptop", "One", vouched("laptop\n"+ann)))
	one := h.In("conversed", "One")
	h.chats(http.StatusAccepted, post("phone", "Two", vouched("phone\n"+ann)))
	h.chats(http.StatusAccepted, post("stranger", "Three", ""))
	h.chats(http.StatusUnauthorized, post("stranger", "Four", vouched("phone\n"+ann)))
	if two, three := h.In("conversed", "Two"), h.In("conversed", "Three"); two.Contact != one.Contact || three.Contact == one.Contact {
		t.Errorf("contacts %s, %s and the stranger's %s", one.Contact, two.Contact, three.Contact)
	}

	h.Read(http.StatusCreated, http.MethodPost, "/rules", map[string]any{"kind": "ban", "target": "email:" + ann}, nil)
	h.chats(http.StatusForbidden, post("laptop", "Five", vouched("laptop\n"+ann)))
	h.chats(http.StatusForbidden, post("tablet", "Six", vouched("tablet\n"+ann)))
	h.chats(http.StatusAccepted, post("stranger", "Seven", ""))
	h.Decided(map[string]int{"site-chat": 4})
	h.Holds("One", "Two", "Three", "Seven")
}

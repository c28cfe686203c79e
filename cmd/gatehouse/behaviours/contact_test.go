package behaviours

import (
	"net/http"
	"net/url"
	"slices"
	"testing"
)

// A panel shows the customer's name, picture, place, notes, addresses and
// numbers, as the desk wrote them: what the customer writes later changes none
// of it.
func TestS0_11ContactIsDescribed(t *testing.T) {
	d := open(t)
	c := d.mailer("m")
	m := c.writes("Question")
	at := "/contacts/" + m.Contact
	d.As("agent").Read(http.StatusOK, http.MethodPatch, at, terms{"name": "Max Muster", "nickname": "Maxi", "location": "Berlin",
		"avatar_url": "https://img.example.com/max.png"}, nil)
	d.As("agent").Read(http.StatusCreated, http.MethodPost, at+"/notes", terms{"text": "calls in the mornings"}, nil)
	c.writes("Another question")
	known := get[contact](d.As("agent"), at)
	notes := get[struct {
		Items []struct{ Author, Text string }
	}](d.As("agent"), at+"/notes")
	if known.Name != "Max Muster" || known.Nickname != "Maxi" || known.Location != "Berlin" || known.Avatar != "https://img.example.com/max.png" ||
		len(notes.Items) != 1 || notes.Items[0].Text != "calls in the mornings" || notes.Items[0].Author == "" {
		t.Errorf("it shows %+v, %+v", known, notes)
	}
}

// A customer has several phone numbers, which are added, changed and deleted:
// what is texted from each is theirs as long as they have it.
func TestS0_16SeveralNumbers(t *testing.T) {
	d := open(t)
	first, second := d.texter(1), d.texter(2)
	m := first.writes("Hello")
	at := "/contacts/" + m.Contact
	var now contact
	d.As("agent").Read(http.StatusCreated, http.MethodPost, at+"/identities", terms{"identity": "phone:" + second.address}, &now)
	if again := second.writes("From my other number"); again.Contact != m.Contact || len(now.Identities) != 2 {
		t.Errorf("the second number is %s's, the contact has %+v", again.Contact, now.Identities)
	}
	i := slices.IndexFunc(now.Identities, func(i identity) bool { return i.Value == second.address })
	d.As("agent").Read(http.StatusOK, http.MethodPatch, at+"/identities/"+now.Identities[i].ID, terms{"identity": "phone:" + d.texter(3).address}, &now)
	if stranger := second.writes("Whose am I?"); stranger.Contact == m.Contact {
		t.Error("the number that was changed is still theirs")
	}
	if third := d.texter(3).writes("And this one?"); third.Contact != m.Contact {
		t.Error("the number that it was changed to is not theirs")
	}
}

// A customer who never wrote is added as a contact; when they write it is
// theirs.
func TestS0_17ContactWithoutMessages(t *testing.T) {
	d := open(t)
	c := d.mailer("m")
	var made contact
	d.As("agent").Read(http.StatusCreated, http.MethodPost, "/contacts", terms{"name": "Max Muster", "identities": []string{"email:" + c.address}}, &made)
	if m := c.writes("Question"); m.Contact != made.ID {
		t.Errorf("who was added is %s, who wrote is %s", made.ID, m.Contact)
	}
}

// A phone number is deleted for good, and with it no rule: a block on the contact
// goes on for who writes from that number.
func TestS0_18NumberIsDeleted(t *testing.T) {
	d := open(t)
	d.As("admin").Read(http.StatusOK, http.MethodPatch, "/settings", terms{"block_contact_enabled": true}, nil)
	first, second := d.texter(1), d.texter(2)
	m := first.writes("Hello")
	at := "/contacts/" + m.Contact
	var now contact
	d.As("agent").Read(http.StatusCreated, http.MethodPost, at+"/identities", terms{"identity": "phone:" + second.address}, &now)
	d.sets("supervisor", at+"/block", terms{"reason": "spam"})
	d.As("agent").Read(http.StatusNoContent, http.MethodDelete, at+"/identities/"+now.Identities[1].ID, nil, nil)
	if known := get[contact](d.As("agent"), at); len(known.Identities) != 1 {
		t.Errorf("they have %+v", known.Identities)
	}
	if again := second.writes("It is me"); again.State != "held" || again.Contact == m.Contact {
		t.Errorf("what comes from it is %s, of %s", again.State, again.Contact)
	}
}

// Tags are put on customers, and customers are listed by them.
func TestS4_4TagsOnContacts(t *testing.T) {
	d := open(t)
	m := d.mailer("m").writes("Question")
	d.mailer("other").writes("Question")
	tag := "vip " + m.Contact
	d.As("agent").Read(http.StatusOK, http.MethodPatch, "/contacts/"+m.Contact, terms{"tags": []string{tag, "gold"}}, nil)
	list := get[struct{ Items []contact }](d.As("agent"), "/contacts?tag="+url.QueryEscape(tag))
	if len(list.Items) != 1 || list.Items[0].ID != m.Contact || !slices.Equal(list.Items[0].Tags, []string{tag, "gold"}) {
		t.Errorf("listed: %+v", list.Items)
	}
}

// Calling a customer back begins a new conversation, with whoever has the
// number; with somebody who may not be written to it begins none.
func TestS4_7CallingBack(t *testing.T) {
	d := open(t)
	c := d.texter(1)
	m := c.writes("Please call")
	d.As("agent").Read(http.StatusOK, http.MethodPatch, "/conversations/"+m.Conversation, terms{"status": "closed"}, nil)
	asked := terms{"identity": "phone:" + c.address, "channel": m.Channel, "subject": "Call back"}
	var opened struct {
		ID, Continues string
		Contact       string `json:"contact_id"`
	}
	d.As("agent").Read(http.StatusCreated, http.MethodPost, "/conversations", asked, &opened)
	if opened.Contact != m.Contact || opened.Continues != m.Conversation {
		t.Errorf("opened: %+v", opened)
	}
	d.sets("supervisor", "/contacts/"+m.Contact+"/ban", terms{"reason": "abuse"})
	d.As("agent").Read(http.StatusConflict, http.MethodPost, "/conversations", asked, nil)
}

// Fields of one's own are shown, in an order of one's own.
func TestS4_9FieldsInTheirOrder(t *testing.T) {
	d := open(t)
	m := d.mailer("m").writes("Question")
	d.As("admin").Read(http.StatusOK, http.MethodPatch, "/settings", terms{"contact_fields": "plan, seats"}, nil)
	d.As("agent").Read(http.StatusOK, http.MethodPatch, "/contacts/"+m.Contact, terms{"fields": terms{"a": "1", "seats": "12", "plan": "pro"}}, nil)
	if known := get[contact](d.As("agent"), "/contacts/"+m.Contact); !slices.Equal(known.FieldOrder, []string{"plan", "seats", "a"}) || known.Fields["plan"] != "pro" {
		t.Errorf("it shows %+v", known)
	}
}

package behaviours

import (
	"encoding/json"
	"iter"
	"maps"
	"net/http"
	"strings"
	"time"

	"gatehouse/cmd/gatehouse/housetest"
)

// A desk is a support team's side of a house, in the hands of one test.
type desk struct {
	*housetest.House
	mail  *housetest.Mailbox
	place string
}

// terms is the body of a request.
type terms map[string]any

func keysOf[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }

// get reads one thing of the API.
func get[T any](h *housetest.House, path string) (v T) {
	h.T.Helper()
	h.Read(http.StatusOK, http.MethodGet, path, nil, &v)
	return v
}

// sets sets a rule at a place, as somebody of a role.
func (d desk) sets(role, path string, body any) (r housetest.Rule) {
	d.T.Helper()
	d.As(role).Read(http.StatusCreated, http.MethodPost, path, body, &r)
	return r
}

// lifts takes a rule away which holds nothing.
func (d desk) lifts(role, path string) {
	d.T.Helper()
	d.As(role).Read(http.StatusNoContent, http.MethodDelete, path, nil, nil)
}

// orders starts a job as a supervisor, and returns it when it is done.
func (d desk) orders(path string, body any) housetest.Job {
	d.T.Helper()
	var j housetest.Job
	d.As("supervisor").Read(http.StatusAccepted, http.MethodPost, path, body, &j)
	return d.Finished(j.ID)
}

// denied wants a request to be answered with a status and words that say why.
func (d desk) denied(role string, want int, method, path string, body any, says string) {
	d.T.Helper()
	a, err := d.As(role).API(method, path, body)
	housetest.Must(d.T, err)
	if a.Status != want || !strings.Contains(a.Body, says) {
		d.T.Errorf("%s %s by %s: %d %s, want %d and %q", method, path, role, a.Status, a.Body, want, says)
	}
}

// decided waits until a message is no longer on its way.
func (d desk) decided(id string) (m housetest.Message) {
	d.T.Helper()
	housetest.Eventually(d.T, "message "+id+" is decided", func() bool {
		m = get[housetest.Message](d.As("admin"), "/messages/"+id)
		return m.State != "received"
	})
	return m
}

// is waits until a message is in a state.
func (d desk) is(id, state string) (m housetest.Message) {
	d.T.Helper()
	housetest.Eventually(d.T, "message "+id+" is "+state, func() bool {
		m = get[housetest.Message](d.As("admin"), "/messages/"+id)
		return m.State == state
	})
	return m
}

// arrived waits for the message that says something, among the newest of a
// channel, and until it is decided.
func (d desk) arrived(channel, says string) (found housetest.Message) {
	d.T.Helper()
	housetest.Eventually(d.T, says+" is decided", func() bool {
		found, _ = d.find("/messages?limit=200&channel="+channel, func(m housetest.Message) bool { return m.Name() == says })
		return found.ID != "" && found.State != "received"
	})
	return found
}

// refused waits for a message of a channel that a rule refused.
func (d desk) refused(channel, rule string) {
	d.T.Helper()
	housetest.Eventually(d.T, "rule "+rule+" refuses on "+channel, func() bool {
		_, ok := d.find("/messages?state=refused&limit=200&channel="+channel,
			func(m housetest.Message) bool { return m.Rule != nil && m.Rule.ID == rule })
		return ok
	})
}

func (d desk) find(path string, is func(housetest.Message) bool) (housetest.Message, bool) {
	d.T.Helper()
	for _, m := range get[struct{ Items []housetest.Message }](d.As("admin"), path).Items {
		if is(m) {
			return m, true
		}
	}
	return housetest.Message{}, false
}

// talk is a conversation that must be in a status.
func (d desk) talk(id, status string) conversation {
	d.T.Helper()
	c := get[conversation](d.As("agent"), "/conversations/"+id)
	if c.Status != status {
		d.T.Errorf("conversation %s is %s, want %s", id, c.Status, status)
	}
	return c
}

// talksOf are the conversations of a contact.
func (d desk) talksOf(contact string) []conversation {
	d.T.Helper()
	return housetest.All[conversation](d.As("agent"), "/conversations?contact_id="+contact)
}

// ticketsOf is the blocked list's part about a contact.
func (d desk) ticketsOf(contact, more string) []housetest.Ticket {
	d.T.Helper()
	return housetest.All[housetest.Ticket](d.As("supervisor"), "/blocked?contact_id="+contact+more)
}

type conversation struct {
	ID, Channel, Status, Subject, Continues, Assignee string
	Contact                                           string `json:"contact_id"`
	ClosedBy                                          string `json:"closed_by"`
	Messages                                          int
	OpenedAt                                          time.Time `json:"opened_at"`
	LastAt                                            time.Time `json:"last_message_at"`
	Standing                                          *standing
}

type contact struct {
	ID, Name       string
	Nickname       string
	Company        string
	Location       string
	Avatar         string `json:"avatar_url"`
	Tags           []string
	Fields         map[string]string
	FieldOrder     []string `json:"field_order"`
	Identities     []identity
	Standing       standing
	Held, Unopened int
	CreatedAt      time.Time `json:"created_at"`
}

// identity is an address that a contact has.
type identity struct{ ID, Kind, Value, How string }

// standing is what somebody may.
type standing struct {
	MaySend     bool `json:"may_send"`
	MayReceive  bool `json:"may_receive"`
	MayAuto     bool `json:"may_auto"`
	MayConverse bool `json:"may_converse"`
	Effect      string
	Widget      string
	Notice      string
	Until       *time.Time
	Rule        *housetest.Rule
}

// hits counts what a rule refused on a channel, by the rows kept of it.
func (d desk) hits(channel, rule string) (n int) {
	d.T.Helper()
	for _, m := range housetest.All[housetest.Message](d.As("admin"), "/messages?state=refused&channel="+channel) {
		if m.Rule != nil && m.Rule.ID == rule {
			n++
		}
	}
	return n
}

// contactOf is the contact that a rule names.
func contactOf(r housetest.Rule) string { return strings.TrimPrefix(r.Target, "contact:") }

// An event is a line of the log.
type event struct {
	ID, Type string
	Message  string `json:"message_id"`
	Contact  string `json:"contact_id"`
}

// eventsOf are the kinds of events that a choice takes, in their order, once
// there is one of them: the log shows an event when all that began before it
// has ended.
func (d desk) eventsOf(choose func(event) bool) (kinds []string) {
	d.T.Helper()
	housetest.Eventually(d.T, "there is an event", func() bool {
		kinds = nil
		for _, e := range d.events() {
			if choose(e) {
				kinds = append(kinds, e.Type)
			}
		}
		return kinds != nil
	})
	return kinds
}

// about chooses what a message's decision tells.
func about(message string) func(event) bool {
	return func(e event) bool { return e.Message == message }
}

// events is the log from its beginning.
func (d desk) events() (all []event) {
	d.T.Helper()
	for after := ""; ; {
		list := get[struct {
			Items []event
			Next  string
		}](d.As("agent"), "/events?limit=200&after="+after)
		if all = append(all, list.Items...); len(list.Items) < 200 {
			return all
		}
		after = list.Next
	}
}

// read reads an answer, which must have a status.
func read[T any](t housetest.TB, a housetest.Answer, want int) (v T) {
	t.Helper()
	if a.Status != want {
		t.Fatalf("answered %d, want %d: %s", a.Status, want, a.Body)
	}
	housetest.Must(t, json.Unmarshal([]byte(a.Body), &v))
	return v
}

// reach is what a rule would have met.
type reach struct {
	Messages, Contacts int
	Open               int `json:"open_conversations"`
	Examples           []struct {
		Contact string `json:"contact_id"`
	}
	Suggests string
}

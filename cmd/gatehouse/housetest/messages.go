package housetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// SiteChat is a chat channel which anybody may write to as fast as they can,
// and Door is where they do.
const (
	SiteChat = "{name: site-chat, kind: chat, visitor_rate: 0, ip_rate: 0}"
	Door     = "/chat/site-chat/messages"
)

// Post is a chat message as a widget sends it.
func Post(visitor, id, name string) string {
	return fmt.Sprintf(`{"id":%q,"visitor_id":%q,"text":"%s %s"}`, id, visitor, name, Planted)
}

// Say posts a chat message, wants it acknowledged, and returns its id.
func (h *House) Say(visitor, id, name string, header ...string) string {
	h.T.Helper()
	a, err := h.Ask(http.MethodPost, Door, Post(visitor, id, name), header...)
	Must(h.T, err)
	if a.Status != http.StatusAccepted {
		h.T.Fatalf("%s answered %d: %s", name, a.Status, a.Body)
	}
	var given struct{ ID string }
	Must(h.T, json.Unmarshal([]byte(a.Body), &given))
	return given.ID
}

// A Message is what the API says of one.
type Message struct {
	ID, Channel, State, Subject, Text, Reason, Note string
	Seq                                             int64
	Conversation                                    string `json:"conversation_id"`
	Contact                                         string `json:"contact_id"`
	Ticket                                          string `json:"ticket_id"`
	ClientIP                                        string `json:"client_ip"`
	From                                            struct{ Kind, Value, Name, How string }
	Identities                                      []struct{ Kind, Value, How string }
	Attachments                                     []Attachment
	Technical                                       *Technical
	Rule                                            *Rule
	ReceivedAt                                      time.Time `json:"received_at"`
	SettledAt                                       time.Time `json:"settled_at"`
}

// An Attachment is one of a message's files.
type Attachment struct {
	Index            int
	Filename, SHA256 string
	Status, Error    string
	Type             string `json:"content_type"`
	Size             int64
}

// Technical is what a visitor's page and browser said of themselves.
type Technical struct {
	Page   struct{ URL, Title, Referrer string }
	Widget string
	Locale string
	Region string
	Agent  string `json:"user_agent"`
	Zone   string `json:"time_zone"`
	Device struct{ OS, Browser string }
}

// Name is what the tests know a message by.
func (m Message) Name() string {
	if m.Subject != "" {
		return m.Subject
	}
	name, _, _ := strings.Cut(m.Text, " "+Planted)
	return name
}

// Messages lists all that are stored, whatever became of them.
func (h *House) Messages() []Message {
	h.T.Helper()
	return All[Message](h, "/messages")
}

// All reads a list of the API to its end.
func All[T any](h *House, path string) []T {
	h.T.Helper()
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	var all []T
	for cursor := ""; ; {
		var list struct {
			Items []T
			Next  string
		}
		h.Read(http.StatusOK, http.MethodGet, path+sep+"limit=200&cursor="+cursor, nil, &list)
		all = append(all, list.Items...)
		if cursor = list.Next; cursor == "" {
			return all
		}
	}
}

// Message is the one of a name.
func (h *House) Message(name string) Message {
	h.T.Helper()
	for _, m := range h.Messages() {
		if m.Name() == name {
			return m
		}
	}
	h.T.Fatalf("no message is named %q", name)
	return Message{}
}

// In waits until the message of a name is in the state.
func (h *House) In(state, name string) Message {
	h.T.Helper()
	var m Message
	Eventually(h.T, name+" is "+state, func() bool {
		for _, m = range h.Messages() {
			if m.Name() == name && m.State == state {
				return true
			}
		}
		return false
	})
	return m
}

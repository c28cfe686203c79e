package console

import (
	"net/http"
	"net/url"

	"gatehouse/ingest"
)

var conversationPages = []page{
	{pattern: "GET /conversations", show: lists[ingest.Conversation]("conversations", "/conversations", "status", "assignee", "channel", "tag", "contact_id")},
	{pattern: "GET /conversations/{id}", show: (*visit).conversation},
}

// conversationView is a conversation with its messages, to read, and the person
// beside it.
type conversationView struct {
	ingest.Conversation
	Talk    ingest.List[ingest.Record]
	Contact ingest.Contact
}

func (v *visit) conversation() error {
	var view conversationView
	path := "/conversations/" + url.PathEscape(v.r.PathValue("id"))
	if err := v.get(path, nil, &view.Conversation); err != nil {
		return err
	}
	if err := v.get(path+"/messages", v.filters([]string{"cursor"}), &view.Talk); err != nil {
		return err
	}
	if err := v.get("/contacts/"+view.ContactID.String(), nil, &view.Contact); err != nil {
		return err
	}
	if err := v.refresh(&view.Contact.Standing); err != nil {
		return err
	}
	return v.render(http.StatusOK, "conversation", view)
}

// Statuses are those of conversations.
func (f frame) Statuses() []way {
	return []way{{"unclosed", "not closed"}, {"unassigned", "nobody’s yet"}, {"open", "somebody’s"}, {"bot", "with the bot"}, {"closed", "closed"}}
}

// Stands is a conversation's status in words.
func (f frame) Stands(s ingest.Status) string {
	for _, w := range f.Statuses() {
		if w.Value == string(s) {
			return w.Name
		}
	}
	return string(s)
}

package console

import (
	"net/http"
	"net/url"

	"gatehouse/ingest"
)

var conversationPages = []page{
	{pattern: "GET /conversations", show: lists[ingest.Conversation]("conversations", "/conversations", "status", "assignee", "channel")},
	{pattern: "GET /conversations/{id}", show: (*visit).conversation},
}

// conversationView is a conversation with its messages, to read.
type conversationView struct {
	ingest.Conversation
	Talk ingest.List[ingest.Record]
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
	return v.render(http.StatusOK, "conversation", view)
}

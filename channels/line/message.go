package line

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// event is a message, or that one was taken back.
type event struct {
	happening
	Message message `json:"message"`
	Unsend  struct {
		ID channels.Written `json:"messageId"`
	} `json:"unsend"`
}

// read is the message of an event.
func read(s channels.Stamp, element []byte) (r channels.Reading, err error) {
	var e event
	unread := json.Unmarshal(element, &e)
	r.Keys = []string{e.key()}
	r.Content = ingest.Sum(e.Type, string(e.Source.UserID), string(e.Timestamp), e.Message.Text, e.Message.FileName)
	if unread != nil {
		return r, errors.New("the event cannot be read")
	}
	if r.Message.From, err = e.Source.sender(); err != nil {
		return r, errors.New("the message is from nobody")
	}
	r.Message.SentAt, r.Message.To = e.Timestamp.Unix(time.Millisecond), e.to(s)
	if e.Type == "unsend" {
		r.Message.Change = &ingest.Change{Kind: ingest.Unsend, Of: name(e.Unsend.ID)}
		return r, nil
	}
	r.Message.Text = channels.Text(e.Message.words())
	if answered := name(e.Message.Quoted); answered != "" {
		r.Message.Answers = []string{answered}
	}
	r.Files, r.Message.Defects = e.Message.files()
	if !e.Message.known() {
		detail := fmt.Sprintf("a message of type %q", channels.Line(e.Message.Type, 40))
		r.Message.Defects = append(r.Message.Defects, ingest.Defect{Code: "unsupported", Detail: detail})
	}
	return r, nil
}

// key names the message; that it is taken back happens once.
func (e event) key() string {
	switch {
	case e.Type == "message":
		return name(e.Message.ID)
	case e.Type == "unsend" && e.Unsend.ID != "":
		return "unsend:" + name(e.Unsend.ID)
	}
	return ""
}

// name is how messages name each other.
func name(id channels.Written) string { return channels.Line(string(id), 100) }

// to is the bot, and the group in which it reads.
func (e event) to(s channels.Stamp) (list []ingest.Mailbox) {
	var o outer
	_ = json.Unmarshal(s.Outer, &o) // written by Parse; without it nobody knows
	for _, id := range []channels.Written{o.Destination, e.Source.group()} {
		if address := channels.Line(string(id), 100); address != "" {
			list = append(list, ingest.Mailbox{Address: address})
		}
	}
	return list
}

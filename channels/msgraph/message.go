package msgraph

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gatehouse/channels/mailapi"
)

// sizeOf is the MAPI property that has a message's size in octets, as Exchange
// stores it (PidTagMessageSize).
const sizeOf = "Integer 0x0E08"

// Head asks for what Exchange knows of a message's header, and its size.
func (s *source) Head(ctx context.Context, id string) (mailapi.Head, error) {
	var m struct {
		Received time.Time `json:"receivedDateTime"`
		Draft    bool      `json:"isDraft"`
		Header   []struct {
			Name  string `json:"name"`
			Value string `json:"value"`
		} `json:"internetMessageHeaders"`
		Properties []struct {
			Value string `json:"value"`
		} `json:"singleValueExtendedProperties"`
	}
	err := s.client.Get(ctx, mailapi.Call{To: s.mailbox("messages", id), Prefer: immutable, Query: url.Values{
		"$select": {"receivedDateTime,isDraft,internetMessageHeaders"},
		"$expand": {"singleValueExtendedProperties($filter=id eq '" + sizeOf + "')"},
	}}, &m)
	if err != nil {
		return mailapi.Head{}, s.gone(err)
	}
	head := mailapi.Head{At: m.Received, Pass: m.Draft}
	for _, f := range m.Header {
		head.Header = mailapi.AppendField(head.Header, f.Name, f.Value)
	}
	for _, p := range m.Properties {
		head.Size, _ = strconv.ParseInt(strings.TrimSpace(p.Value), 10, 64) // 0: not known
	}
	return head, nil
}

// Whole asks for the message as a mail.
func (s *source) Whole(ctx context.Context, id string, room int64) ([]byte, error) {
	raw, err := s.client.Read(ctx, mailapi.Call{To: s.mailbox("messages", id, "$value"), Prefer: immutable}, room)
	return raw, s.gone(err)
}

// Touch marks a message as read, or moves it: its immutable id stays.
func (s *source) Touch(ctx context.Context, _, id string) error {
	call := mailapi.Call{Method: http.MethodPatch, To: s.mailbox("messages", id), Prefer: immutable, Body: map[string]bool{"isRead": true}}
	if s.config.After == move {
		to, err := s.folder(ctx, s.config.moveTo)
		if err != nil {
			return err
		}
		call = mailapi.Call{Method: http.MethodPost, To: s.mailbox("messages", id, "move"), Prefer: immutable, Body: map[string]string{"destinationId": to}}
	}
	return s.gone(s.client.Do(ctx, call))
}

// gone tells a message that was removed from other trouble.
func (s *source) gone(err error) error {
	if r := mailapi.Refused(err); r != nil && (r.Status == http.StatusNotFound || r.Has("ErrorItemNotFound")) {
		return mailapi.ErrGone
	}
	return s.explain(err)
}

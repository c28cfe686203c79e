package gmail

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"gatehouse/channels/mailapi"
	"gatehouse/ingest"
)

// Head asks for a message's header, labels and size.
func (s *source) Head(ctx context.Context, id string) (mailapi.Head, error) {
	var m struct {
		Labels  []string `json:"labelIds"`
		Date    string   `json:"internalDate"` // in ms
		Size    int64    `json:"sizeEstimate"`
		Payload struct {
			Header []struct{ Name, Value string } `json:"headers"`
		} `json:"payload"`
	}
	call := mailapi.Call{To: s.mailbox("messages", id), Query: url.Values{"format": {"metadata"}}}
	if err := s.client.Get(ctx, call, &m); err != nil {
		return mailapi.Head{}, s.gone(err)
	}
	head := mailapi.Head{Size: m.Size}
	head.Pass = slices.ContainsFunc(m.Labels, func(l string) bool { return l == "SPAM" || l == "TRASH" || l == "DRAFT" })
	if ms, err := strconv.ParseInt(m.Date, 10, 64); err == nil {
		head.At = time.UnixMilli(ms).UTC()
	}
	for _, f := range m.Payload.Header {
		head.Header = mailapi.AppendField(head.Header, f.Name, f.Value)
	}
	return head, nil
}

// besides is how many octets an answer has beside the mail, at most.
const besides = 64 << 10

// Whole asks for the message as a mail.
func (s *source) Whole(ctx context.Context, id string, room int64) ([]byte, error) {
	var m struct{ Raw encoded }
	call := mailapi.Call{To: s.mailbox("messages", id), Query: url.Values{"format": {"raw"}, "fields": {"raw"}}}
	if err := s.client.GetUpTo(ctx, call, room/3*4+besides, &m); err != nil {
		return nil, s.gone(err)
	}
	switch {
	case int64(len(m.Raw)) > room:
		return nil, mailapi.ErrLarge
	case m.Raw == nil:
		return nil, ingest.AsTemporary(errors.New("the API's answer has no mail in it"))
	}
	return m.Raw, nil
}

// encoded are octets in base64 for URLs (RFC 4648 §5), with or without padding.
type encoded []byte

// UnmarshalJSON decodes them where they lie, for there may be many.
func (e *encoded) UnmarshalJSON(b []byte) error {
	text := bytes.Trim(b, `"`)
	if bytes.IndexByte(b, '\\') >= 0 { // as Google writes the padding
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		text = []byte(s)
	}
	text = bytes.TrimRight(text, "=")
	raw := make([]byte, base64.RawURLEncoding.DecodedLen(len(text)))
	n, err := base64.RawURLEncoding.Decode(raw, text)
	*e = raw[:n]
	return err
}

// Touch takes a label off a message.
func (s *source) Touch(ctx context.Context, _, id string) error {
	label := "UNREAD"
	if s.config.After == archive {
		label = "INBOX"
	}
	return s.gone(s.client.Do(ctx, mailapi.Call{Method: http.MethodPost, To: s.mailbox("messages", id, "modify"),
		Body: map[string][]string{"removeLabelIds": {label}}}))
}

// gone tells a message that was removed from other trouble.
func (s *source) gone(err error) error {
	if r := mailapi.Refused(err); r != nil && r.Status == http.StatusNotFound {
		return mailapi.ErrGone
	}
	return s.explain(err)
}

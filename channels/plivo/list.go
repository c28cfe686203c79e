package plivo

import (
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"time"

	"gatehouse/channels"
)

const (
	pageSize = 20 // Plivo gives no more
	// settled is how old a record is before it is looked at: until then Plivo may
	// still try the webhook, which has the text.
	settled = 30 * time.Minute
	// timeForm is how Plivo reads times; it writes them with a zone behind.
	timeForm, timeFormZone = "2006-01-02 15:04:05", "2006-01-02 15:04:05Z07:00"
)

// openList is Plivo's list of message records
// (plivo.com/docs/messaging/api/messages). They hold no text: what the webhook
// missed becomes a dead message, which says from whom to which number it was,
// so that somebody can ask.
func openList(decode channels.Settings, host channels.Host) (channels.List, error) {
	s, _, err := configured(decode, host)
	if err != nil {
		return channels.List{}, err
	}
	return channels.List{
		ListSettings: s.ListSettings, Account: s.AuthID, Credentials: channels.Basic(s.AuthID, s.AuthToken),
		Numbered: true, NewestFirst: true, First: firstPage(s.AuthID),
		Page: func(_ channels.Call, answer []byte) (channels.Page, error) {
			return readPage(answer, host.Now().Add(-settled))
		},
		More: nothing, Read: read,
	}, nil
}

// nothing more is known of a record. That it could be asked for leaves out those
// whose message came, which has other content than its record.
func nothing(channels.Row) *channels.Call { return nil }

func firstPage(account string) func(channels.Window) channels.Call {
	return func(w channels.Window) channels.Call {
		query := url.Values{
			"message_direction": {"inbound"}, "limit": {strconv.Itoa(pageSize)}, "offset": {"0"},
			"message_time__gte": {w.From.UTC().Format(timeForm)},
		}
		if !w.Until.IsZero() {
			query.Set("message_time__lt", w.Until.UTC().Format(timeForm))
		}
		if w.Number != "" {
			query.Set("to_number", w.Number)
		}
		return channels.Call{To: "v1/Account/" + url.PathEscape(account) + "/Message/", Query: query}
	}
}

// record is a message as the list has it.
type record struct {
	UUID      string `json:"message_uuid"`
	From      string `json:"from_number"`
	To        string `json:"to_number"`
	Direction string `json:"message_direction"`
	Type      string `json:"message_type"`
	Time      string `json:"message_time"`
}

// readPage reads the records that are older than before.
func readPage(answer []byte, before time.Time) (page channels.Page, err error) {
	var p struct {
		Meta struct {
			Next *string `json:"next"`
		} `json:"meta"`
		Objects []json.RawMessage `json:"objects"`
	}
	if err := json.Unmarshal(answer, &p); err != nil || p.Objects == nil {
		return page, errors.New("the answer is no page of message records")
	}
	for _, raw := range p.Objects {
		if row := readRow(raw); row.At.Before(before) {
			page.Rows = append(page.Rows, row)
		}
	}
	if p.Meta.Next != nil && *p.Meta.Next != "" {
		page.Next = &channels.Call{To: *p.Meta.Next}
	}
	return page, nil
}

// readRow reads a record. What cannot be read is kept.
func readRow(raw json.RawMessage) channels.Row {
	var d record
	if json.Unmarshal(raw, &d) != nil || d.UUID == "" {
		return channels.Row{Element: raw}
	}
	row := channels.Row{Element: raw, Key: d.UUID, To: d.To, Sent: d.Direction != "inbound"}
	if at, err := time.Parse(timeFormZone, d.Time); err == nil {
		row.At = at.UTC()
	} else if at, err := time.Parse(timeForm, d.Time); err == nil {
		row.At = at
	}
	return row
}

// readRecord is what is left of a message: never the message.
func readRecord(element []byte) (r channels.Reading, err error) {
	var d record
	if json.Unmarshal(element, &d) != nil || d.UUID == "" {
		return r, errors.New("the record cannot be read")
	}
	r.Keys = []string{channels.Line(d.UUID, 100)}
	return r, errors.New("a record of a message from " + channels.Line(d.From, 40) + " to " + channels.Line(d.To, 40) + " is left, and not its text")
}

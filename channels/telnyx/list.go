package telnyx

import (
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"time"

	"gatehouse/channels"
)

const (
	pageSize = 50
	// detailRecord is the type of what the list says of a message: who, when, to
	// whom, and not what.
	detailRecord = "message_detail_record"
	// keeps is for how long the API gives a message by its id.
	keeps = 10 * 24 * time.Hour
)

// openList is Telnyx's search in its detail records, which are counted by days
// here; what they leave unsaid the message's own record has.
func openList(decode channels.Settings, host channels.Host) (channels.List, error) {
	s, err := configured(decode, host)
	if err != nil {
		return channels.List{}, err
	}
	return channels.List{
		ListSettings: s.ListSettings, Account: s.PublicKey.Print(), Credentials: channels.InHeader("Authorization", "Bearer ", s.APIKey),
		Keeps: keeps, First: firstPage, Page: readPage, More: more, Fill: fill, Read: read,
	}, nil
}

func firstPage(w channels.Window) channels.Call {
	query := url.Values{
		"filter[record_type]": {"messaging"}, "filter[direction]": {"inbound"}, "filter[created_at][gte]": {w.From.Format(time.DateOnly)},
		"sort": {"created_at"}, "page[size]": {strconv.Itoa(pageSize)}, "page[number]": {"1"},
	}
	if !w.Until.IsZero() {
		query.Set("filter[created_at][lt]", w.Until.AddDate(0, 0, 1).Format(time.DateOnly))
	}
	return channels.Call{To: "v2/detail_records", Query: query}
}

func readPage(asked channels.Call, answer []byte) (page channels.Page, err error) {
	var p struct {
		Data []json.RawMessage `json:"data"`
		Meta struct {
			Number int `json:"page_number"`
			Total  int `json:"total_pages"`
		} `json:"meta"`
	}
	if err := json.Unmarshal(answer, &p); err != nil || p.Data == nil {
		return page, errors.New("the answer is no page of detail records")
	}
	for _, raw := range p.Data {
		page.Rows = append(page.Rows, readRow(raw))
	}
	if p.Meta.Number < p.Meta.Total {
		page.Next = asked.With("page[number]", strconv.Itoa(p.Meta.Number+1))
	}
	return page, nil
}

// readRow reads a detail record. What cannot be read is kept.
func readRow(raw json.RawMessage) channels.Row {
	var d struct {
		ID        string    `json:"uuid"`
		To        string    `json:"cld"`
		Direction string    `json:"direction"`
		Created   time.Time `json:"created_at"`
	}
	if json.Unmarshal(raw, &d) != nil || d.ID == "" {
		return channels.Row{Element: raw}
	}
	return channels.Row{Element: raw, Key: d.ID, To: d.To, At: d.Created.UTC(), Sent: d.Direction != "inbound"}
}

// more asks for a message by its id.
func more(r channels.Row) *channels.Call {
	if r.Key == "" {
		return nil
	}
	return &channels.Call{To: "v2/messages/" + url.PathEscape(r.Key)}
}

func fill(r channels.Row, answer []byte) (channels.Row, error) {
	var a struct {
		Data json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(answer, &a); err != nil || len(a.Data) == 0 {
		return r, errors.New("the answer is no message")
	}
	r.Element = a.Data
	return r, nil
}

package messagebird

import (
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"time"

	"gatehouse/channels"
)

const pageSize = 100

// openList is MessageBird's list of SMS, of those that came in: the newest
// first, as far as is known. What came to short codes or through the
// Conversations API is not in it.
func openList(decode channels.Settings, host channels.Host) (channels.List, error) {
	s, _, err := configured(decode, host)
	if err != nil {
		return channels.List{}, err
	}
	return channels.List{
		ListSettings: s.ListSettings, Account: s.AccessKey.Print(), Credentials: s.credentials(),
		NewestFirst: true, First: firstPage, Page: readPage, Read: read,
	}, nil
}

func firstPage(w channels.Window) channels.Call {
	query := url.Values{
		"direction": {"mo"}, "from": {w.From.Format(time.RFC3339)}, "limit": {strconv.Itoa(pageSize)}, "offset": {"0"},
	}
	if !w.Until.IsZero() {
		query.Set("until", w.Until.Format(time.RFC3339))
	}
	return channels.Call{To: "messages", Query: query}
}

func readPage(asked channels.Call, answer []byte) (page channels.Page, err error) {
	var p struct {
		Offset int               `json:"offset"`
		Total  int               `json:"totalCount"`
		Items  []json.RawMessage `json:"items"`
	}
	if err := json.Unmarshal(answer, &p); err != nil || p.Items == nil {
		return page, errors.New("the answer is no page of messages")
	}
	for _, raw := range p.Items {
		page.Rows = append(page.Rows, readRow(raw))
	}
	if next := p.Offset + len(p.Items); len(p.Items) > 0 && next < p.Total {
		page.Next = asked.With("offset", strconv.Itoa(next))
	}
	return page, nil
}

// readRow reads a row. What cannot be read is kept.
func readRow(raw json.RawMessage) channels.Row {
	var m sms
	if json.Unmarshal(raw, &m) != nil || m.ID == "" {
		return channels.Row{Element: raw}
	}
	row := channels.Row{Element: raw, Key: m.ID, Sent: m.Direction != "mo"}
	if len(m.Recipients.Items) > 0 {
		row.To = string(m.Recipients.Items[0].Recipient)
	}
	if at := timeOf(m.Created); at != nil {
		row.At = *at
	}
	return row
}

package infobip

import (
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"time"

	"gatehouse/channels"
)

const (
	pageSize = 1000           // Infobip gives at most so many
	kept     = 48 * time.Hour // and keeps them so long
	when     = "2006-01-02T15:04:05.000-0700"
)

// openList is the log of received SMS, the newest first and by number. It has no
// pages: a full answer is followed by one that ends with its oldest message.
func openList(decode channels.Settings, host channels.Host) (channels.List, error) {
	s, err := configured(decode, host)
	if err != nil {
		return channels.List{}, err
	}
	return channels.List{
		ListSettings: s.ListSettings, Account: s.APIKey.Print(), Credentials: s.credentials(),
		Numbered: true, NewestFirst: true, Keeps: kept,
		First: firstPage, Page: readPage, Read: read,
	}, nil
}

func firstPage(w channels.Window) channels.Call {
	query := url.Values{"limit": {strconv.Itoa(pageSize)}, "receivedSince": {w.From.Format(when)}}
	if !w.Until.IsZero() {
		query.Set("receivedUntil", w.Until.Format(when))
	}
	if w.Number != "" {
		query.Set("to", w.Number)
	}
	return channels.Call{To: "sms/1/inbox/logs", Query: query}
}

func readPage(asked channels.Call, answer []byte) (page channels.Page, err error) {
	var p struct {
		Results []json.RawMessage `json:"results"`
	}
	if err := json.Unmarshal(answer, &p); err != nil || p.Results == nil {
		return page, errors.New("the answer is no page of messages")
	}
	var oldest time.Time
	for _, raw := range p.Results {
		row := listed(raw)
		if !row.At.IsZero() && (oldest.IsZero() || row.At.Before(oldest)) {
			oldest = row.At
		}
		page.Rows = append(page.Rows, row)
	}
	if len(p.Results) < pageSize || oldest.IsZero() {
		return page, nil
	}
	page.Next = asked.With("receivedUntil", oldest.Add(time.Millisecond).Format(when)) // others may have come with it
	return page, nil
}

// listed is what of a row matters to the list. What cannot be read is kept.
func listed(raw json.RawMessage) channels.Row {
	var m result
	if err := json.Unmarshal(raw, &m); err != nil {
		return channels.Row{Element: raw}
	}
	return channels.Row{Element: raw, Key: channels.Line(string(m.ID), 100), To: string(m.To), At: moment(m.ReceivedAt)}
}

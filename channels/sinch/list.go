package sinch

import (
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"time"

	"gatehouse/channels"
)

const (
	pageSize = 100                 // Sinch gives at most 100
	kept     = 14 * 24 * time.Hour // Sinch lists messages for 14 days
	when     = "2006-01-02T15:04:05.000Z"
)

// openList is the list of a service plan's messages in the SMS API, the newest
// first and by number. Messages of the Conversation API are not in it.
func openList(decode channels.Settings, host channels.Host) (channels.List, error) {
	s, err := configured(decode, host)
	if err != nil {
		return channels.List{}, err
	}
	return channels.List{
		ListSettings: s.ListSettings, Account: s.ServicePlanID,
		Credentials: channels.InHeader("Authorization", "Bearer ", s.APIToken),
		Numbered:    true, NewestFirst: true, Keeps: kept,
		First: func(w channels.Window) channels.Call { return firstPage(s.ServicePlanID, w) },
		Page:  readPage, Read: read,
	}, nil
}

func firstPage(plan string, w channels.Window) channels.Call {
	query := url.Values{"page": {"0"}, "page_size": {strconv.Itoa(pageSize)}, "start_date": {w.From.Format(when)}}
	if !w.Until.IsZero() {
		query.Set("end_date", w.Until.Format(when))
	}
	if w.Number != "" {
		query.Set("to", w.Number)
	}
	return channels.Call{To: "xms/v1/" + url.PathEscape(plan) + "/inbounds", Query: query}
}

// readPage reads a page. What a page may have at most is said by nobody for sure:
// the list ends with the first empty one, or with the first if it has all.
func readPage(asked channels.Call, answer []byte) (page channels.Page, err error) {
	var p struct {
		Inbounds []json.RawMessage `json:"inbounds"`
		Count    *int              `json:"count"` // on all pages
	}
	number, errNumber := strconv.Atoi(asked.Query.Get("page"))
	if err := json.Unmarshal(answer, &p); err != nil || p.Inbounds == nil || errNumber != nil {
		return page, errors.New("the answer is no page of messages")
	}
	for _, raw := range p.Inbounds {
		page.Rows = append(page.Rows, listed(raw))
	}
	if all := number == 0 && p.Count != nil && *p.Count <= len(p.Inbounds); all || len(p.Inbounds) == 0 {
		return page, nil
	}
	page.Next = asked.With("page", strconv.Itoa(number+1))
	return page, nil
}

// listed is what of a row matters to the list. What cannot be read is kept.
func listed(raw json.RawMessage) channels.Row {
	var m sms
	if err := json.Unmarshal(raw, &m); err != nil {
		return channels.Row{Element: raw}
	}
	row := channels.Row{Element: raw, Key: channels.Line(string(m.ID), 100), To: string(m.To)}
	if at := instant(m.ReceivedAt); at != nil {
		row.At = *at
	}
	return row
}

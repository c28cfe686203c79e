package twilio

import (
	"encoding/json"
	"errors"
	"net/url"
	"time"

	"gatehouse/channels"
)

const pageSize = "500" // Twilio gives at most 1,000

// openList is Twilio's list of messages, in its REST API of 2010-04-01: the
// newest first, as far as is known, and by number.
func openList(decode channels.Settings, host channels.Host) (channels.List, error) {
	s, _, err := configured(decode, host)
	if err != nil {
		return channels.List{}, err
	}
	return channels.List{
		ListSettings: s.ListSettings, Account: s.AccountSID, Credentials: channels.Basic(s.AccountSID, s.AuthToken),
		Numbered: true, NewestFirst: true,
		First: func(w channels.Window) channels.Call { return firstPage(s.AccountSID, w) },
		Page:  readPage, Read: read,
	}, nil
}

// firstPage asks for the newest messages. DateSent counts in whole days.
func firstPage(account string, w channels.Window) channels.Call {
	query := url.Values{"DateSent>": {w.From.Format(time.DateOnly)}, "PageSize": {pageSize}}
	if !w.Until.IsZero() {
		query.Set("DateSent<", w.Until.AddDate(0, 0, 1).Format(time.DateOnly))
	}
	if w.Number != "" {
		query.Set("To", w.Number)
	}
	return channels.Call{To: "2010-04-01/Accounts/" + url.PathEscape(account) + "/Messages.json", Query: query}
}

func readPage(_ channels.Call, answer []byte) (page channels.Page, err error) {
	var p struct {
		Messages []json.RawMessage `json:"messages"`
		Next     string            `json:"next_page_uri"`
	}
	if err := json.Unmarshal(answer, &p); err != nil || p.Messages == nil {
		return page, errors.New("the answer is no page of messages")
	}
	for _, raw := range p.Messages {
		page.Rows = append(page.Rows, readRow(raw).listed())
	}
	if p.Next != "" {
		page.Next = &channels.Call{To: p.Next}
	}
	return page, nil
}

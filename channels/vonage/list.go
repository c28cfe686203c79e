package vonage

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// openList is Vonage's list of messages, in its Reports API: oldest first, as its
// pages say, at most a day at a time.
func openList(decode channels.Settings, host channels.Host) (channels.List, error) {
	s, err := configured(decode)
	if err != nil {
		return channels.List{}, err
	}
	return channels.List{
		ListSettings: s.ListSettings, Account: s.Product + "/" + s.APIKey, Credentials: channels.Basic(s.APIKey, s.APISecret),
		Numbered: true, Longest: 24 * time.Hour,
		First: func(w channels.Window) channels.Call { return s.firstPage(w) },
		Page:  func(_ channels.Call, answer []byte) (channels.Page, error) { return readPage(s.Product, answer) },
		Read:  read,
	}, nil
}

func (s settings) firstPage(w channels.Window) channels.Call {
	query := url.Values{
		"account_id": {s.APIKey}, "product": {strings.ToUpper(s.Product)}, "direction": {"inbound"}, "include_message": {"true"},
		"date_start": {w.From.UTC().Format(time.RFC3339)},
	}
	if !w.Until.IsZero() {
		query.Set("date_end", w.Until.UTC().Format(time.RFC3339))
	}
	if w.Number != "" {
		query.Set("to", strings.TrimPrefix(w.Number, "+"))
	}
	return channels.Call{To: "v2/reports/records", Query: query}
}

// row is a message in the list.
type row struct {
	ID        string  `json:"message_id"`
	From      string  `json:"from"`
	To        string  `json:"to"`
	Body      *string `json:"message_body"`
	Received  string  `json:"date_received"`
	Direction string  `json:"direction"`
	Provider  string  `json:"provider"` // the network, of the Messages API
}

func readPage(product string, answer []byte) (page channels.Page, err error) {
	var p struct {
		Links struct {
			Next struct {
				Href string `json:"href"`
			} `json:"next"`
		} `json:"_links"`
		Records *[]json.RawMessage `json:"records"`
	}
	if err := json.Unmarshal(answer, &p); err != nil || p.Records == nil {
		return page, errors.New("the answer is no page of records")
	}
	for _, element := range *p.Records {
		listed := channels.Row{Element: element, Product: product}
		var r row
		if json.Unmarshal(element, &r) == nil {
			listed.Key, listed.To, listed.Sent = channels.Line(r.ID, 100), r.To, r.Direction == "outbound"
			if at := sentAt(r.Received); at != nil {
				listed.At = *at
			}
		}
		page.Rows = append(page.Rows, listed)
	}
	if p.Links.Next.Href != "" {
		page.Next = &channels.Call{To: p.Links.Next.Href}
	}
	return page, nil
}

// readRow is a message that the list has, which does not say of what kind it is
// nor of which message a part.
func readRow(s channels.Stamp, element []byte) (channels.Reading, error) {
	var m row
	if err := json.Unmarshal(element, &m); err != nil {
		return channels.Reading{}, errors.New("this is no record")
	}
	r := keyed(m.ID)
	var text string
	if m.Body != nil {
		text = channels.Text(*m.Body)
	}
	if r.Content = content(m.From, m.To, ""); s.Product == productSMS {
		r.Content = content(m.From, m.To, text)
	}
	var err error
	if r.Message, err = message(m.Provider, m.From, m.To, s.Region); err != nil {
		return r, err
	}
	r.Message.Text, r.Message.SentAt = text, sentAt(m.Received)
	if m.Body == nil {
		r.Message.Defects = []ingest.Defect{{Code: "content_missing", Detail: "the list has the message without its content"}}
	}
	return r, nil
}

package resend

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"

	"gatehouse/channels"
)

// openList is the list of received mail, the newest first. It cannot be asked by
// time. What it leaves unsaid the mail's own record has.
func openList(decode channels.Settings, host channels.Host) (channels.List, error) {
	s, err := configured(decode, host)
	if err != nil {
		return channels.List{}, err
	}
	outer, err := json.Marshal(around{Settings: s.Settings})
	return channels.List{
		ListSettings: s.ListSettings, Account: s.APIKey.Print(), Credentials: channels.InHeader("Authorization", "Bearer ", s.APIKey),
		NewestFirst: true, Endless: true,
		First: func(channels.Window) channels.Call {
			return channels.Call{To: "emails/receiving", Query: url.Values{"limit": {"100"}}}
		},
		Page: func(asked channels.Call, answer []byte) (channels.Page, error) { return readPage(asked, answer, outer) },
		More: more, Fill: fill, Read: read,
	}, err
}

func readPage(asked channels.Call, answer []byte, outer json.RawMessage) (page channels.Page, err error) {
	var p struct {
		Data []json.RawMessage `json:"data"`
		More bool              `json:"has_more"`
	}
	if err := json.Unmarshal(answer, &p); err != nil || p.Data == nil {
		return page, errors.New("the answer is no page of received mail")
	}
	last := ""
	for _, raw := range p.Data {
		row := channels.Row{Element: raw, Product: ofFields, Outer: outer}
		if e, err := readEmail(raw); err == nil {
			row.Key, row.At, last = e.id(), moment(e.Created), e.id()
			if len(e.To) == 1 && !strings.Contains(e.To[0], "<") {
				row.To = e.To[0]
			}
		}
		page.Rows = append(page.Rows, row)
	}
	if p.More && last != "" {
		page.Next = asked.With("after", last)
	}
	return page, nil
}

// more asks for a mail by its id.
func more(r channels.Row) *channels.Call {
	if r.Key == "" {
		return nil
	}
	return &channels.Call{To: "emails/receiving/" + url.PathEscape(r.Key), Query: url.Values{"html_format": {"cid"}}}
}

func fill(r channels.Row, answer []byte) (channels.Row, error) {
	e, err := readEmail(answer)
	if err != nil || e.id() != r.Key {
		return r, errors.New("the answer is not the mail that was asked for")
	}
	r.Element = answer
	return r, nil
}

package bird

import (
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"time"

	"gatehouse/channels"
)

const pageSize = 100

// openList is Bird's list of a channel's messages, the newest first as far as is
// known. Each of Bird's channels has one.
func openList(decode channels.Settings, host channels.Host) (channels.List, error) {
	s, _, err := configured(decode, host)
	if err != nil {
		return channels.List{}, err
	}
	list := s.ListSettings
	list.Numbers = s.ChannelIDs
	return channels.List{
		ListSettings: list, Account: s.WorkspaceID, Credentials: s.credentials(), Numbered: true, NewestFirst: true,
		First: func(w channels.Window) channels.Call { return firstPage(s.WorkspaceID, w) }, Page: readPage, Read: read,
	}, nil
}

func firstPage(workspace string, w channels.Window) channels.Call {
	query := url.Values{"direction": {"incoming"}, "startAt": {w.From.Format(time.RFC3339)}, "limit": {strconv.Itoa(pageSize)}}
	if !w.Until.IsZero() {
		query.Set("endAt", w.Until.Format(time.RFC3339))
	}
	return channels.Call{To: "workspaces/" + url.PathEscape(workspace) + "/channels/" + url.PathEscape(w.Number) + "/messages", Query: query}
}

func readPage(asked channels.Call, answer []byte) (page channels.Page, err error) {
	var p struct {
		Results []json.RawMessage `json:"results"`
		Next    string            `json:"nextPageToken"`
	}
	if err := json.Unmarshal(answer, &p); err != nil || p.Results == nil {
		return page, errors.New("the answer is no page of messages")
	}
	for _, raw := range p.Results {
		page.Rows = append(page.Rows, readRow(raw))
	}
	if p.Next != "" {
		page.Next = asked.With("pageToken", p.Next)
	}
	return page, nil
}

// readRow reads a row. What cannot be read is kept. Of what came from no number
// the list does not say on which network its sender is known: only the webhook
// does.
func readRow(raw json.RawMessage) channels.Row {
	var m struct {
		ID     string `json:"id"`
		Sender struct {
			Contact party `json:"contact"`
		} `json:"sender"`
		Direction string    `json:"direction"`
		CreatedAt time.Time `json:"createdAt"`
	}
	if json.Unmarshal(raw, &m) != nil || m.ID == "" {
		return channels.Row{Element: raw}
	}
	return channels.Row{
		Element: raw, Key: m.ID, At: m.CreatedAt.UTC(), Sent: m.Direction != "incoming" || m.Sender.Contact.Key != "phonenumber",
	}
}

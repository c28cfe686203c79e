package slack

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

const (
	pageSize = 200
	// late is for how long a message may be missing from the history.
	late = 5 * time.Minute
	// patience is longer than the pauses that Slack asks for, which come with each
	// fifty calls or so: a look at many conversations has several.
	patience = 2 * time.Minute

	methodList    = "conversations.list"
	methodHistory = "conversations.history"
	methodReplies = "conversations.replies"
)

// openList is the history of the conversations that the bot is in. It is asked
// for what is older than the window by look_back: a message names the answers to
// it, and says when it was edited last, under its own time.
func openList(decode channels.Settings, host channels.Host) (channels.List, error) {
	s, err := configured(decode, host)
	if err != nil {
		return channels.List{}, err
	}
	l := list{s}
	return channels.List{
		ListSettings: s.ListSettings, Account: cmp.Or(s.BotUserID, s.BotToken.Print()), Credentials: channels.InHeader("Authorization", "Bearer ", s.BotToken),
		Numbered: true, Mixed: true, Late: late, Patience: patience, First: l.first, Page: l.page, Denied: denied, Read: read,
	}, nil
}

// list asks for what a channel's settings say.
type list struct{ settings }

// first asks for the conversations, or for the history of the one that is wanted.
func (l list) first(w channels.Window) channels.Call {
	if w.Number != "" {
		return l.ask(methodHistory, w, "channel", w.Number)
	}
	query := url.Values{"types": {strings.Join(l.Conversations, ",")}, "exclude_archived": {"true"}, "limit": {strconv.Itoa(pageSize)}}
	if len(l.Accounts) == 1 && strings.HasPrefix(l.Accounts[0], "T") {
		query.Set("team_id", l.Accounts[0]) // a token of a whole organisation must say it
	}
	return channels.Call{To: methodList, Query: query}
}

// ask is a call for messages of the window, and those before it that may say of some.
func (l list) ask(method string, w channels.Window, of ...string) channels.Call {
	query := url.Values{"limit": {strconv.Itoa(pageSize)}, "inclusive": {"true"}, "oldest": {stamp(w.From.Add(-l.LookBack))}}
	if !w.Until.IsZero() {
		query.Set("latest", stamp(w.Until))
	}
	for i := 0; i+1 < len(of); i += 2 {
		query.Set(of[i], of[i+1])
	}
	return channels.Call{To: method, Query: query}
}

// stamp is a moment as Slack counts them.
func stamp(at time.Time) string { return fmt.Sprintf("%d.%06d", at.Unix(), at.Nanosecond()/1000) }

// page reads an answer: conversations lead to their histories, messages to the
// answers to them.
func (l list) page(asked channels.Call, answer []byte) (page channels.Page, err error) {
	var p struct {
		Conversations []conversation    `json:"channels"`
		Messages      []json.RawMessage `json:"messages"`
		Metadata      struct {
			Next string `json:"next_cursor"`
		} `json:"response_metadata"`
	}
	if err := json.Unmarshal(answer, &p); err != nil || p.Conversations == nil && p.Messages == nil {
		return page, errors.New("the answer is no page of " + asked.To)
	}
	if p.Metadata.Next != "" {
		page.Next = asked.With("cursor", p.Metadata.Next)
	}
	for _, c := range p.Conversations {
		if c.in() {
			page.Also = append(page.Also, l.ask(methodHistory, asked.Window, "channel", c.ID))
		}
	}
	channel := asked.Query.Get("channel")
	for _, raw := range p.Messages {
		m := l.row(channel, raw, &page)
		if asked.To == methodHistory && m.answeredSince(asked.Window.From) {
			page.Also = append(page.Also, l.ask(methodReplies, asked.Window, "channel", channel, "ts", m.TS))
		}
	}
	if asked.To == methodHistory {
		slices.Reverse(page.Rows) // the newest come first, but of answers the oldest
	}
	return page, nil
}

// conversation is one of the workspace's.
type conversation struct {
	ID      string `json:"id"`
	IM      bool   `json:"is_im"`
	MPIM    bool   `json:"is_mpim"`
	Member  bool   `json:"is_member"`
	Deleted bool   `json:"is_user_deleted"` // whom the bot talked to
}

// in reports whether the bot is in it; direct ones are all its own.
func (c conversation) in() bool { return c.ID != "" && !c.Deleted && (c.IM || c.MPIM || c.Member) }

// listed is a message as the history has it.
type listed struct {
	message
	Latest string `json:"latest_reply"`
}

func (m listed) answeredSince(from time.Time) bool {
	at := moment(m.Latest)
	return at != nil && !at.Before(from.Truncate(time.Second))
}

// row adds a message of the history, and its last edit as a row of its own. What
// cannot be read is kept.
func (l list) row(channel string, raw json.RawMessage, page *channels.Page) (m listed) {
	around, _ := json.Marshal(outer{Channel: channel}) // a text
	row := channels.Row{Element: raw, To: channel, Outer: around}
	if json.Unmarshal(raw, &m) != nil || nameOf(channel, m.TS) == "" {
		page.Rows = append(page.Rows, row)
		return m
	}
	row.Key, row.Sent = nameOf(channel, m.TS), !m.human(l.own(nil)) || !slices.Contains(said, m.Subtype)
	if at := moment(m.TS); at != nil {
		row.At = *at
	}
	if edit := row; m.Edited != nil && moment(m.Edited.TS) != nil {
		edit.Key, edit.At, edit.Product = editOf(row.Key, m.Edited.TS), *moment(m.Edited.TS), edits
		page.Rows = append(page.Rows, edit) // reversed with the others: behind it
	}
	page.Rows = append(page.Rows, row)
	return m
}

// What Slack's refusals mean, by their words; the others pass.
var (
	consent = []string{"not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired", "no_permission", "missing_scope",
		"not_allowed_token_type", "org_login_required", "ekm_access_denied", "access_denied", "team_access_not_granted"}
	gone = []string{"channel_not_found", "not_in_channel", "thread_not_found", "is_archived", "method_not_supported_for_channel_type"}
)

// denied is the refusal that an answer says: its status is 200.
func denied(answer []byte) error {
	var a struct {
		OK     bool   `json:"ok"`
		Error  string `json:"error"`
		Needed string `json:"needed"` // scopes
	}
	if json.Unmarshal(answer, &a) == nil && a.OK {
		return nil
	}
	err := fmt.Errorf("the API says %q", channels.Line(channels.Joined(": ", a.Error, a.Needed), 120))
	switch {
	case slices.Contains(consent, a.Error):
		return channels.NeedsReauth(err)
	case slices.Contains(gone, a.Error):
		return fmt.Errorf("%w: %w", err, ingest.ErrNotFound)
	case a.Error == "ratelimited":
		return channels.Throttled(ingest.AsTemporary(err))
	}
	return ingest.AsTemporary(err)
}

// Package slack takes what people write to an app's bot on Slack, from the
// Events API, and asks the conversations' history for what that missed
// (docs.slack.dev/apis/events-api).
//
// A message is named by its conversation and its time, which is one of its kind
// there. People are known by their id; the events say no names but in some
// profiles. What bots write, this app's own among them, is no message.
package slack

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/backfill"
	"gatehouse/ingest"
)

// Kind is a Slack app.
var Kind = backfill.Kind(channels.Kind{
	Name:   "slack",
	Tried:  "requests signed by the provider's SDK; never the real service",
	Family: ingest.Chat,
	Facts: channels.Facts{
		Signature: "X-Slack-Signature: HMAC-SHA256 with the app's signing secret",
		Covers:    "the time and the body",
		Replay:    "the time signed, within five minutes, and the message's time in its conversation, for ever",
		Retries:   "at once, after a minute and after five",
		Retried:   6 * time.Minute,
		Backfill:  "the conversations' history, with threads and edits",
		Media:     "links, fetched with the bot's token",
		Edits:     "edits, unsends and reactions",
		Proof:     []string{"X-Slack-Signature", "X-Slack-Request-Timestamp"},
		Limit:     3 * time.Second,
	},
	Webhook:    open,
	Lister:     openList,
	Reread:     reader.Reread,
	Attachment: reader.Attachment,
	File:       reader.File,
	Media:      openMedia,
	Setup:      setup,
})

var reader = channels.Reader(read)

// tolerance is how far the time signed may be from ours.
const tolerance = 5 * time.Minute

// settings is a Slack channel in the configuration.
type settings struct {
	SigningSecret channels.Secrets `yaml:"signing_secret"` // of the app; a list while it is changed
	BotToken      channels.Secrets `yaml:"bot_token"`      // xoxb-…: for files and the back-fill
	BotUserID     string           `yaml:"bot_user_id"`    // U…: what the bot itself writes is no message
	// Accounts are the ids of the workspaces (T…) or organisations (E…) that are
	// this channel's; messages of others of the app are counted as foreign. none: all.
	Accounts  []string `yaml:"accounts"`
	PublicURL string   `yaml:"public_url"`
	FilesHost string   `yaml:"files_host"` // where Slack keeps files: it alone gets the token with a request for one
	// Conversations are the types of conversation that are back-filled.
	Conversations []string `yaml:"conversations"`
	// LookBack is how much older than what is missing a message may be whose
	// edits, and replies to which, are asked for.
	LookBack              time.Duration `yaml:"look_back"`
	channels.ListSettings `yaml:",inline"`
}

// types are those of conversations that Slack knows.
var types = []string{"im", "mpim", "public_channel", "private_channel"}

func configured(decode channels.Settings, host channels.Host) (s settings, err error) {
	s.APIBase, s.FilesHost, s.Conversations, s.LookBack = "https://slack.com/api", "files.slack.com", types, 24*time.Hour
	if err = decode(&s); err != nil {
		return s, err
	}
	if len(s.SigningSecret) == 0 {
		return s, errors.New("signing_secret must be said")
	}
	for _, t := range s.Conversations {
		if !slices.Contains(types, t) {
			return s, fmt.Errorf("conversations: %q is none of %q", t, types)
		}
	}
	if s.Backfill != 0 && (len(s.BotToken) == 0 || len(s.Conversations) == 0) {
		return s, errors.New("backfill needs a bot_token, and conversations")
	}
	if s.LookBack < 0 {
		return s, errors.New("look_back: want no time before now")
	}
	if err := channels.CheckHosts("files_host", s.FilesHost); err != nil {
		return s, err
	}
	_, err = channels.BaseURL(s.PublicURL, host)
	return s, err
}

// hook is one channel.
type hook struct {
	settings
	host channels.Host
}

func open(decode channels.Settings, host channels.Host) (channels.Webhook, error) {
	s, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	return &hook{s, host}, nil
}

// ours reports whether one of the ids is that of a workspace of the channel's.
func (s settings) ours(ids []string) bool {
	return len(s.Accounts) == 0 || slices.ContainsFunc(ids, func(id string) bool { return slices.Contains(s.Accounts, id) })
}

// setup says what Slack must be told; see channels.Kind.
func setup(decode channels.Settings, host channels.Host) ([]string, error) {
	s, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	lines := []string{
		cmp.Or(s.PublicURL, host.PublicURL),
		"in the app's Event Subscriptions: this URL, and the bot events message.im, message.mpim, message.channels, message.groups, reaction_added, reaction_removed, tokens_revoked, app_uninstalled",
		"signing_secret is under Basic Information, App Credentials; bot_user_id is what auth.test says of the bot",
	}
	if len(s.BotToken) == 0 {
		lines = append(lines, "bot_token is not said: files cannot be fetched; with one the bot needs the scope files:read")
	}
	if s.Backfill == 0 {
		lines = append(lines, "backfill is off: what Slack cannot deliver within its tries is not asked for again")
	} else {
		lines = append(lines, "numbers, if said, are ids of conversations (C…, D…, G…): only they are back-filled",
			"the back-fill needs the scopes read and history of each type of conversation (im:read, im:history, …); "+
				"apps that are sold outside Slack's Marketplace may ask once a minute only, which is too little for it")
	}
	return lines, nil
}

// base is where the API is.
func (s settings) base() (*url.URL, error) {
	if err := s.CheckList(); err != nil {
		return nil, err
	}
	return url.Parse(s.APIBase)
}

// Package msgraph polls mailboxes of Microsoft 365 over Microsoft Graph, where IMAP is off or not wanted.
//
// What is new is told by delta queries of a folder, whose link is the cursor.
// Messages are named by immutable ids, which stay when a message is moved within
// its mailbox.
//
// A delta query names a message again when it was changed, and does not tell
// that from one that was moved into the folder. So mail older than `start` takes
// is not taken, even if somebody moves it there later.
package msgraph

import (
	"net/url"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/mailapi"
	"gatehouse/channels/mime"
	"gatehouse/channels/oauth"
)

const name = "msgraph"

// Kind is a mailbox polled over Microsoft Graph.
var Kind = mailapi.Read(account).Kind(channels.Kind{Name: name, Tried: "a double of the API; never the real one"})

// account is mailapi.Read.
func account(settings channels.Settings, host channels.Host) (mailapi.Account, error) {
	c, err := read(settings)
	return mailapi.Account{Options: c.options(host), Base: c.base, Access: c.OAuth2,
		Source: func(client *mailapi.Client) mailapi.Source { return &source{config: c, client: client} }}, err
}

// graph is where Microsoft Graph is, unless `graph_url` says otherwise.
const graph = "https://graph.microsoft.com"

// config is a channel's settings as the configuration file has them.
type config struct {
	Mailbox  string         `yaml:"mailbox"`   // its address (user principal name) or object id
	GraphURL string         `yaml:"graph_url"` // Microsoft Graph of a national cloud; default https://graph.microsoft.com
	OAuth2   oauth.Settings `yaml:"oauth2"`    // how access is granted

	Folders         []string `yaml:"folders"`           // by well-known name (inbox) or by name, those below with a slash (Inbox/Forms); default: inbox
	Start           string   `yaml:"start"`             // which mail of before is taken: new (default, none), all, or since YYYY-MM-DD
	After           string   `yaml:"after"`             // what is done to mail once it is stored: keep (default), seen or move:FOLDER
	MaxMessageBytes int64    `yaml:"max_message_bytes"` // of a larger mail only the header is read, and it is held; default 50 MiB

	AuthServID      string         `yaml:"auth_serv_id"`       // whose Authentication-Results are believed (RFC 8601 §2.5); "-": those that name no server, as Exchange Online writes them; "": nobody's
	CheckDKIM       bool           `yaml:"check_dkim"`         // where there are none, signatures are verified and the policy of From's domain is asked for; default: no
	ReplyToIsSender mime.Addresses `yaml:"reply_to_is_sender"` // web forms: From that write for the person in Reply-To, a list of addresses and domains, or true for all
	RewritesFrom    mime.Addresses `yaml:"rewrites_from"`      // lists and gateways: From that put themselves in the place of X-Original-From, X-Original-Sender or Reply-To

	PollEvery time.Duration `yaml:"poll_every"` // default 30s
	Timeout   time.Duration `yaml:"timeout"`    // silence of the API while it owes an answer; default 1m

	base   *url.URL
	moveTo string // the folder of After
}

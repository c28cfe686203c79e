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
	"context"
	"net/url"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/mailapi"
	"gatehouse/channels/mime"
	"gatehouse/channels/oauth"
	"gatehouse/ingest"
)

const name = "msgraph"

// Kind is a mailbox polled over Microsoft Graph.
var Kind = channels.Kind{
	Name:       name,
	Tried:      "a double of the API; never the real one",
	Family:     ingest.Email,
	Poller:     New,
	Reread:     func(raw []byte) (ingest.Message, error) { return mime.Reread(raw) },
	Rereader:   rereader,
	Attachment: mime.Attachment,
	Places:     places,
	Consent:    consent,
}

// New reads a channel's settings; it does not connect.
func New(settings channels.Settings, host channels.Host) (channels.Poller, error) {
	c, err := read(settings)
	if err != nil {
		return nil, err
	}
	auth, err := oauth.New(c.OAuth2, c.Mailbox, host)
	if err != nil {
		return nil, err
	}
	tokens := oauth.NewSource(auth, host)
	client := mailapi.NewClient(c.base, tokens, c.Timeout, host.Now)
	return mailapi.New(c.options(host), host, &source{config: c, client: client}, client, tokens), nil
}

// rereader is channels.Kind.Rereader.
func rereader(of ...channels.Settings) (func(raw []byte) (ingest.Message, error), error) {
	var all []mime.Senders
	for _, settings := range of {
		c, err := read(settings)
		if err != nil {
			return nil, err
		}
		c.CheckDKIM = false
		all = append(all, c.options(channels.Host{}).Senders)
	}
	return mailapi.Rereader(all), nil
}

// places names the folders that a channel reads, as msgraph://mailbox/folder.
func places(settings channels.Settings) ([]string, error) {
	c, err := read(settings)
	if err != nil {
		return nil, err
	}
	return mailapi.Places(name, c.Mailbox, c.Folders), nil
}

// consent makes what asks a mailbox's owner for access; see channels.Kind.
func consent(settings channels.Settings, host channels.Host) (channels.Consenter, error) {
	c, err := read(settings)
	if err != nil {
		return nil, err
	}
	auth, err := oauth.New(c.OAuth2, c.Mailbox, host)
	if err != nil {
		return nil, err
	}
	return auth.Consent(func(ctx context.Context, token ingest.Secret) error {
		client := mailapi.NewClient(c.base, mailapi.Fixed(token), c.Timeout, host.Now)
		defer client.Close()
		s := &source{config: c, client: client}
		_, err := s.Look(ctx, c.Folders[0])
		return mailapi.NotTheirs(err)
	}), nil
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

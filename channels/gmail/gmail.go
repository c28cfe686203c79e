// Package gmail polls mailboxes of Gmail and Google Workspace over the Gmail API, with narrower permissions than IMAP needs.
//
// What is new is told by the mailbox's history, whose last id is the cursor; at
// first, and when Google no longer has the history since, the label's messages
// are listed. A message's id never changes. Spam, trash and drafts are not taken.
package gmail

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/mailapi"
	"gatehouse/channels/mime"
	"gatehouse/channels/oauth"
)

const name = "gmail"

// Kind is a mailbox polled over the Gmail API.
var Kind = mailapi.Read(account).Kind(channels.Kind{Name: name, Tried: "a double of the API; never the real one"})

// account is mailapi.Read.
func account(settings channels.Settings, host channels.Host) (mailapi.Account, error) {
	c, err := read(settings)
	return mailapi.Account{Options: c.options(host), Base: c.base, Access: c.OAuth2,
		Source: func(client *mailapi.Client) mailapi.Source { return &source{config: c, client: client} }}, err
}

// config is a channel's settings as the configuration file has them.
type config struct {
	Mailbox  string         `yaml:"mailbox"`   // its address, or me: that of whoever consented
	GmailURL string         `yaml:"gmail_url"` // the Gmail API; default https://gmail.googleapis.com
	OAuth2   oauth.Settings `yaml:"oauth2"`    // how access is granted

	Labels          []string `yaml:"labels"`            // by name or id; default: INBOX
	Start           string   `yaml:"start"`             // which mail of before is taken: new (default, none), all, or since YYYY-MM-DD
	After           string   `yaml:"after"`             // what is done to mail once it is stored: keep (default), seen or archive
	MaxMessageBytes int64    `yaml:"max_message_bytes"` // of a larger mail only the header is read, and it is held; default 50 MiB

	AuthServID      string         `yaml:"auth_serv_id"`       // whose Authentication-Results are believed (RFC 8601 §2.5): mx.google.com writes them here; "": nobody's
	CheckDKIM       bool           `yaml:"check_dkim"`         // where there are none, signatures are verified and the policy of From's domain is asked for; default: no
	ReplyToIsSender mime.Addresses `yaml:"reply_to_is_sender"` // web forms: From that write for the person in Reply-To, a list of addresses and domains, or true for all
	RewritesFrom    mime.Addresses `yaml:"rewrites_from"`      // lists and gateways: From that put themselves in the place of X-Original-From, X-Original-Sender or Reply-To

	PollEvery time.Duration `yaml:"poll_every"` // default 30s
	Timeout   time.Duration `yaml:"timeout"`    // silence of the API while it owes an answer; default 1m

	base *url.URL
}

const (
	keep    = "keep"
	seen    = "seen"
	archive = "archive"
)

// read takes the settings and completes them. It says everything that is wrong
// at once.
func read(settings channels.Settings) (config, error) {
	var c config
	if err := settings(&c); err != nil {
		return c, err
	}
	c.defaults()
	var err error
	c.base, err = mailapi.Base("gmail_url", c.GmailURL)
	o := c.options(channels.Host{})
	err = errors.Join(err, o.Complete(), c.check())
	return c, err
}

func (c *config) defaults() {
	c.GmailURL = cmp.Or(c.GmailURL, "https://gmail.googleapis.com")
	if c.Labels == nil {
		c.Labels = []string{"INBOX"}
	}
	c.Start = cmp.Or(c.Start, "new")
	c.After = cmp.Or(c.After, keep)
	c.MaxMessageBytes = cmp.Or(c.MaxMessageBytes, mailapi.MaxMessageBytes)
	c.PollEvery = cmp.Or(c.PollEvery, mailapi.PollEvery)
	c.Timeout = cmp.Or(c.Timeout, mailapi.Timeout)
	if c.OAuth2.Scopes == nil && c.OAuth2.Provider == "google" {
		c.OAuth2.Scopes = []string{c.scope()}
	}
}

// scope is the least that the application is to be granted.
func (c *config) scope() string {
	if c.After == keep {
		return "https://www.googleapis.com/auth/gmail.readonly"
	}
	return "https://www.googleapis.com/auth/gmail.modify"
}

func (c *config) check() error {
	var errs []error
	if !c.OAuth2.Given() {
		errs = append(errs, errors.New("oauth2 is missing"))
	}
	if !slices.Contains([]string{keep, seen, archive}, c.After) {
		errs = append(errs, fmt.Errorf("after %q: want keep, seen or archive", c.After))
	}
	for _, l := range c.Labels {
		if slices.Contains([]string{"SPAM", "TRASH", "DRAFT"}, l) {
			errs = append(errs, fmt.Errorf("labels: what is in %s is not taken", l))
		}
	}
	return errors.Join(errs...)
}

// options are the settings that all such channels have.
func (c *config) options(host channels.Host) mailapi.Options {
	return mailapi.Options{Kind: name, Mailbox: c.Mailbox, Folders: c.Labels, Start: c.Start, Touch: c.After != keep,
		MaxMessageBytes: c.MaxMessageBytes, PollEvery: c.PollEvery, Timeout: c.Timeout,
		Senders: mailapi.SendersOf(c.AuthServID, c.CheckDKIM, c.ReplyToIsSender, c.RewritesFrom, host)}
}

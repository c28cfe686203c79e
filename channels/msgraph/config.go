package msgraph

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gatehouse/channels"
	"gatehouse/channels/mailapi"
)

const (
	keep = "keep"
	seen = "seen"
	move = "move"
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
	c.base, err = mailapi.Base("graph_url", c.GraphURL)
	o := c.options(channels.Host{})
	err = errors.Join(err, o.Complete(), c.checkAfter())
	if !c.OAuth2.Given() {
		err = errors.Join(err, errors.New("oauth2 is missing"))
	}
	return c, err
}

func (c *config) defaults() {
	c.GraphURL = cmp.Or(c.GraphURL, graph)
	if c.Folders == nil {
		c.Folders = []string{"inbox"}
	}
	for i, f := range c.Folders {
		c.Folders[i] = folderName(f)
	}
	c.Start = cmp.Or(c.Start, "new")
	c.After = cmp.Or(c.After, keep)
	c.MaxMessageBytes = cmp.Or(c.MaxMessageBytes, mailapi.MaxMessageBytes)
	c.PollEvery = cmp.Or(c.PollEvery, mailapi.PollEvery)
	c.Timeout = cmp.Or(c.Timeout, mailapi.Timeout)
	if c.OAuth2.Scopes == nil && c.OAuth2.Provider == "microsoft" {
		c.OAuth2.Scopes = c.scopes()
	}
}

// scopes are what the application is to be granted.
func (c *config) scopes() []string {
	base := strings.TrimSuffix(c.GraphURL, "/")
	if c.OAuth2.Grant == "client_credentials" {
		return []string{base + "/.default"}
	}
	return []string{base + "/" + c.permission() + ".Shared", base + "/" + c.permission(), "offline_access"}
}

// permission is what the mailbox's provider calls what is needed.
func (c *config) permission() string {
	if c.After == keep {
		return "Mail.Read"
	}
	return "Mail.ReadWrite"
}

// wellKnown are the folders that have a name of their own in every language.
var wellKnown = []string{"inbox", "archive", "junkemail", "deleteditems", "sentitems", "clutter", "msgfolderroot"}

// folderName spells well-known names as Microsoft does.
func folderName(name string) string {
	first, rest, below := strings.Cut(name, "/")
	if slices.Contains(wellKnown, strings.ToLower(first)) {
		first = strings.ToLower(first)
	}
	if !below {
		return first
	}
	return first + "/" + rest
}

func (c *config) checkAfter() error {
	switch folder, moves := strings.CutPrefix(c.After, move+":"); {
	case moves && folder == "":
		return errors.New("after: move: names no folder")
	case moves:
		c.After, c.moveTo = move, folderName(folder)
		if slices.Contains(c.Folders, c.moveTo) {
			return fmt.Errorf("after: mail cannot be moved to %q, which is polled", c.moveTo)
		}
	case c.After != keep && c.After != seen:
		return fmt.Errorf("after %q: want keep, seen or move:FOLDER", c.After)
	}
	return nil
}

// options are the settings that all such channels have.
func (c *config) options(host channels.Host) mailapi.Options {
	return mailapi.Options{Kind: name, Mailbox: c.Mailbox, Folders: c.Folders, Start: c.Start, Touch: c.After != keep,
		MaxMessageBytes: c.MaxMessageBytes, PollEvery: c.PollEvery, Timeout: c.Timeout,
		Senders: mailapi.SendersOf(c.AuthServID, c.CheckDKIM, c.ReplyToIsSender, c.RewritesFrom, host)}
}

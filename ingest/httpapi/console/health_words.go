package console

import (
	"fmt"
	"time"

	"gatehouse/ingest"
)

// health is how a channel does, for people.
type health struct {
	ingest.ChannelHealth
	can map[string]bool // orders that it takes; nil: not known here
}

// Well reports whether nobody needs to do anything.
func (h health) Well() bool {
	return h.State == "ok" && h.LagS < lagMuch || h.State == "retired"
}

// lagMuch is behind how many seconds a channel is called late.
const lagMuch = 300

// states are how a channel stands, in a word or two.
var states = map[string]string{"ok": "works", "paused": "paused", "needs_reauth": "sign-in refused", "failing": "cannot reach its source",
	"rejecting": "refuses its provider", "silent": "silent", "retired": "no longer in use"}

// Word is how it stands, in a word or two.
func (h health) Word() string {
	if word, ok := states[h.State]; ok {
		return word
	}
	return h.State
}

// Says is how it stands, in a sentence.
func (h health) Says() string {
	switch h.State {
	case "ok":
		return "It takes messages as they come."
	case "paused":
		return "It is paused: nothing is taken, and nothing is lost. Providers are told to try again, and mail waits in its mailbox."
	case "needs_reauth":
		return "Its sign-in is refused, so nothing is fetched. What comes meanwhile waits at the source."
	case "failing":
		return "Its source cannot be reached. It is tried again by itself, and what comes meanwhile waits there."
	case "rejecting":
		return "Each request of its provider is refused, so nothing comes in."
	case "silent":
		return "Nothing has come for longer than is usual."
	case "retired":
		return "It is no longer in use. What came by it stays."
	}
	return ""
}

// Trouble is since when it stands so; nil: it always did.
func (h health) Trouble() *time.Time {
	switch h.State {
	case "needs_reauth":
		return h.ReauthSince
	case "failing":
		return h.FailingSince
	case "rejecting":
		return h.RejectingSince
	case "silent":
		return h.SilentSince
	}
	return nil
}

// Do is what to do about it.
func (h health) Do() string {
	switch h.State {
	case "paused":
		return "Let it go on when you are ready."
	case "needs_reauth":
		if h.can["auth"] {
			return "Ask the mailbox's owner to grant access again, by the link that Reconnect makes."
		}
		return "Whoever runs Gatehouse puts the right user name and password, or key, into its configuration."
	case "failing":
		return "If it lasts, whoever runs Gatehouse checks the server's name, its port and the network in between."
	case "rejecting":
		return "Compare the address and the secret at the provider with those here; the last refusals say what was wrong."
	case "silent":
		return "See at the provider whether it still sends to the address here. If it is just a quiet time, nothing needs to be done."
	}
	if h.LagS >= lagMuch && h.State == "ok" {
		return "It catches up by itself. If it falls further behind, whoever runs Gatehouse looks at the log."
	}
	return ""
}

// Behind is how late it is, in words.
func (h health) Behind() string {
	if h.LagS < 10 {
		return "up to date"
	}
	return lasting(time.Duration(h.LagS)*time.Second) + " behind"
}

// lasting is a length of time in one unit.
func lasting(d time.Duration) string {
	switch {
	case d < time.Minute:
		return count(int(d/time.Second), "second")
	case d < 2*time.Hour:
		return count(int(d/time.Minute), "minute")
	case d < 48*time.Hour:
		return count(int(d/time.Hour), "hour")
	}
	return count(int(d/(24*time.Hour)), "day")
}

// kinds are kinds of channel that people know by another name.
var kinds = map[string]string{"imap": "mailbox", "chat": "website chat", "smtp": "mail server", "webhook": "webhook", "whatsapp": "WhatsApp",
	"smpp": "SMS centre", "gmail": "Gmail mailbox", "ses": "Amazon SES", "msgraph": "Microsoft 365 mailbox", "sendgrid": "SendGrid"}

// kindOf is a kind of channel in words.
func kindOf(kind string) string {
	if says, ok := kinds[kind]; ok {
		return says
	}
	return capital(kind)
}

// unknownWhy says why it is not known what a provider had to say.
func unknownWhy(why string) string {
	switch why {
	case "away":
		return "Gatehouse did not run"
	case "database":
		return "the database was away"
	}
	return fmt.Sprintf("the provider says that it %s something", why)
}

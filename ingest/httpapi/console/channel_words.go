package console

import "gatehouse/ingest"

// causes are why requests of a provider were refused, and what mends that.
var causes = map[string]struct{ says, do string }{
	"no signature": {"They carry no signature.", "Switch on signed requests at the provider. If it never signs, somebody else called."},
	"secret":       {"They were signed with another secret.", "Copy the secret from the provider into the configuration once more."},
	"url differs":  {"They were signed for another address.", "Enter at the provider the very address that this page shows, or set public_url to what the provider has."},
	"clock":        {"They were signed at another time.", "Set the clock of this machine; or somebody sends recorded requests again."},
	"body differs": {"What arrived is not what was signed.", "Something between the provider and here changes requests: a proxy, most likely."},
}

// Cause says why requests were refused.
func (f frame) Cause(cause string) string {
	if c, ok := causes[cause]; ok {
		return c.says
	}
	return "They could not be taken."
}

// Mend says what to do about such a cause.
func (f frame) Mend(cause string) string { return causes[cause].do }

// settingNames are settings of channels in words.
var settingNames = map[string]string{"host": "Server", "port": "Port", "tls": "Encryption", "username": "User name", "folders": "Folders", "start": "Begins with",
	"after": "What becomes of mail that was read", "address": "Address", "addresses": "Addresses", "recipients": "Recipients", "number": "Number", "numbers": "Numbers",
	"product": "Product", "scheme": "How it signs", "origins": "Sites that may show the chat", "backfill": "Asked for what was missed each",
	"max_message_bytes": "Largest message, in bytes", "expect_every": "Something is expected each", "listen": "Listens on"}

// Setting is a channel's setting in words.
func (f frame) Setting(name string) string {
	if says, ok := settingNames[name]; ok {
		return says
	}
	return name
}

// Result is what came of asking a provider, in a sentence.
func (c channelView) Result(b ingest.Backfill) string {
	switch {
	case b.State == "failed":
		return "It did not work: " + b.Error
	case !b.Ended() && b.Error != "":
		return "It is tried again: " + b.Error
	case !b.Ended():
		return "It is under way."
	case b.DryRun:
		return count(b.Listed, "message") + " listed there, " + count(b.New, "message") + " would be taken in."
	}
	return count(b.Listed, "message") + " listed there, " + count(b.New, "message") + " taken in."
}

// Missing counts what a comparison found that nobody knew of.
func (c channelView) Missing() (n int) {
	for _, f := range c.Books.Folders {
		n += f.Missing
	}
	return n
}

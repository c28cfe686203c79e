// Package telegram takes what people write to a Telegram bot: from its webhook,
// or by asking for updates (core.telegram.org/bots/api).
//
// The webhook proves itself with a token that the bot's owner chose, and signs
// nothing. Asked for updates Telegram gives them again until a later one is
// asked for: the place in that list moves only once they are stored. It keeps
// what nobody took for a day.
//
// People are known by a number that is theirs on Telegram. Their names, and the
// names that begin with @, are what they call themselves.
package telegram

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// Kind is a Telegram bot.
var Kind = channels.Kind{
	Name:   "telegram",
	Tried:  "requests as the provider's documentation says; never the real service",
	Family: ingest.Chat,
	Facts: channels.Facts{
		Signature: "X-Telegram-Bot-Api-Secret-Token: the webhook's secret_token",
		Covers:    "nothing",
		Replay:    "the update's and the message's ids, for ever",
		Retries:   "for a day, each minute or two",
		Retried:   24 * time.Hour,
		Backfill:  "no; without a webhook it is polled, and keeps a day",
		Media:     "ids, fetched with the bot's token, up to 20 MB",
		Edits:     "edits and reactions",
		Proof:     []string{"X-Telegram-Bot-Api-Secret-Token"},
	},
	Webhook:    open,
	Poller:     openPoller,
	Reread:     reader.Reread,
	Attachment: reader.Attachment,
	File:       reader.File,
	Media:      openMedia,
	Places:     places,
	Setup:      setup,
}

var reader = channels.Reader(read)

// settings is a bot in the configuration.
type settings struct {
	// SecretToken is what setWebhook was told; a list while it is changed. Without
	// one the bot has no webhook, and is polled.
	SecretToken channels.Secrets `yaml:"secret_token"`
	Token       string           `yaml:"token"`    // the bot's own, of BotFather: to poll it, and for files
	APIBase     string           `yaml:"api_base"` // Telegram's, or that of a Bot API server of one's own
	PublicURL   string           `yaml:"public_url"`
}

func configured(decode channels.Settings, host channels.Host) (s settings, base *url.URL, err error) {
	s.APIBase = "https://api.telegram.org"
	if err = decode(&s); err != nil {
		return s, nil, err
	}
	if len(s.SecretToken) == 0 && s.Token == "" {
		return s, nil, errors.New("secret_token must be said for a webhook, token to poll")
	}
	if _, err := channels.BaseURL(s.PublicURL, host); err != nil {
		return s, nil, err
	}
	base, err = url.Parse(s.APIBase)
	if err != nil || base.Host == "" {
		return s, nil, fmt.Errorf("api_base %q: want https://host", s.APIBase)
	}
	return s, base, nil
}

// polled reports whether the bot has no webhook.
func (s settings) polled() bool { return len(s.SecretToken) == 0 }

// places names the bot whose updates are asked for.
func places(decode channels.Settings) ([]string, error) {
	s, _, err := configured(decode, channels.Host{})
	if err != nil || !s.polled() {
		return nil, err
	}
	return []string{"telegram://" + botOf(s.Token)}, nil
}

// botOf is the bot's number, with which its token begins: no secret.
func botOf(token string) string {
	for i, r := range token {
		if r == ':' {
			return token[:i]
		}
	}
	return token
}

// setup says what Telegram must be told; see channels.Kind.
func setup(decode channels.Settings, host channels.Host) ([]string, error) {
	s, _, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	if s.polled() {
		return []string{"the bot is polled: it must have no webhook (deleteWebhook), and nobody else may poll it"}, nil
	}
	lines := []string{
		cmp.Or(s.PublicURL, host.PublicURL),
		`call setWebhook with this url, the channel's secret_token, and allowed_updates ["message","edited_message","channel_post","edited_channel_post","business_message","edited_business_message","message_reaction","my_chat_member"]`,
	}
	if s.Token == "" {
		lines = append(lines, "token is not said: files cannot be fetched")
	}
	return lines, nil
}

// Package vonage takes SMS, MMS, WhatsApp, Messenger and Viber messages from the
// webhooks of Vonage's Messages API and SMS API.
//
// The Messages API signs a JSON Web Token with the account's signature secret: it
// has the time and a hash of the body. The SMS API signs its parameters; long SMS
// come in parts there, each a request of its own. It turns & and = of the values
// into _ before it signs, so that a signature does not tell these three apart.
//
// Vonage says that a callback may come unsigned after a fault of its own, and signed
// again if it is answered 5xx. So one to the Messages API without any credentials
// is told to come again.
package vonage

import (
	"errors"
	"fmt"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/backfill"
	"gatehouse/ingest"
)

// Kind is Vonage's messaging.
var Kind = backfill.Kind(channels.Kind{
	Name:   "vonage",
	Tried:  "requests signed as the provider's SDK signs them; never the real service, nor its list",
	Family: ingest.SMS,
	Facts: channels.Facts{
		Signature: "Messages API: JWT (HS256) with the signature secret; SMS API: `sig`, MD5 or an HMAC with it",
		Covers:    "the body; in the SMS API the parameters, but for the difference of `&`, `=` and `_`",
		Replay:    "`max_skew_s`, 5 minutes unless set, then the message's id",
		Retries:   "for 24 hours",
		Backfill:  "its Reports API, 24 hours a request; billed",
		Media:     "links, good for 48 hours; with a token of the application where its media are secured",
		Edits:     "reactions",
		Proof:     []string{"Authorization"},
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

// The two products.
const (
	productMessages = "messages"
	productSMS      = "sms"
)

// settings is a Vonage channel in the configuration.
type settings struct {
	// Product is the API whose webhook it is: messages or sms. "": either, told
	// apart by how a request is signed.
	Product string `yaml:"product"`
	APIKey  string `yaml:"api_key"` // of the account
	// SignatureSecret is the account's; a list while it is changed.
	SignatureSecret channels.Secrets `yaml:"signature_secret"`
	// SignatureMethod is how the SMS API signs, as the dashboard has it: md5hash,
	// md5, sha1, sha256 or sha512.
	SignatureMethod string `yaml:"signature_method"`
	MaxSkew         int    `yaml:"max_skew_s"` // seconds from now that a request's time may be, either way
	PublicURL       string `yaml:"public_url"` // as Vonage calls it, for gatehouse check
	// APISecret asks the list of messages, with api_key.
	APISecret channels.Secrets `yaml:"api_secret"`
	// ApplicationID is the application that the messages come to, if it has its
	// inbound media secured.
	ApplicationID string `yaml:"application_id"`
	// PrivateKey is that application's, in PEM.
	PrivateKey channels.Secrets `yaml:"private_key"`

	channels.ListSettings `yaml:",inline"`
}

// hook is one channel.
type hook struct {
	settings
	host channels.Host
}

func open(decode channels.Settings, host channels.Host) (channels.Webhook, error) {
	s, err := configured(decode)
	if err != nil {
		return nil, err
	}
	return &hook{s, host}, nil
}

const mostSkew = 24 * time.Hour

func configured(decode channels.Settings) (s settings, err error) {
	s.MaxSkew, s.APIBase = 300, "https://api.nexmo.com"
	if err = decode(&s); err != nil {
		return s, err
	}
	_, method := methods[s.SignatureMethod]
	switch {
	case s.Product != "" && s.Product != productMessages && s.Product != productSMS:
		return s, fmt.Errorf("product %q: want messages or sms, or none for both", s.Product)
	case len(s.SignatureSecret) == 0:
		return s, errors.New("signature_secret must be said")
	case s.SignatureMethod != "" && !method:
		return s, fmt.Errorf("signature_method %q: want md5hash, md5, sha1, sha256 or sha512", s.SignatureMethod)
	case s.Product == productSMS && !method:
		return s, errors.New("signature_method must be said, as it is set in Vonage's dashboard")
	case s.MaxSkew < 1 || s.skew() > mostSkew:
		return s, errors.New("max_skew_s: want 1 to 86400")
	case (s.ApplicationID == "") != (len(s.PrivateKey) == 0):
		return s, errors.New("application_id and private_key go together")
	case s.Backfill != 0 && (s.Product == "" || s.APIKey == "" || len(s.APISecret) == 0):
		return s, errors.New("backfill wants product, api_key and api_secret")
	}
	return s, s.CheckList()
}

func (s settings) skew() time.Duration { return time.Duration(s.MaxSkew) * time.Second }

// Package sendgrid takes mail from Twilio SendGrid's Inbound Parse
// (twilio.com/docs/sendgrid/for-developers/parsing-email), in fields or whole.
//
// SendGrid gives a mail no id: recipients and bytes name it. A security policy
// has it sign each request over the time and the body as octets; set-ups without
// one are known by credentials. The octets of a field are in the charset that
// another one, charsets, names.
package sendgrid

import (
	"crypto/ecdsa"
	"crypto/x509"
	"errors"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/pushmail"
	"gatehouse/ingest"
)

// Kind is SendGrid's Inbound Parse.
var Kind = channels.Kind{
	Name:   "sendgrid",
	Tried:  "requests signed by the provider's SDK; never the real service",
	Family: ingest.Email,
	Facts: channels.Facts{
		Signature: "X-Twilio-Email-Event-Webhook-Signature: ECDSA by a key whose public half a security policy shows; else HTTP Basic, a header or a parameter",
		Covers:    "the time and the body; credentials nothing",
		Replay:    "the time signed, within `max_skew_s`; recipients and bytes of the mail, for ever",
		Retries:   "for three days",
		Retried:   72 * time.Hour,
		Media:     "in the request",
		Proof:     append([]string{signatureHeader, timeHeader}, channels.LoginProof...),
	},
	Webhook:    open,
	Reread:     reader.Reread,
	Attachment: reader.Attachment,
	Setup:      setup,
}

var reader = channels.Reader(read)

// settings is a SendGrid channel in the configuration. All that is set is asked
// of each request.
type settings struct {
	PublicKey         channels.Secrets `yaml:"public_key_b64_spki"` // of the security policy, as SendGrid's API shows it: base64 of its DER; a list while it is changed
	MaxSkew           int              `yaml:"max_skew_s"`          // how many seconds the time signed may be off: 73 hours, since nobody knows whether SendGrid signs a retry anew, and the mail names itself
	channels.Login    `yaml:",inline"`
	pushmail.Settings `yaml:",inline"`
	PublicURL         string `yaml:"public_url"` // as SendGrid calls it; it is not signed
}

// hook is one channel.
type hook struct {
	settings
	keys map[string]*ecdsa.PublicKey // by how the settings have them
	host channels.Host
}

func open(decode channels.Settings, host channels.Host) (channels.Webhook, error) {
	s, keys, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	return &hook{s, keys, host}, nil
}

func configured(decode channels.Settings, host channels.Host) (s settings, keys map[string]*ecdsa.PublicKey, err error) {
	s.MaxSkew = 73 * 60 * 60
	if err = decode(&s); err != nil {
		return s, nil, err
	}
	switch {
	case s.MaxSkew < 1 || s.MaxSkew > 7*86400:
		return s, nil, errors.New("max_skew_s: want 1 to 604800")
	case s.ProviderHeaders:
		return s, nil, errors.New("provider_headers: SendGrid says in fields of its own what it found of a sender, and those are believed")
	case len(s.PublicKey) == 0 && !s.Login.IsSet():
		return s, nil, errors.New("anybody could post: want public_key_b64_spki, or basic_user and basic_password, header_secret, or url_secret")
	case s.Login.IsSet():
		err = s.Login.Check()
	}
	if err == nil {
		keys, err = keysOf(s.PublicKey)
	}
	if err == nil {
		_, err = channels.BaseURL(s.PublicURL, host)
	}
	return s, keys, err
}

var errKey = errors.New("public_key_b64_spki: want the public key in base64 as SendGrid shows it, of the curve P-256")

func keysOf(texts channels.Secrets) (map[string]*ecdsa.PublicKey, error) {
	keys := map[string]*ecdsa.PublicKey{}
	for _, text := range texts {
		der, err := channels.Base64(text)
		if err != nil {
			return nil, errKey
		}
		key, err := x509.ParsePKIXPublicKey(der)
		of, isECDSA := key.(*ecdsa.PublicKey)
		if err != nil || !isECDSA || of.Curve.Params().BitSize != 256 {
			return nil, errKey
		}
		keys[text] = of
	}
	return keys, nil
}

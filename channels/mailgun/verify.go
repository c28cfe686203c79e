package mailgun

import (
	"crypto/sha256"
	"encoding/json"
	"strings"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/pushmail"
)

// proof is what Mailgun signed, and the signature.
type proof struct {
	Timestamp string `json:"timestamp"`
	Token     string `json:"token"`
	Signature string `json:"signature"`
}

// Verify returns nil if Mailgun signed the request, lately. The form must be
// read for it: what is signed stands there.
func (h *hook) Verify(r channels.Request) error {
	p, err := proofOf(r)
	if err != nil {
		return err
	}
	if p.Timestamp == "" || p.Token == "" || p.Signature == "" {
		return channels.CauseUnsigned.Because("the body has not all of timestamp, token and signature")
	}
	given, err := channels.Hex(p.Signature)
	if err != nil {
		return channels.CauseSecret.Because("the signature is no hexadecimal")
	}
	at, err := channels.UnixSeconds(p.Timestamp)
	if err != nil {
		return err
	}
	err = h.host.Signed(h.SigningKey, given, func(key string) []byte {
		return channels.MAC(sha256.New, key, []byte(p.Timestamp), []byte(p.Token))
	})
	if err != nil {
		return err
	}
	return channels.Recent(h.host.Now(), at, time.Duration(h.MaxSkew)*time.Second)
}

// isJSON reports whether the body is an event: mail comes as a form.
func isJSON(r channels.Request) bool {
	return strings.HasPrefix(strings.ToLower(r.Header.Get("Content-Type")), "application/json")
}

func proofOf(r channels.Request) (p proof, err error) {
	if isJSON(r) {
		var body struct {
			Signature proof `json:"signature"`
		}
		if json.Unmarshal(r.Raw, &body) != nil {
			return p, channels.CauseUnsigned.Because("the body is no JSON of Mailgun's")
		}
		return body.Signature, nil
	}
	form, err := pushmail.ParseForm(r.Header.Get("Content-Type"), r.Raw)
	if err != nil {
		return p, channels.CauseUnsigned.Because("the body is no form")
	}
	return post{form}.proof(), nil
}

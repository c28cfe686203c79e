package webhook

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gatehouse/channels"
)

// proof makes the scheme of its settings. Without what it needs to tell a
// stranger, there is none.
func (s settings) proof(host channels.Host) (proof, error) {
	secrets := slices.Concat(s.Secret, s.Secrets)
	switch s.Scheme {
	case "standard":
		if len(secrets)+len(s.PublicKey) == 0 {
			return proof{}, errors.New("scheme standard needs a secret or a public_key")
		}
		standard, err := channels.NewStandard(secrets, s.PublicKey, host)
		if err != nil {
			return proof{}, err
		}
		return proof{verify: standard.Verify, delivery: channels.StandardDelivery}, nil
	case "github":
		if len(secrets) == 0 {
			return proof{}, errors.New("scheme github needs a secret")
		}
		return proof{verify: github(secrets, host), delivery: header("X-GitHub-Delivery")}, nil
	case "basic":
		if s.BasicUser == "" || len(s.BasicPassword) == 0 {
			return proof{}, errors.New("scheme basic needs basic_user and basic_password")
		}
		return proof{verify: func(r channels.Request) error { return host.Basic(r, s.BasicUser, s.BasicPassword) }, delivery: nobody}, nil
	case "bearer":
		if len(s.BearerToken) == 0 {
			return proof{}, errors.New("scheme bearer needs bearer_token")
		}
		return proof{verify: func(r channels.Request) error { return host.Bearer(r, s.BearerToken) }, delivery: nobody}, nil
	case "mtls":
		return s.certificates.proof(host)
	}
	return proof{}, fmt.Errorf("scheme %q: want standard, github, basic, bearer or mtls", s.Scheme)
}

func header(name string) func(channels.Request) string {
	return func(r channels.Request) string { return r.Header.Get(name) }
}

// nobody names no delivery.
func nobody(channels.Request) string { return "" }

var (
	errMissing   = channels.CauseUnsigned.Because("signature or credentials are missing")
	errSignature = channels.CauseSecret.Because("no signature is right")
)

// github checks X-Hub-Signature-256: "sha256=" and the hexadecimal HMAC of the
// body's bytes. X-GitHub-Delivery is not covered by it.
func github(secrets channels.Secrets, host channels.Host) func(channels.Request) error {
	return func(r channels.Request) error {
		text, err := r.HeaderOnce("X-Hub-Signature-256")
		if err != nil {
			return err
		}
		text, found := strings.CutPrefix(text, "sha256=")
		if !found {
			return errMissing
		}
		given, err := channels.Hex(text)
		if err != nil {
			return errSignature
		}
		return host.Signed(secrets, given, func(secret string) []byte { return channels.MAC(sha256.New, secret, r.Raw) })
	}
}

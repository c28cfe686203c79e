package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
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
		return newStandard(secrets, s.PublicKey, host.Now)
	case "github":
		if len(secrets) == 0 {
			return proof{}, errors.New("scheme github needs a secret")
		}
		return proof{verify: github(secrets), delivery: header("X-GitHub-Delivery")}, nil
	case "basic":
		if s.BasicUser == "" || len(s.BasicPassword) == 0 {
			return proof{}, errors.New("scheme basic needs basic_user and basic_password")
		}
		return proof{verify: basic(s.BasicUser, s.BasicPassword), delivery: nobody}, nil
	case "bearer":
		if len(s.BearerToken) == 0 {
			return proof{}, errors.New("scheme bearer needs bearer_token")
		}
		return proof{verify: bearer(s.BearerToken), delivery: nobody}, nil
	}
	return proof{}, fmt.Errorf("scheme %q: want standard, github, basic or bearer", s.Scheme)
}

func header(name string) func(channels.Request) string {
	return func(r channels.Request) string { return r.Header.Get(name) }
}

// nobody names no delivery.
func nobody(channels.Request) string { return "" }

var (
	errMissing   = channels.CauseUnsigned.Because("signature or credentials are missing")
	errSignature = channels.CauseSecret.Because("no signature is right")
	errLogin     = channels.CauseSecret.Because("the credentials are wrong")
)

// github checks X-Hub-Signature-256: "sha256=" and the hexadecimal HMAC of the
// body's bytes. X-GitHub-Delivery is not covered by it.
func github(secrets channels.Secrets) func(channels.Request) error {
	return func(r channels.Request) error {
		text, found := strings.CutPrefix(r.Header.Get("X-Hub-Signature-256"), "sha256=")
		if !found {
			return errMissing
		}
		given, err := hex.DecodeString(text)
		right := func(secret string) bool {
			mac := hmac.New(sha256.New, []byte(secret))
			mac.Write(r.Raw)
			return hmac.Equal(given, mac.Sum(nil))
		}
		if err != nil || !secrets.Any(right) {
			return errSignature
		}
		return nil
	}
}

// credentials are what follows the scheme's name, whose case does not matter
// (RFC 9110 §11.1), in the one Authorization header.
func credentials(r channels.Request, scheme string) (string, error) {
	values := r.Header.Values("Authorization")
	if len(values) != 1 {
		return "", errMissing
	}
	name, given, _ := strings.Cut(values[0], " ")
	if !strings.EqualFold(name, scheme) {
		return "", errMissing
	}
	return strings.TrimLeft(given, " "), nil
}

func challenge(scheme string, err error) error {
	return &channels.Refusal{Cause: channels.CauseOf(err), Status: http.StatusUnauthorized, Challenge: scheme, Err: err}
}

// basic checks user and password (RFC 7617): UTF-8, split at the first colon.
func basic(user string, passwords channels.Secrets) func(channels.Request) error {
	const scheme = `Basic realm="gatehouse", charset="UTF-8"`
	return func(r channels.Request) error {
		given, err := credentials(r, "Basic")
		if err != nil {
			return challenge(scheme, err)
		}
		pair, err := base64.StdEncoding.DecodeString(given)
		name, password, found := strings.Cut(string(pair), ":")
		rightName, rightPassword := channels.Secrets{user}.Is(name), passwords.Is(password)
		if err != nil || !found || !rightName || !rightPassword {
			return challenge(scheme, errLogin)
		}
		return nil
	}
}

// bearer checks a token (RFC 6750 §2.1).
func bearer(tokens channels.Secrets) func(channels.Request) error {
	const scheme = `Bearer realm="gatehouse"`
	return func(r channels.Request) error {
		given, err := credentials(r, "Bearer")
		if err != nil {
			return challenge(scheme, err)
		}
		if !tokens.Is(given) {
			return challenge(scheme, errLogin)
		}
		return nil
	}
}

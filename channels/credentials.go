package channels

import (
	"crypto/subtle"
	"net/http"
	"strings"
)

// What asks for credentials in a 401 (RFC 9110 §11.6.1).
const (
	askBasic  = `Basic realm="gatehouse", charset="UTF-8"`
	askBearer = `Bearer realm="gatehouse"`
)

// Basic returns nil if the request has the user's name and one of the passwords
// (RFC 7617): UTF-8, parted at the first colon.
func (h Host) Basic(r Request, user string, passwords Secrets) error {
	given, err := credentials(r, "Basic")
	if err != nil {
		return challenge(askBasic, err)
	}
	pair, err := Base64(given)
	name, password, found := strings.Cut(string(pair), ":")
	whole := err == nil && found && equal(user, name)
	proven := h.Any(passwords, func(secret string) bool { return equal(secret, password) && whole })
	if !proven {
		return challenge(askBasic, errLogin)
	}
	return nil
}

// Bearer returns nil if the request has one of the tokens (RFC 6750 §2.1).
func (h Host) Bearer(r Request, tokens Secrets) error {
	given, err := credentials(r, "Bearer")
	if err != nil {
		return challenge(askBearer, err)
	}
	return challenge(askBearer, h.Token(given, tokens))
}

// Token returns nil if given is one of the tokens, as a header or a query of the
// provider's own has it.
func (h Host) Token(given string, tokens Secrets) error {
	if !h.Any(tokens, func(secret string) bool { return equal(secret, given) }) {
		return errLogin
	}
	return nil
}

var errLogin = CauseSecret.Because("the credentials are wrong")

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// credentials are what follows the scheme's name, whose case does not matter
// (RFC 9110 §11.1), in the one Authorization header.
func credentials(r Request, scheme string) (string, error) {
	value, err := r.HeaderOnce("Authorization")
	if err != nil {
		return "", err
	}
	name, given, _ := strings.Cut(value, " ")
	if !strings.EqualFold(name, scheme) {
		return "", CauseUnsigned.Because("the credentials are of another scheme than %s", scheme)
	}
	return strings.TrimLeft(given, " "), nil
}

func challenge(ask string, err error) error {
	if err == nil {
		return nil
	}
	return &Refusal{Cause: CauseOf(err), Status: http.StatusUnauthorized, Challenge: ask, Err: err}
}

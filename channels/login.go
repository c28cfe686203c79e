package channels

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// Login are the settings of a channel whose provider signs nothing: what it is
// told to send with each request. An adapter has them inline in its own. One of
// them is enough; of several that are said a request needs one.
type Login struct {
	BasicUser     string  `yaml:"basic_user"`     // HTTP Basic (RFC 7617), with basic_password
	BasicPassword Secrets `yaml:"basic_password"` // may have colons in it
	Header        string  `yaml:"header"`         // a header of your own, as X-Webhook-Secret, with header_secret
	HeaderSecret  Secrets `yaml:"header_secret"`  // the header's whole value
	URLSecret     Secrets `yaml:"url_secret"`     // at the end of the URL as ?secret=…; proxies may log it: better a header
}

// challenge is what a 401 for credentials says (RFC 7617 §2.1).
const challenge = `Basic realm="gatehouse", charset="UTF-8"`

// IsSet reports whether any proof is asked for.
func (l Login) IsSet() bool {
	return l.BasicUser != "" || len(l.BasicPassword) > 0 || l.Header != "" || len(l.HeaderSecret) > 0 || len(l.URLSecret) > 0
}

// Check returns nil for settings that tell a stranger from the provider.
func (l Login) Check() error {
	switch {
	case !l.IsSet():
		return errors.New("anybody could post: want basic_user and basic_password, header and header_secret, or url_secret")
	case (l.BasicUser == "") != (len(l.BasicPassword) == 0):
		return errors.New("basic_user and basic_password go together")
	case strings.Contains(l.BasicUser, ":"):
		return errors.New("basic_user: no colon can be in it")
	case (l.Header == "") != (len(l.HeaderSecret) == 0):
		return errors.New("header and header_secret go together")
	case strings.EqualFold(l.Header, "Authorization") && l.BasicUser != "":
		return errors.New("header: Authorization is that of basic_user")
	}
	return nil
}

// Verify returns nil if the request brings what one of the settings asks for. It
// says nothing of the body: who overhears a request can send any other.
func (l Login) Verify(h Host, r Request) error {
	var err error = CauseUnsigned.Because("the request brings no credentials")
	proofs := []struct {
		asked bool
		check func(Host, Request) error
	}{{l.BasicUser != "", l.basic}, {l.Header != "", l.header}, {len(l.URLSecret) > 0, l.url}}
	for _, p := range proofs {
		if !p.asked {
			continue
		}
		again := p.check(h, r)
		if again == nil {
			return nil
		}
		if CauseOf(err) == CauseUnsigned {
			err = again
		}
	}
	refusal := &Refusal{Cause: CauseOf(err), Err: err}
	if l.BasicUser != "" {
		refusal.Status, refusal.Challenge = http.StatusUnauthorized, challenge
	}
	return refusal
}

var errLogin = CauseSecret.Because("the credentials are wrong")

// basic checks user and password: UTF-8, split at the first colon.
func (l Login) basic(h Host, r Request) error {
	text, err := r.HeaderOnce("Authorization")
	if err != nil {
		return err
	}
	scheme, given, _ := strings.Cut(text, " ")
	if !strings.EqualFold(scheme, "Basic") { // its case does not matter (RFC 9110 §11.1)
		return CauseUnsigned.Because("Authorization is not Basic")
	}
	pair, err := base64.StdEncoding.DecodeString(strings.TrimLeft(given, " "))
	if err != nil {
		return errLogin
	}
	user, password, found := strings.Cut(string(pair), ":")
	rightUser := Secrets{l.BasicUser}.Is(user)
	proven := h.Any(l.BasicPassword, func(secret string) bool {
		right := Secrets{secret}.Is(password)
		return right && rightUser && found
	})
	if !proven {
		return errLogin
	}
	return nil
}

func (l Login) header(h Host, r Request) error {
	given, err := r.HeaderOnce(l.Header)
	if err != nil {
		return err
	}
	return h.given(l.HeaderSecret, given)
}

// url checks the one parameter secret of the query.
func (l Login) url(h Host, r Request) error {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || len(query["secret"]) != 1 {
		return CauseUnsigned.Because("the URL has not one parameter secret")
	}
	return h.given(l.URLSecret, query.Get("secret"))
}

// given returns nil if what was given is one of the secrets.
func (h Host) given(s Secrets, given string) error {
	if !h.Any(s, func(secret string) bool { return Secrets{secret}.Is(given) }) {
		return errLogin
	}
	return nil
}

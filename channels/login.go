package channels

import (
	"errors"
	"strings"
)

// Login are the settings of a channel whose provider signs nothing: what it is
// told to send with each request. An adapter has them inline in its own. One of
// them is enough; where several are said, a request needs one.
type Login struct {
	BasicUser     string  `yaml:"basic_user"`     // HTTP Basic (RFC 7617), with basic_password
	BasicPassword Secrets `yaml:"basic_password"` // may have colons in it
	HeaderSecret  Secrets `yaml:"header_secret"`  // in a header X-Webhook-Secret
	URLSecret     Secrets `yaml:"url_secret"`     // at the end of the URL as ?secret=…; proxies may log it: better a header
}

// LoginProof are the headers in which a Login may stand, for Facts.Proof.
var LoginProof = []string{"Authorization", secretHeader}

const secretHeader = "X-Webhook-Secret"

// IsSet reports whether any proof is asked for.
func (l Login) IsSet() bool {
	return l.BasicUser != "" || len(l.BasicPassword) > 0 || len(l.HeaderSecret) > 0 || len(l.URLSecret) > 0
}

// Check returns nil for settings that tell a stranger from the provider.
func (l Login) Check() error {
	switch {
	case !l.IsSet():
		return errors.New("anybody could post: want basic_user and basic_password, header_secret, or url_secret")
	case (l.BasicUser == "") != (len(l.BasicPassword) == 0):
		return errors.New("basic_user and basic_password go together")
	case strings.Contains(l.BasicUser, ":"):
		return errors.New("basic_user: no colon can be in it")
	}
	return nil
}

// Told is what the provider must be told so that it brings what is asked for, a
// line each; see Kind.Setup.
func (l Login) Told() (lines []string) {
	if l.BasicUser != "" {
		lines = append(lines, "the URL begins with https://, then basic_user, a colon, basic_password and @, each as in a URL: a colon in them is %3A")
	}
	if len(l.HeaderSecret) > 0 {
		lines = append(lines, "a header X-Webhook-Secret with header_secret goes with each request")
	}
	if len(l.URLSecret) > 0 {
		lines = append(lines, "behind the URL comes ?secret= and url_secret")
	}
	return lines
}

// Verify returns nil if the request brings what one of the settings asks for. It
// says nothing of the body: who overhears a request can send any other.
func (l Login) Verify(h Host, r Request) error {
	err := CauseUnsigned.Because("the request brings no credentials")
	if l.BasicUser != "" {
		err = h.Basic(r, l.BasicUser, l.BasicPassword)
	}
	if err != nil && len(l.HeaderSecret) > 0 {
		err = better(err, l.header(h, r))
	}
	if err != nil && len(l.URLSecret) > 0 {
		err = better(err, l.url(h, r))
	}
	return err
}

// better is what is said of two proofs, one of which is enough: that one of them
// is wrong tells more than that one is missing.
func better(first, then error) error {
	if then == nil || CauseOf(first) == CauseUnsigned && CauseOf(then) != CauseUnsigned {
		return then
	}
	return first
}

func (l Login) header(h Host, r Request) error {
	given, err := r.HeaderOnce(secretHeader)
	if err != nil {
		return err
	}
	return h.Token(given, l.HeaderSecret)
}

// url checks the one parameter secret of the query.
func (l Login) url(h Host, r Request) error {
	query, err := ParseForm(r.URL.RawQuery)
	if err != nil || len(query.All("secret")) != 1 {
		return CauseUnsigned.Because("the URL has not one parameter secret")
	}
	return h.Token(query.Get("secret"), l.URLSecret)
}

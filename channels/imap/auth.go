package imap

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// signIn chooses how to sign in, the only place that does: AUTHENTICATE PLAIN
// (RFC 4616) where it is offered, else the mechanism LOGIN, else the command of
// that name unless the server forbids it.
func signIn(client *imapclient.Client, c *config) error {
	if client.State() == imap.ConnStateAuthenticated {
		return nil // PREAUTH
	}
	if c.token != "" {
		return signInByToken(client, c)
	}
	caps := client.Caps()
	var err error
	switch {
	case slices.Contains(caps.AuthMechanisms(), "PLAIN"):
		err = client.Authenticate(plain{c.Username, c.Password})
	case slices.Contains(caps.AuthMechanisms(), "LOGIN"):
		err = client.Authenticate(&login{c.Username, c.Password})
	case caps.Has(imap.CapLoginDisabled):
		return channels.NeedsReauth(fmt.Errorf("%w (it offers %s; tls is %s)", errNoPassword, offers(caps.AuthMechanisms()), c.TLS))
	default:
		err = client.Login(c.Username, c.Password).Wait()
	}
	return judgeSignIn(err)
}

// plain is the mechanism PLAIN as the library wants it.
type plain struct{ username, password string }

// Start gives the only message of the exchange.
func (p plain) Start() (mechanism string, first []byte, err error) {
	return "PLAIN", []byte("\x00" + p.username + "\x00" + p.password), nil
}

// Next is never due: PLAIN knows no challenge.
func (p plain) Next([]byte) ([]byte, error) {
	return nil, errors.New("the server challenges PLAIN")
}

var errNoPassword = errors.New("LOGINDISABLED, and neither AUTH=PLAIN nor AUTH=LOGIN")

// offers names mechanisms in their order, lest a state that is told again differ.
func offers(mechanisms []string) string {
	slices.Sort(mechanisms)
	return cmp.Or(strings.Join(mechanisms, ", "), "nothing")
}

// login is the mechanism LOGIN, which servers ask for that know no other.
type login struct{ username, password string }

// Start has nothing to say before it is asked.
func (l *login) Start() (mechanism string, first []byte, err error) { return "LOGIN", nil, nil }

// Next answers the two challenges, whatever their words.
func (l *login) Next([]byte) (answer []byte, err error) {
	if l.username == "" {
		answer, l.password = []byte(l.password), ""
		return answer, nil
	}
	answer, l.username = []byte(l.username), ""
	return answer, nil
}

// judgeSignIn tells refused credentials from a server that is busy.
func judgeSignIn(err error) error {
	r := refusal(err)
	if r == nil {
		return ingest.AsTemporary(err)
	}
	err = fmt.Errorf("sign-in refused: %w", err)
	switch {
	case tooMuch(r):
		return channels.Throttled(ingest.AsTemporary(err))
	case passing(r) || busy(r.Text) || slices.Contains(atServer, r.Code):
		return ingest.AsTemporary(err)
	case r.Code == imap.ResponseCodePrivacyRequired:
		return err
	}
	return channels.NeedsReauth(err)
}

// atServer are refusals that no other password mends.
var atServer = []imap.ResponseCode{imap.ResponseCodeServerBug, imap.ResponseCodeContactAdmin, imap.ResponseCodeCorruption}

// passing reports whether a refusal says itself that it will pass (RFC 5530).
func passing(r *imap.Error) bool {
	return slices.Contains([]imap.ResponseCode{
		imap.ResponseCodeUnavailable, imap.ResponseCodeInUse, imap.ResponseCodeLimit, imap.ResponseCodeOverQuota,
	}, r.Code)
}

// busy reads what servers without response codes say.
func busy(text string) bool {
	return says(text, "too many", "try again", "temporar", "later", "unavailable", "bandwidth", "rate limit")
}

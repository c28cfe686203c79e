package imap

import (
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
// (RFC 4616) where it is offered, else LOGIN unless the server forbids it.
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
	case caps.Has(imap.CapLoginDisabled):
		err := fmt.Errorf("the server takes no password here (LOGINDISABLED, no AUTH=PLAIN; tls is %s)", c.TLS)
		return channels.NeedsReauth(err)
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

// judgeSignIn tells refused credentials from a server that is busy.
func judgeSignIn(err error) error {
	r := refusal(err)
	if r == nil {
		return ingest.AsTemporary(err)
	}
	if passing(r) || busy(r.Text) {
		return ingest.AsTemporary(fmt.Errorf("sign-in: %w", err))
	}
	return channels.NeedsReauth(fmt.Errorf("sign-in refused: %w", err))
}

// passing reports whether a refusal says itself that it will pass (RFC 5530).
func passing(r *imap.Error) bool {
	return slices.Contains([]imap.ResponseCode{imap.ResponseCodeUnavailable, imap.ResponseCodeInUse, imap.ResponseCodeLimit}, r.Code)
}

// busy reads what servers without response codes say.
func busy(text string) bool {
	text = strings.ToLower(text)
	for _, s := range []string{"too many", "try again", "temporar", "later", "unavailable", "bandwidth"} {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}

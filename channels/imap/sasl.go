package imap

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"

	"gatehouse/channels"
	"gatehouse/channels/oauth"
	"gatehouse/ingest"
)

var _ channels.Renewable = (*Poller)(nil)

// newTokens makes the source of access tokens of a channel with a block
// oauth2; nil for one with a password.
func newTokens(c *config, host channels.Host) (*oauth.Source, error) {
	if !c.OAuth2.Given() {
		return nil, nil
	}
	client, err := oauth.New(c.OAuth2, c.Username, host)
	if err != nil {
		return nil, err
	}
	return oauth.NewSource(client, host), nil
}

// consent makes what asks a mailbox's owner for access; see channels.Kind.
func consent(settings channels.Settings, host channels.Host) (channels.Consenter, error) {
	c, err := read(settings)
	if err != nil || !c.OAuth2.Given() {
		return nil, err
	}
	client, err := oauth.New(c.OAuth2, c.Username, host)
	if err != nil {
		return nil, err
	}
	return client.Consent(func(ctx context.Context, token ingest.Secret) error {
		with := c
		with.token = token
		conn, err := connect(ctx, &with)
		if err == nil {
			conn.close()
		}
		return err
	}), nil
}

// signedIn connects. Where the server does not take an access token that was
// good before, it is made anew, once: a provider may end one before its time.
func (p *Poller) signedIn(ctx context.Context) (*conn, error) {
	if p.tokens == nil {
		return connect(ctx, &p.config)
	}
	for {
		token, fresh, err := p.tokens.Token(ctx)
		if err != nil {
			return nil, err
		}
		with := p.config
		with.token = token
		conn, err := connect(ctx, &with)
		if !channels.ReauthNeeded(err) {
			return conn, err
		}
		p.tokens.Refused(token)
		if fresh {
			return nil, fmt.Errorf("the server does not take an access token that was just made (is IMAP on for %s, and did its owner consent?): %w", p.config.Username, err)
		}
	}
}

// Renewed reports whether the mailbox's owner has granted access anew; see
// channels.Renewable.
func (p *Poller) Renewed(ctx context.Context) (bool, error) {
	if p.tokens == nil {
		return false, nil
	}
	return p.tokens.Renewed(ctx)
}

// signInByToken signs in with an access token, by what the server offers.
func signInByToken(client *imapclient.Client, c *config) error {
	caps := client.Caps()
	offered := caps.AuthMechanisms()
	switch {
	case slices.Contains(offered, "XOAUTH2"): // first: it is what Gmail and Outlook document
		mechanism := &xoauth2{username: c.Username, token: c.token}
		return mechanism.explain(judgeSignIn(client.Authenticate(mechanism)))
	case slices.Contains(offered, sasl.OAuthBearer):
		mechanism := sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{
			Username: c.Username, Token: string(c.token), Host: c.Host, Port: c.Port})
		return bearerRefused(client.Authenticate(mechanism))
	}
	return channels.NeedsReauth(errors.New("the server takes no access token (neither XOAUTH2 nor OAUTHBEARER): is host right, is IMAP on for this mailbox?"))
}

// xoauth2 is the mechanism of Google and Microsoft, which no RFC describes: a
// server that refuses the token says why in a challenge, and wants an empty
// answer before it says NO.
type xoauth2 struct {
	username string
	token    ingest.Secret
	refusal  refusalJSON
}

// refusalJSON is why a server takes no token (RFC 7628 §3.2.2).
type refusalJSON struct {
	Status  string `json:"status"`
	Schemes string `json:"schemes"`
	Scope   string `json:"scope"`
}

// Start gives the user and the token.
func (x *xoauth2) Start() (mechanism string, first []byte, err error) {
	return "XOAUTH2", []byte("user=" + x.username + "\x01auth=Bearer " + string(x.token) + "\x01\x01"), nil
}

// Next keeps the reason and answers nothing.
func (x *xoauth2) Next(challenge []byte) ([]byte, error) {
	_ = json.Unmarshal(challenge, &x.refusal) // what cannot be read explains nothing
	return []byte{}, nil
}

// explain adds the reason to a refusal.
func (x *xoauth2) explain(err error) error {
	if x.refusal == (refusalJSON{}) || !channels.ReauthNeeded(err) {
		return err
	}
	return channels.NeedsReauth(fmt.Errorf("%w (%s)", err, x.refusal))
}

// String is the reason in words.
func (r refusalJSON) String() string {
	says := "the access token is refused"
	if r.Status != "" {
		says += fmt.Sprintf(", status %.40q", r.Status)
	}
	if r.Scope != "" {
		says += fmt.Sprintf(", it wants the scope %.200q", r.Scope)
	}
	return says
}

// bearerRefused reads a refusal by OAUTHBEARER (RFC 7628 §3.2.2): the library
// ends the exchange there, so the connection is of no more use.
func bearerRefused(err error) error {
	var refused *sasl.OAuthBearerError
	if !errors.As(err, &refused) {
		return judgeSignIn(err)
	}
	return channels.NeedsReauth(fmt.Errorf("sign-in refused: %s", refusalJSON{refused.Status, refused.Schemes, refused.Scope}))
}

package oauth

import (
	"context"
	"net/http"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// exchangeTimeout is how long a provider may take to answer.
const exchangeTimeout = 15 * time.Second

// A Client speaks with a channel's provider.
type Client struct {
	settings Settings
	channel  string
	user     string // whose mailbox
	account  *account
	now      func() time.Time
	http     *http.Client
}

// New completes the settings of a channel for the mailbox of a user. It does
// not connect.
func New(s Settings, user string, host channels.Host) (*Client, error) {
	if err := s.complete(); err != nil {
		return nil, err
	}
	if s.Grant == byRefreshToken && host.Grants == nil {
		return nil, errNoKey
	}
	c := &Client{settings: s, channel: host.Channel, user: user, now: host.Now}
	if s.Grant == byServiceAccount {
		a, err := readAccount(s, user)
		if err != nil {
			return nil, err
		}
		c.account = a
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // secrets go to one address
	c.http = &http.Client{Timeout: exchangeTimeout, CheckRedirect: stay,
		Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true}}
	return c, nil
}

// access is an access token, and until when it is good; zero: until it is
// refused.
type access struct {
	token   ingest.Secret
	expires time.Time
}

// early is how long before its end a token is no longer used: a minute, or a
// tenth of a short life.
const early = time.Minute

func (c *Client) accessOf(t *oauth2.Token) access {
	a := access{token: ingest.Secret(t.AccessToken)}
	if !t.Expiry.IsZero() {
		life := time.Until(t.Expiry) // the library has added it to the time that was
		a.expires = c.now().Add(life - min(early, life/10))
	}
	return a
}

func (a access) good(now time.Time) bool {
	return a.token != "" && (a.expires.IsZero() || now.Before(a.expires))
}

// config is what the library needs, with one of the client's secrets.
func (c *Client) config(secret, redirect string) *oauth2.Config {
	return &oauth2.Config{ClientID: c.settings.ClientID, ClientSecret: secret, Endpoint: c.settings.endpoint(),
		RedirectURL: redirect, Scopes: c.settings.Scopes}
}

// each asks with each of the client's secrets until the provider knows one.
func (c *Client) each(ctx context.Context, ask func(ctx context.Context, secret string) (*oauth2.Token, error)) (*oauth2.Token, error) {
	ctx = context.WithValue(ctx, oauth2.HTTPClient, c.http)
	secrets := c.settings.ClientSecret
	if len(secrets) == 0 {
		secrets = channels.Secrets{""}
	}
	var token *oauth2.Token
	var err error
	for _, secret := range secrets {
		if token, err = ask(ctx, secret); !hasCode(err, "invalid_client") {
			break
		}
	}
	return token, c.judge(err)
}

// renew exchanges a refresh token for an access token (RFC 6749 §6). next is
// its successor, or itself.
func (c *Client) renew(ctx context.Context, refresh ingest.Secret) (a access, next ingest.Secret, err error) {
	t, err := c.each(ctx, func(ctx context.Context, secret string) (*oauth2.Token, error) {
		return c.config(secret, "").TokenSource(ctx, &oauth2.Token{RefreshToken: string(refresh)}).Token()
	})
	if err != nil {
		return a, refresh, err
	}
	return c.accessOf(t), ingest.Secret(t.RefreshToken), nil
}

// own gets an access token that needs no owner: with the client's own
// credentials (RFC 6749 §4.4), or a service account's key (RFC 7523 §2.1).
func (c *Client) own(ctx context.Context) (access, error) {
	get := c.byClient
	if c.settings.Grant == byServiceAccount {
		get = c.byAccount
	}
	t, err := get(ctx)
	if err != nil {
		return access{}, err
	}
	return c.accessOf(t), nil
}

func (c *Client) byClient(ctx context.Context) (*oauth2.Token, error) {
	return c.each(ctx, func(ctx context.Context, secret string) (*oauth2.Token, error) {
		e := c.settings.endpoint()
		return (&clientcredentials.Config{ClientID: c.settings.ClientID, ClientSecret: secret, TokenURL: e.TokenURL,
			Scopes: c.settings.Scopes, AuthStyle: e.AuthStyle}).Token(ctx)
	})
}

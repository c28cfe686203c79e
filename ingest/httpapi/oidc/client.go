// Package oidc signs people in by OpenID Connect: the authorization code flow
// with PKCE (RFC 7636), a state and a nonce of one browser and one try, and an
// ID token whose issuer, audience, signature and end are checked.
package oidc

import (
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"gatehouse/ingest"
	"gatehouse/ingest/seal"
)

// Settings are what a provider and we know of each other.
type Settings struct {
	Issuer       string
	ClientID     string
	ClientSecret string
	Scopes       []string // besides openid
	RedirectURL  string
	// RoleClaim names the claim of the ID token with what Roles maps: a text or a
	// list; within others with dots, as realm_access.roles.
	RoleClaim string
	Roles     map[string]ingest.Role
	// DefaultRole is of whom no claim has a role; "": they are refused.
	DefaultRole ingest.Role
}

// Client speaks with one provider, of which it learns at the first try. It is
// safe for concurrent use.
type Client struct {
	settings Settings
	now      func() time.Time
	http     *http.Client
	ring     *seal.Ring

	mu       sync.Mutex
	provider *oidc.Provider
}

// patience is how long a provider may take to answer.
const patience = 15 * time.Second

// New does not connect.
func New(s Settings, now func() time.Time) (*Client, error) {
	key, err := hkdf.Key(sha256.New, []byte(s.ClientSecret), nil, purpose, sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("sign in: %w", err)
	}
	ring, err := seal.New(base64.StdEncoding.EncodeToString(key))
	if err != nil {
		return nil, fmt.Errorf("sign in: %w", err)
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // secrets go to one address
	return &Client{settings: s, now: now, ring: ring, http: &http.Client{Timeout: patience, CheckRedirect: stay,
		Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true}}}, nil
}

// known is the provider, once it was asked about itself. A failure is asked
// about again at the next try.
func (c *Client) known(ctx context.Context) (*oidc.Provider, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.provider != nil {
		return c.provider, nil
	}
	// Its keys are asked for later, too: with the client, and not with this request's end.
	p, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), c.http), c.settings.Issuer)
	if err != nil {
		return nil, ingest.AsTemporary(fmt.Errorf("openid provider: %w", err))
	}
	c.provider = p
	return p, nil
}

func (c *Client) config(p *oidc.Provider) *oauth2.Config {
	at := p.Endpoint()
	at.AuthStyle = styleOf(p)
	return &oauth2.Config{ClientID: c.settings.ClientID, ClientSecret: c.settings.ClientSecret, Endpoint: at,
		RedirectURL: c.settings.RedirectURL, Scopes: append([]string{oidc.ScopeOpenID}, c.settings.Scopes...)}
}

// styleOf is how the provider takes our secret; it is not found out by trying,
// for a code is good for one try (OpenID Connect Discovery §3).
func styleOf(p *oidc.Provider) oauth2.AuthStyle {
	var says struct {
		Methods []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := p.Claims(&says); err == nil && len(says.Methods) > 0 && !slices.Contains(says.Methods, "client_secret_basic") {
		return oauth2.AuthStyleInParams
	}
	return oauth2.AuthStyleInHeader
}

// flow is one try, which the browser keeps sealed.
type flow struct {
	State    string    `json:"s"`
	Nonce    string    `json:"n"`
	Verifier string    `json:"v"`
	Until    time.Time `json:"u"`
}

const purpose = "gatehouse sign-in"

// Lasts is how long a person has to sign in at the provider.
const Lasts = 10 * time.Minute

// Begin is where to send a browser, and what it is to keep until it comes back.
func (c *Client) Begin(ctx context.Context) (url, cookie string, err error) {
	p, err := c.known(ctx)
	if err != nil {
		return "", "", err
	}
	f := flow{rand.Text(), rand.Text(), oauth2.GenerateVerifier(), c.now().Add(Lasts)}
	text, err := json.Marshal(f)
	if err != nil {
		return "", "", err
	}
	sealed, err := c.ring.Seal(text, purpose)
	if err != nil {
		return "", "", fmt.Errorf("sign in: %w", err)
	}
	return c.config(p).AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)),
		base64.RawURLEncoding.EncodeToString(sealed), nil
}

// The ends of a try that are nobody's fault but its own. Use errors.Is.
var (
	// ErrFlow: the browser did not begin this, or too long ago.
	ErrFlow = errors.New("this browser did not begin to sign in, or too long ago: begin again")
	// ErrRefused: the provider does not say who it is.
	ErrRefused = errors.New("the provider's answer does not prove who you are: begin again")
	// ErrRole: nothing that the provider says gives them a role.
	ErrRole = errors.New("you have no role here: ask an administrator")
)

// Back is what a browser brings back from the provider, with what it kept.
type Back struct{ Code, State, Issuer, Cookie string }

// opened is the try that the browser kept, if it is the one that it comes back
// from.
func (c *Client) opened(b Back) (flow, error) {
	var f flow
	sealed, err := base64.RawURLEncoding.DecodeString(b.Cookie)
	if err != nil {
		return f, ErrFlow
	}
	text, err := c.ring.Open(sealed, purpose)
	if err != nil || json.Unmarshal(text, &f) != nil || !c.now().Before(f.Until) {
		return f, ErrFlow
	}
	if subtle.ConstantTimeCompare([]byte(f.State), []byte(b.State)) != 1 {
		return f, ErrFlow
	}
	if b.Issuer != "" && b.Issuer != c.settings.Issuer { // RFC 9207 §2.4
		return f, ErrRefused
	}
	return f, nil
}

// Ours tells whether the browser brings back a try that was begun here and is
// not over; else it is one of the errors above.
func (c *Client) Ours(b Back) error {
	_, err := c.opened(b)
	return err
}

// Finish finds out who has come back. Errors are one of those above, or
// temporary.
func (c *Client) Finish(ctx context.Context, b Back) (ingest.Vouched, error) {
	f, err := c.opened(b)
	if err != nil {
		return ingest.Vouched{}, err
	}
	p, err := c.known(ctx)
	if err != nil {
		return ingest.Vouched{}, err
	}
	ctx = oidc.ClientContext(ctx, c.http)
	token, err := c.config(p).Exchange(ctx, b.Code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return ingest.Vouched{}, failed("code", err)
	}
	text, _ := token.Extra("id_token").(string)
	id, err := p.Verifier(&oidc.Config{ClientID: c.settings.ClientID, Now: c.now}).Verify(ctx, text)
	if err != nil {
		return ingest.Vouched{}, fmt.Errorf("%w (%w)", ErrRefused, err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(f.Nonce)) != 1 {
		return ingest.Vouched{}, fmt.Errorf("%w (another nonce)", ErrRefused)
	}
	return c.claimed(id)
}

// failed tells a provider's no from one that is away.
func failed(what string, err error) error {
	var said *oauth2.RetrieveError
	if errors.As(err, &said) && said.Response != nil && said.Response.StatusCode < 500 {
		return fmt.Errorf("%w (%s: %s)", ErrRefused, what, said.ErrorCode)
	}
	return ingest.AsTemporary(fmt.Errorf("openid provider: %s: %w", what, err))
}

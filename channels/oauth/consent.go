package oauth

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/oauth2"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// consent asks a mailbox's owner for access.
type consent struct {
	*Client
	// try signs in with an access token; an error that is channels.ReauthNeeded
	// says that the mailbox is not its holder's.
	try func(ctx context.Context, token ingest.Secret) error
}

// Consent makes what asks the owner of the client's mailbox for access; nil if
// its grant needs no owner. try signs in with an access token, so that nobody
// grants access to another mailbox than the one that is meant.
func (c *Client) Consent(try func(context.Context, ingest.Secret) error) channels.Consenter {
	if c.settings.Grant != byRefreshToken {
		return nil
	}
	return &consent{c, try}
}

// Whose is "the mailbox … at …".
func (c *consent) Whose() string {
	at := map[string]string{google: "Google", microsoft: "Microsoft"}[c.settings.Provider]
	if at == "" {
		at = "its provider"
	}
	return "the mailbox " + c.user + " at " + at
}

// AuthURL suggests the mailbox as the one to sign in to, and asks for a refresh
// token in each provider's own way.
func (c *consent) AuthURL(state, verifier ingest.Secret, redirect string) string {
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(string(verifier)), oauth2.SetAuthURLParam("login_hint", c.user)}
	if c.settings.Provider == google { // which gives one only offline, and but once if it does not ask again
		options = append(options, oauth2.AccessTypeOffline, oauth2.SetAuthURLParam("prompt", "consent"))
	}
	return c.config("", redirect).AuthCodeURL(string(state), options...)
}

// Redeem exchanges the code for a refresh token and tries it; see
// channels.Consenter.
func (c *consent) Redeem(ctx context.Context, code, verifier ingest.Secret, redirect string) (ingest.Secret, error) {
	t, err := c.each(ctx, func(ctx context.Context, secret string) (*oauth2.Token, error) {
		return c.config(secret, redirect).Exchange(ctx, string(code), oauth2.VerifierOption(string(verifier)))
	})
	if err != nil {
		return "", err
	}
	return c.tried(ctx, t)
}

var errNoRefresh = errors.New("the provider gave access for an hour only, without a refresh token: see whether the scopes ask for offline access")

func (c *consent) tried(ctx context.Context, t *oauth2.Token) (ingest.Secret, error) {
	if t.RefreshToken == "" {
		return "", errNoRefresh
	}
	if given, _ := t.Extra("scope").(string); c.settings.Provider == google && given != "" && !strings.Contains(given, c.settings.Scopes[0]) {
		return "", errors.New("access to mail was not granted: consent again, and leave the box for mail ticked")
	}
	if err := c.try(ctx, ingest.Secret(t.AccessToken)); channels.ReauthNeeded(err) {
		return "", fmt.Errorf("whoever consented may not read %s: consent as the owner of that mailbox, and see whether it takes IMAP: %w", c.user, err)
	}
	return ingest.Secret(t.RefreshToken), nil // a mail server that is away says nothing about the owner
}

// ByDevice reports whether the provider has such a way.
func (c *consent) ByDevice() bool { return c.settings.DeviceURL != "" }

// AwaitDevice goes the way of RFC 8628; see channels.Consenter.
func (c *consent) AwaitDevice(ctx context.Context, show func(address, code string)) (ingest.Secret, error) {
	ctx = context.WithValue(ctx, oauth2.HTTPClient, c.http)
	var device *oauth2.DeviceAuthResponse
	t, err := c.each(ctx, func(ctx context.Context, secret string) (*oauth2.Token, error) {
		conf := c.config(secret, "")
		if device == nil {
			var err error
			if device, err = conf.DeviceAuth(ctx); err != nil {
				return nil, err
			}
			show(device.VerificationURI, device.UserCode)
		}
		return conf.DeviceAccessToken(ctx, device)
	})
	switch {
	case hasCode(err, "access_denied", "authorization_declined"):
		return "", errors.New("the owner declined")
	case hasCode(err, "expired_token"), errors.Is(err, context.DeadlineExceeded):
		return "", errors.New("nobody consented in time: the code has expired, begin again")
	case err != nil:
		return "", err
	}
	return c.tried(ctx, t)
}

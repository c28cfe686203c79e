// Package oauth signs in to mailboxes with what their owners granted (OAuth
// 2.0, RFC 6749) instead of passwords: access tokens for adapters, renewed in
// time, and the pages by which an owner consents.
//
// A [Source] has the access token of a channel, in memory. The refresh token
// lies in the store, sealed; a process takes it for one exchange and stores its
// successor before the access token is used, so that two processes never use an
// old one after the other has had a new one
// (docs/decisions/0018-a-refresh-token-is-taken-for-one-exchange.md).
package oauth

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/oauth2"

	"gatehouse/channels"
)

// Settings is the block oauth2 of a channel.
type Settings struct {
	Provider     string           `yaml:"provider"`      // google, microsoft or custom
	Grant        string           `yaml:"grant"`         // refresh_token (default: the owner consents), client_credentials (microsoft, custom) or service_account (google)
	ClientID     string           `yaml:"client_id"`     // of the application registered with the provider
	ClientSecret channels.Secrets `yaml:"client_secret"` // its secret; a list while it is being changed
	Tenant       string           `yaml:"tenant"`        // microsoft: the directory's id or domain; default organizations, which any work account may consent in
	Scopes       []string         `yaml:"scopes"`        // what is asked for; google and microsoft have a default
	RefreshToken string           `yaml:"refresh_token"` // the first one, where the owner consented elsewhere; its successors are kept in the database
	KeyFile      string           `yaml:"key_file"`      // service_account: the JSON file of the account's key
	Subject      string           `yaml:"subject"`       // service_account: whose mailbox; default the channel's username
	AuthURL      string           `yaml:"auth_url"`      // custom: where the owner consents
	TokenURL     string           `yaml:"token_url"`     // custom: where tokens are exchanged
	DeviceURL    string           `yaml:"device_url"`    // custom: where consent on another device begins (RFC 8628)
	AuthStyle    string           `yaml:"auth_style"`    // custom: how client_id and client_secret are sent: params (default) or header
}

// The grants, as the configuration names them.
const (
	byRefreshToken   = "refresh_token"
	byClient         = "client_credentials"
	byServiceAccount = "service_account"
)

// The providers.
const (
	google    = "google"
	microsoft = "microsoft"
	custom    = "custom"
)

// Given reports whether the block stands in the configuration.
func (s Settings) Given() bool {
	return s.Provider != "" || s.Grant != "" || s.ClientID != "" || s.ClientSecret != nil || s.Tenant != "" || s.Scopes != nil ||
		s.RefreshToken != "" || s.KeyFile != "" || s.Subject != "" || s.AuthURL+s.TokenURL+s.DeviceURL+s.AuthStyle != ""
}

// complete fills in what the provider is known by, and says everything that is
// wrong at once.
func (s *Settings) complete() error {
	if s.Grant == "" {
		s.Grant = byRefreshToken
	}
	var errs []error
	say := func(format string, args ...any) { errs = append(errs, fmt.Errorf("oauth2: "+format, args...)) }
	switch s.Provider {
	case google, microsoft:
		if s.AuthURL+s.TokenURL+s.DeviceURL+s.AuthStyle != "" {
			say("auth_url, token_url, device_url and auth_style are for provider: custom; those of %s are known", s.Provider)
		}
		s.known()
	case custom:
		s.checkCustom(say)
	default:
		say("provider %q: want google, microsoft or custom", s.Provider)
		return errors.Join(errs...)
	}
	if s.Tenant != "" && s.Provider != microsoft {
		say("tenant is for provider: microsoft")
	}
	s.checkGrant(say)
	return errors.Join(errs...)
}

// known fills in the addresses and scopes of the great providers.
func (s *Settings) known() {
	if s.Provider == google {
		s.AuthURL = "https://accounts.google.com/o/oauth2/v2/auth"
		s.TokenURL = "https://oauth2.googleapis.com/token"
		if s.Scopes == nil { // Google's way by device has no scope for mail, hence no device_url
			s.Scopes = []string{"https://mail.google.com/"}
		}
		return
	}
	tenant := s.Tenant
	if tenant == "" {
		tenant = "organizations"
	}
	base := "https://login.microsoftonline.com/" + url.PathEscape(tenant) + "/oauth2/v2.0/"
	s.AuthURL, s.TokenURL, s.DeviceURL = base+"authorize", base+"token", base+"devicecode"
	switch {
	case s.Scopes != nil:
	case s.Grant == byClient:
		s.Scopes = []string{"https://outlook.office365.com/.default"}
	default:
		s.Scopes = []string{"https://outlook.office.com/IMAP.AccessAsUser.All", "offline_access"}
	}
}

func (s *Settings) checkCustom(say func(string, ...any)) {
	for name, address := range map[string]string{"auth_url": s.AuthURL, "token_url": s.TokenURL, "device_url": s.DeviceURL} {
		if address != "" && !private(address) {
			say("%s %q: want https://host/path", name, address)
		}
	}
	if s.TokenURL == "" {
		say("token_url is missing")
	}
	if !slices.Contains([]string{"", "params", "header"}, s.AuthStyle) {
		say("auth_style %q: want params or header", s.AuthStyle)
	}
}

// private reports whether what is sent to an address can be read by nobody on
// the way: https, or this machine.
func private(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

func (s *Settings) checkGrant(say func(string, ...any)) {
	if s.Grant != byServiceAccount {
		if s.ClientID == "" {
			say("client_id is missing")
		}
		if s.KeyFile != "" || s.Subject != "" {
			say("key_file and subject are for grant: service_account")
		}
	}
	if s.RefreshToken != "" && s.Grant != byRefreshToken {
		say("refresh_token is for grant: refresh_token")
	}
	switch s.Grant {
	case byRefreshToken:
	case byClient:
		s.checkClient(say)
	case byServiceAccount:
		if s.Provider != google {
			say("grant: service_account is for provider: google")
		}
		if s.KeyFile == "" {
			say("key_file is missing: the JSON file of the service account's key")
		}
	default:
		say("grant %q: want refresh_token, client_credentials or service_account", s.Grant)
	}
}

func (s *Settings) checkClient(say func(string, ...any)) {
	if s.Provider == google {
		say("google knows no grant: client_credentials for mail; use service_account")
	}
	if len(s.ClientSecret) == 0 {
		say("client_secret is missing")
	}
	if s.Provider == microsoft && slices.Contains([]string{"", "common", "organizations", "consumers"}, strings.ToLower(s.Tenant)) {
		say("tenant is missing: client_credentials needs the directory's id or domain")
	}
}

func (s *Settings) endpoint() oauth2.Endpoint {
	style := oauth2.AuthStyleInParams
	if s.AuthStyle == "header" {
		style = oauth2.AuthStyleInHeader
	}
	return oauth2.Endpoint{AuthURL: s.AuthURL, TokenURL: s.TokenURL, DeviceAuthURL: s.DeviceURL, AuthStyle: style}
}

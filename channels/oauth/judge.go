package oauth

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/oauth2"

	"gatehouse/channels"
	"gatehouse/ingest"
)

var errNoKey = errors.New("oauth2: the grant is kept in the database, sealed: set seal_key (openssl rand -base64 32)")

// refused is the provider's word that a grant is good no longer: only its owner
// can give another.
type refused struct{ error }

func (r refused) Unwrap() error { return r.error }

func isRefused(err error) bool {
	var r refused
	return errors.As(err, &r)
}

// The provider's codes (RFC 6749 §5.2, OpenID Connect Core §3.1.2.6) that say
// who can mend it: the owner, or who registered the application. Others, and
// whatever comes with a status 5xx, 408 or 429, may pass.
var (
	codesOfOwner = []string{"invalid_grant", "interaction_required", "login_required", "consent_required"}
	codesOfApp   = []string{"invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type", "access_denied"}
)

func hasCode(err error, codes ...string) bool {
	var e *oauth2.RetrieveError
	return errors.As(err, &e) && slices.Contains(codes, e.ErrorCode)
}

// judge tells a refusal that only a person can mend from a provider that is
// busy or away. Of what came back it repeats the code and the description, not
// the rest.
func (c *Client) judge(err error) error {
	var e *oauth2.RetrieveError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &e):
		return ingest.AsTemporary(fmt.Errorf("ask the provider for an access token: %w", err))
	}
	says := word{e}
	switch passing := mayPass(e); {
	case !passing && slices.Contains(codesOfOwner, e.ErrorCode) && c.settings.Grant == byRefreshToken:
		return channels.NeedsReauth(refused{fmt.Errorf(
			"the provider takes the grant of %s no longer (%w): its owner has to consent again, by gatehouse auth --channel %s", c.user, says, c.channel)})
	case !passing && slices.Contains(codesOfOwner, e.ErrorCode):
		return channels.NeedsReauth(fmt.Errorf(
			"the provider grants no access to %s (%w): see whether the account may act for that mailbox, and the scopes", c.user, says))
	case !passing && slices.Contains(codesOfApp, e.ErrorCode):
		return channels.NeedsReauth(fmt.Errorf(
			"the provider refuses the application (%w): see whether client_id, client_secret and scopes are right; a secret may have expired", says))
	}
	return ingest.AsTemporary(fmt.Errorf("ask the provider for an access token: %w", says))
}

func mayPass(e *oauth2.RetrieveError) bool {
	if e.Response == nil {
		return false
	}
	status := e.Response.StatusCode
	return status >= 500 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout
}

// maxWords bounds what is repeated of a provider's description, in characters.
const maxWords = 300

// word is a provider's answer, of which only some is told.
type word struct{ *oauth2.RetrieveError }

// Error is the status, the code and the description.
func (w word) Error() string {
	status := ""
	if w.Response != nil {
		status = fmt.Sprintf("status %d", w.Response.StatusCode)
	}
	return joined(status, w.ErrorCode, w.ErrorDescription)
}

// Unwrap is the answer itself.
func (w word) Unwrap() error { return w.RetrieveError }

// joined are the words of a stranger, in a line.
func joined(list ...string) string {
	list = slices.DeleteFunc(list, func(s string) bool { return s == "" })
	line := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, strings.ToValidUTF8(strings.Join(list, ", "), "?"))
	if cut := []rune(line); len(cut) > maxWords {
		line = string(cut[:maxWords]) + "…"
	}
	return line
}

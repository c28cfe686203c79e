// Package meta is what the webhooks of Meta's networks have in common: WhatsApp,
// Messenger and Instagram are one app with one secret, and one form of batch
// (developers.facebook.com/docs/graph-api/webhooks).
//
// X-Hub-Signature-256 covers the body and no time: that a recorded request is
// sent again is only seen by its messages' ids.
package meta

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// Settings are those that the networks have in common.
type Settings struct {
	AppSecret   channels.Secrets `yaml:"app_secret"`   // of the app: it signs; a list while it is changed
	VerifyToken channels.Secrets `yaml:"verify_token"` // that was given with the webhook's URL in the app's dashboard
	// Accounts are the ids of the numbers, pages or profiles that are this
	// channel's; messages to others of the app are counted as foreign. none: all.
	Accounts  []string `yaml:"accounts"`
	PublicURL string   `yaml:"public_url"`
}

// Check returns nil for settings that a channel can have.
func (s Settings) Check(host channels.Host) error {
	if len(s.AppSecret) == 0 {
		return errors.New("app_secret must be said")
	}
	_, err := channels.BaseURL(s.PublicURL, host)
	return err
}

// Ours reports whether an account is the channel's.
func (s Settings) Ours(account string) bool {
	return len(s.Accounts) == 0 || slices.Contains(s.Accounts, account)
}

// Facts are what operators ask of the networks.
func Facts() channels.Facts {
	return channels.Facts{
		Signature: "X-Hub-Signature-256: HMAC-SHA256 with the app's secret",
		Covers:    "the body",
		Replay:    "the message's id, for ever",
		Retries:   "for hours, later each time; what fails for long is unsubscribed",
		Retried:   12 * time.Hour, // its documentation says more
		Proof:     []string{"X-Hub-Signature-256"},
	}
}

const prefix = "sha256="

// Verify returns nil if the app signed the request, or if it is the check of a
// new URL by somebody who knows the verify token.
func (s Settings) Verify(host channels.Host, r channels.Request) error {
	if r.Method == http.MethodGet {
		return s.handshake(host, r)
	}
	text, err := r.HeaderOnce("X-Hub-Signature-256")
	if err != nil {
		return err
	}
	given, err := channels.Hex(strings.TrimPrefix(text, prefix))
	if err != nil || !strings.HasPrefix(text, prefix) {
		return channels.CauseSecret.Because("X-Hub-Signature-256 is no sha256= and hexadecimal")
	}
	forms := [][]byte{r.Raw}
	if e := escaped(r.Raw); e != nil {
		forms = append(forms, e)
	}
	right := func(secret string) bool {
		return slices.ContainsFunc(forms, func(form []byte) bool { return hmac.Equal(given, channels.MAC(sha256.New, secret, form)) })
	}
	if !host.Any(s.AppSecret, right) {
		return channels.CauseSecret.Because("no secret of the channel makes this signature")
	}
	return nil
}

func (s Settings) handshake(host channels.Host, r channels.Request) error {
	q := r.URL.Query()
	if q.Get("hub.mode") != "subscribe" {
		return &channels.Refusal{Cause: channels.CauseUnsigned, Status: http.StatusForbidden, Err: errors.New("a GET that is no check of the URL")}
	}
	if err := host.Token(q.Get("hub.verify_token"), s.VerifyToken); err != nil {
		return &channels.Refusal{Cause: channels.CauseSecret, Status: http.StatusForbidden, Err: errors.New("hub.verify_token is not the channel's verify_token")}
	}
	return nil
}

// Challenge answers the check of a URL.
func Challenge(r channels.Request) (reply channels.Reply, asked bool) {
	if r.Method != http.MethodGet {
		return reply, false
	}
	return channels.Reply{Type: "text/plain", Body: []byte(r.URL.Query().Get("hub.challenge"))}, true
}

// Entry is one of a request's: what happened to one account.
type Entry struct {
	ID        channels.Written  `json:"id"`
	Changes   []Change          `json:"changes"`
	Messaging []json.RawMessage `json:"messaging"`
	Standby   []json.RawMessage `json:"standby"` // while another app has the thread
}

// Change is one of an entry's.
type Change struct {
	Field string          `json:"field"`
	Value json.RawMessage `json:"value"`
}

// Entries reads a request of the network that calls itself object.
func Entries(body []byte, object string) ([]Entry, error) {
	var b struct {
		Object string  `json:"object"`
		Entry  []Entry `json:"entry"`
	}
	if err := json.Unmarshal(body, &b); err != nil {
		return nil, errors.New("the body is no batch of entries")
	}
	if b.Object != object {
		return nil, errors.New("the entries are of another network than " + object)
	}
	return b.Entry, nil
}

// Identity is somebody's on a network, which vouches for them.
func Identity(network string, id channels.Written) (ingest.Identity, error) {
	return ingest.ParseIdentity(network, string(id), ingest.Verified)
}

package mailapi

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"gatehouse/channels"
	"gatehouse/channels/mime"
	"gatehouse/channels/oauth"
	"gatehouse/ingest"
)

// Account is what an adapter makes of a channel's settings.
type Account struct {
	Options
	Base   *url.URL       // of the API
	Access oauth.Settings // how it is granted
	Source func(*Client) Source
}

// Read reads a channel's settings; it does not connect.
type Read func(channels.Settings, channels.Host) (Account, error)

// Kind completes an adapter's, all of which polls accounts that are read so.
func (read Read) Kind(k channels.Kind) channels.Kind {
	k.Family = ingest.Email
	k.Poller, k.Consent = read.poller, read.consent
	k.Places = func(s channels.Settings) ([]string, error) { return read.places(k.Name, s) }
	k.Reread = func(raw []byte) (ingest.Message, error) { return mime.Reread(raw) }
	k.Rereader, k.Attachment = read.rereader, mime.Attachment
	return k
}

func (read Read) poller(settings channels.Settings, host channels.Host) (channels.Poller, error) {
	a, auth, err := read.signing(settings, host)
	if err != nil {
		return nil, err
	}
	tokens := oauth.NewSource(auth, host)
	client := NewClient(a.Base, tokens, a.Timeout, host.Now)
	return New(a.Options, host, a.Source(client), client, tokens), nil
}

func (read Read) signing(settings channels.Settings, host channels.Host) (a Account, auth *oauth.Client, err error) {
	if a, err = read(settings, host); err == nil {
		auth, err = oauth.New(a.Access, a.Mailbox, host)
	}
	return a, auth, err
}

// rereader is channels.Kind.Rereader. Signatures are not verified again: keys
// change.
func (read Read) rereader(of ...channels.Settings) (func(raw []byte) (ingest.Message, error), error) {
	var all []mime.Senders
	for _, settings := range of {
		a, err := read(settings, channels.Host{})
		if err != nil {
			return nil, err
		}
		a.Senders.Keys = nil
		all = append(all, a.Senders)
	}
	return func(raw []byte) (ingest.Message, error) { return mime.Reread(raw, all...) }, nil
}

// places names the folders that a channel reads, as gmail://mailbox/label.
func (read Read) places(kind string, settings channels.Settings) ([]string, error) {
	a, err := read(settings, channels.Host{})
	if err != nil {
		return nil, err
	}
	var all []string
	for _, f := range a.Folders {
		all = append(all, kind+"://"+strings.ToLower(a.Mailbox)+"/"+f)
	}
	return all, nil
}

// consent makes what asks a mailbox's owner for access; see channels.Kind.
func (read Read) consent(settings channels.Settings, host channels.Host) (channels.Consenter, error) {
	a, auth, err := read.signing(settings, host)
	if err != nil {
		return nil, err
	}
	return auth.Consent(func(ctx context.Context, token ingest.Secret) error {
		client := NewClient(a.Base, fixed(token), a.Timeout, host.Now)
		defer client.Close()
		_, err := a.Source(client).Look(ctx, a.Folders[0])
		return notTheirs(err)
	}), nil
}

// fixed is an access token that no other follows.
type fixed ingest.Secret

func (f fixed) Token(context.Context) (ingest.Secret, bool, error) {
	return ingest.Secret(f), true, nil
}

func (f fixed) Refused(ingest.Secret) {}

// notTheirs marks the refusal of a mailbox to whoever consented as one that only
// the consent of another mends.
func notTheirs(err error) error {
	if r := Refused(err); r != nil && (r.Status == http.StatusForbidden || r.Status == http.StatusNotFound) {
		return channels.NeedsReauth(err)
	}
	return err
}

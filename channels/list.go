package channels

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// List is how a provider is asked for the messages that it has, and what an
// adapter knows of the answers. channels/backfill does all else: windows,
// pages, credentials, order, memory, and the moment up to which all is known to
// be complete.
type List struct {
	ListSettings
	// Credentials are tried one after the other until one is taken. They go to the
	// host of APIBase and to no other.
	Credentials []Credential
	// Account names the list among those of the kind: an account's id.
	Account string
	// Numbered says that the list can be asked for the messages to one number.
	// Else all are asked for, and those to other numbers are left out here.
	Numbered bool
	// NewestFirst is the order of the rows. What is stored is stored oldest first.
	NewestFirst bool
	// Mixed says that the rows are those of several lists, in no order as a whole:
	// what is stored is stored by the time that its messages say.
	Mixed bool
	// Endless says that the list, newest first without exception, cannot be asked
	// by time: its end is the first page with nothing of the window.
	Endless bool
	// Once says that the list gives each message one time only: a look takes them
	// away. So each page is stored as it is, whatever the window, and the list is
	// never asked by an order or for a trial. A page that was read by a process
	// which then dies is lost.
	Once bool
	// Longest is how long a window the API takes, Keeps for how long it lists a
	// message. 0: no limit.
	Longest, Keeps time.Duration
	// Late is for how long a message may be missing from the list after it was
	// received there. 0: an hour.
	Late time.Duration

	// Patience is how long a pause that the API asks for is waited for within a
	// call; a longer one ends the look, and the next begins anew. 0: 30 seconds.
	Patience time.Duration

	// First is the request for the first page of a window.
	First func(Window) Call
	// Page reads an answer to a call. An error says that it is no page.
	Page func(asked Call, answer []byte) (Page, error)
	// Denied is the refusal that an answer 2xx is, marked with NeedsReauth,
	// Throttled or ingest.ErrNotFound as its status would have been. nil, also as a
	// result: the API refuses by status alone.
	Denied func(answer []byte) error
	// More is the request for what the list does not say of a row, and Fill adds
	// its answer. nil, also as a result: the list says all. Neither is asked for what is
	// known by its Key.
	More func(Row) *Call
	Fill func(r Row, answer []byte) (Row, error)
	// Read reads a row, with a Stamp that says that it is one. It gives the keys and
	// the Content that the webhook's form of the message has.
	Read Reader
}

// Window is what a list is asked for: the messages to a number, as the settings
// write it ("": any), that came at From or later and before Until, UTC; a zero
// Until is no limit. A list that counts more coarsely may give more than that.
type Window struct {
	Number      string
	From, Until time.Time
}

// Holds reports whether a moment is in the window; one that is not known is.
func (w Window) Holds(at time.Time) bool {
	return at.IsZero() || !at.Before(w.From) && (w.Until.IsZero() || at.Before(w.Until))
}

// Page is a part of a list.
type Page struct {
	Rows []Row
	Next *Call // nil: this is the last
	// Also are further lists that the page names, as a conversation's messages.
	// One that is gone meanwhile is passed over.
	Also []Call
}

// Row is a message as a list has it.
type Row struct {
	Element []byte    // the provider's own bytes of it, by which Read reads it
	Key     string    // the first of its arrival's keys; "": it cannot be told
	To      string    // the number it came to; "": the list does not say
	At      time.Time // when the provider took it; zero: it cannot be told
	Sent    bool      // we sent it, or it is something else that did not come in
	// Product and Outer are those of the row's Stamp.
	Product string
	Outer   json.RawMessage
}

// Call is one request to an API.
type Call struct {
	Method string // "": GET
	// To is an address below APIBase, or with a slash at its beginning below its
	// host, or a whole one, which must be of that host. A query in it is sent as it
	// is, before Query.
	To     string
	Query  url.Values
	Header http.Header
	Body   []byte
	// Window is what the call is made for. Whoever makes it need not say so: Page
	// is told.
	Window Window
}

// With is the call with another value of a parameter in its Query.
func (c Call) With(name, value string) *Call {
	query := url.Values{}
	maps.Copy(query, c.Query)
	query.Set(name, value)
	c.Query = query
	return &c
}

// Credential puts a secret on a request.
type Credential = func(*http.Request)

// Basic is a credential of RFC 7617, one for each password.
func Basic(user string, passwords Secrets) (all []Credential) {
	for _, password := range passwords {
		all = append(all, func(r *http.Request) { r.SetBasicAuth(user, password) })
	}
	return all
}

// InHeader is a credential in a header, behind a prefix such as "Bearer ".
func InHeader(name, prefix string, secrets Secrets) (all []Credential) {
	for _, secret := range secrets {
		all = append(all, func(r *http.Request) { r.Header.Set(name, prefix+secret) })
	}
	return all
}

// InQuery is a credential in a parameter of the URL. Where the URL of a next
// page has it already, it stays.
func InQuery(name string, secrets Secrets) (all []Credential) {
	for _, secret := range secrets {
		all = append(all, func(r *http.Request) {
			if !r.URL.Query().Has(name) {
				r.URL.RawQuery = strings.TrimPrefix(r.URL.RawQuery+"&"+url.Values{name: {secret}}.Encode(), "&")
			}
		})
	}
	return all
}

// ListSettings are the settings of every channel whose provider has a list of
// its messages. An adapter has them inline in its own.
type ListSettings struct {
	// Backfill is how often the provider's list is asked for what the webhook
	// missed, at least 1m. 0: only by hand.
	Backfill time.Duration `yaml:"backfill"`
	// Numbers are those whose messages are back-filled, as the provider writes
	// them. Say them if the account has other channels: without them all messages
	// of the account are this channel's.
	Numbers []string `yaml:"numbers"`
	// APIBase is the API that has the list.
	APIBase string `yaml:"api_base"`
}

// CheckList returns nil for settings that make sense.
func (s ListSettings) CheckList() error {
	if s.Backfill != 0 && s.Backfill < time.Minute {
		return errors.New("backfill: want at least 1m, or 0 for never")
	}
	base, err := url.Parse(s.APIBase)
	if err != nil || base.Host == "" || base.User != nil || base.Scheme != "https" && base.Scheme != "http" {
		return fmt.Errorf("api_base %q: want https://host", s.APIBase)
	}
	if base.Scheme == "http" && !loopback(base.Hostname()) {
		return fmt.Errorf("api_base %q: want https://host: credentials would go in the clear", s.APIBase)
	}
	return nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

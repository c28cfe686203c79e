package ingest

import (
	"fmt"
	"regexp"
	"slices"
	"time"
	"unicode/utf8"
)

// EndpointFormat is what is posted to an endpoint.
type EndpointFormat string

// The formats.
const (
	FormatStandard EndpointFormat = "standard" // the event, as Standard Webhooks would have it
	FormatSlack    EndpointFormat = "slack"    // a sentence, as Slack's incoming webhooks take it
)

// Scheme is how what is posted to an endpoint is signed.
type Scheme string

// The schemes of Standard Webhooks.
const (
	SchemeV1  Scheme = "v1"  // HMAC-SHA256, with a secret that both sides have
	SchemeV1a Scheme = "v1a" // Ed25519: the other side has the public key alone
)

// The states of an endpoint.
const (
	EndpointOK      = "ok"
	EndpointFailing = "failing" // its last try failed
	EndpointPaused  = "paused"  // by somebody
	EndpointOff     = "off"     // by the program: see OffReason
)

// Why the program switches an endpoint off.
const (
	OffGone    = "gone"    // it answered 410
	OffFailing = "failing" // nothing has succeeded for a day
)

// What there may be of endpoints, and of what one of them has.
const (
	MaxEndpoints     = 100
	MaxDescription   = 500 // characters
	MaxEndpointTypes = 100
)

// Endpoint is where events are posted to.
type Endpoint struct {
	ID          ID             `json:"id"`
	URL         string         `json:"url"`  // who may not change it sees none: it may be as good as a password
	Host        string         `json:"host"` // of it
	Description string         `json:"description"`
	Types       []string       `json:"types"`    // which events; empty: all
	Channels    []string       `json:"channels"` // of events that have one; empty: all
	Format      EndpointFormat `json:"format"`
	Scheme      Scheme         `json:"scheme"`
	State       string         `json:"state"`
	OffReason   string         `json:"off_reason"` // gone or failing
	// Since when nothing succeeds, and when a try last did, to some seconds, and last failed.
	FailingSince *time.Time `json:"failing_since"`
	LastOKAt     *time.Time `json:"last_ok_at"`
	LastErrorAt  *time.Time `json:"last_error_at"`
	LastError    string     `json:"last_error"` // a code
	// MissedAt is when it was found that events had gone from the log before they
	// could be delivered: it was paused or off for longer than they are kept.
	MissedAt  *time.Time `json:"missed_at"`
	LagS      int64      `json:"lag_s"`   // the age of the oldest event that waits for it
	Pending   int        `json:"pending"` // deliveries that wait
	Dead      int        `json:"dead"`    // deliveries that were given up
	CreatedAt time.Time  `json:"created_at"`
	CreatedBy string     `json:"created_by"`

	PublicKey string `json:"public_key,omitempty"` // of scheme v1a
	// Secret is shown when it was made, and never again.
	Secret  string `json:"secret,omitempty"`
	Version int64  `json:"-"`
}

// Shows is the state that follows from the rest.
func (e *Endpoint) Shows(paused, off bool) string {
	switch {
	case off:
		return EndpointOff
	case paused:
		return EndpointPaused
	case e.FailingSince != nil:
		return EndpointFailing
	}
	return EndpointOK
}

// EndpointOrder makes an endpoint, or changes one: nil keeps.
type EndpointOrder struct {
	ID          ID
	URL         *string
	Host        string // of URL
	Description *string
	Types       []string // nil keeps, empty: all; the same of Channels
	Channels    []string
	Format      *EndpointFormat
	Scheme      Scheme // of a new one
	Key         Secret // of a new one: what it signs with
	Version     int64  // that was read; 0: any
	Actor       string
}

var eventPattern = regexp.MustCompile(`^([a-z0-9_-]+\.)*(\*|[a-z0-9_-]+)$`)

// Check says what is wrong with it, beginning with the field. Whether the URL
// may be asked is not its business.
func (o EndpointOrder) Check() error {
	if len(o.Types) > MaxEndpointTypes {
		return AsInvalid(fmt.Errorf("types: at most %d of them", MaxEndpointTypes))
	}
	for _, t := range o.Types {
		if !eventPattern.MatchString(t) {
			return AsInvalid(fmt.Errorf("types: %q: want a type of event, as message.held, or all that begin so, as message.*", t))
		}
	}
	if o.Description != nil && utf8.RuneCountInString(*o.Description) > MaxDescription {
		return AsInvalid(fmt.Errorf("description: at most %d characters", MaxDescription))
	}
	if o.Format != nil && !slices.Contains([]EndpointFormat{FormatStandard, FormatSlack}, *o.Format) {
		return AsInvalid(fmt.Errorf("format: want standard or slack"))
	}
	return nil
}

// EndpointTarget is what a try needs to know of an endpoint.
type EndpointTarget struct {
	ID     ID
	URL    Secret
	Format EndpointFormat
	Scheme Scheme
	Keys   []Secret // that sign: the newest first
}

// ReplayOrder asks for the events of a time once more.
type ReplayOrder struct {
	Endpoint ID
	From     time.Time
	Until    *time.Time // not this moment itself; nil: now
	Types    []string   // instead of the endpoint's; none: those
	Actor    string
}

// Replay is such an order, and how far it is.
type Replay struct {
	ID         int64      `json:"id,string"`
	EndpointID ID         `json:"endpoint_id"`
	From       time.Time  `json:"from"`
	Until      *time.Time `json:"until"`
	Types      []string   `json:"types"`
	Deliveries int        `json:"deliveries"` // made of it so far
	AskedBy    string     `json:"asked_by"`
	AskedAt    time.Time  `json:"asked_at"`
	DoneAt     *time.Time `json:"done_at"` // when the last of them was made
}

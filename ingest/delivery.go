package ingest

import (
	"math/rand/v2"
	"net/http"
	"time"
)

// The states of a delivery.
const (
	DeliveryPending   = "pending"
	DeliveryDelivered = "delivered"
	DeliveryDead      = "dead" // tried for a day, and given up
)

// Codes of tries that say something else than how the network or the other side
// failed.
const (
	DeliveryExpired = "expired" // the event is no longer kept
	DeliverySecret  = "secret"  // its URL or keys do not open
)

// EventDelivery is one event for one endpoint.
type EventDelivery struct {
	ID         int64      `json:"id,string"`
	EndpointID ID         `json:"endpoint_id"`
	EventID    string     `json:"event_id"` // also its webhook-id
	Type       string     `json:"type"`
	At         time.Time  `json:"at"`     // of the event
	Replay     int64      `json:"replay"` // the order that it came from; 0: none
	State      string     `json:"state"`
	Tries      int        `json:"tries"`
	NextAt     *time.Time `json:"next_at"` // the next try, not before
	Status     int        `json:"status"`  // of the last answer; 0: there was none
	Error      string     `json:"error"`   // a code: why the last try failed
	EndedAt    *time.Time `json:"ended_at"`
	Attempts   []Attempt  `json:"attempts,omitempty"` // the last ones, oldest first
}

// Attempt is what came of one try. What the other side wrote is not kept: it is
// a stranger's.
type Attempt struct {
	At     time.Time `json:"at"`
	MS     int64     `json:"ms"`     // how long it took
	Status int       `json:"status"` // of the answer; 0: there was none
	Error  string    `json:"error"`  // a code; "": it succeeded
	// After is for how long the other side asks to be left alone; 0: it does not.
	After time.Duration `json:"-"`
}

// OK reports whether the other side took it.
func (a Attempt) OK() bool { return a.Error == "" }

// Gone reports whether the other side wants no more of anything.
func (a Attempt) Gone() bool { return a.Status == http.StatusGone }

// DeliveryFilter chooses deliveries; zero fields do not.
type DeliveryFilter struct {
	Part
	Endpoint ID
	State    string
	Event    string // its id
}

// DeliveryTask is a delivery that was taken for one try.
type DeliveryTask struct {
	ID    int64
	Token int // names the taking
	Try   int // which one this is since it was last begun with; 1 is the first
	Lane  ID  // its conversation, else its contact
	Event Event
}

// deliveryWaits are the times between two tries: eight of them in a day.
var deliveryWaits = []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 8 * time.Hour, 8 * time.Hour}

// DeliveryDay is for how long an endpoint may fail at everything.
const DeliveryDay = 24 * time.Hour

// Again is when the delivery is tried again after this try failed: a tenth sooner
// or later than planned, so that what failed together does not come again
// together, and no sooner than the other side asked for. Nil: it has been tried
// for long enough.
func (t DeliveryTask) Again(now time.Time, a Attempt) *time.Time {
	if t.Try < 1 || t.Try > len(deliveryWaits) || a.Error == DeliveryExpired {
		return nil
	}
	wait := deliveryWaits[t.Try-1]
	wait += time.Duration((rand.Float64() - 0.5) / 5 * float64(wait))
	at := now.Add(max(wait, a.After))
	return &at
}

// maxRest is for how long an endpoint that fails is left alone by itself, and
// maxAsked if it asks for that.
const (
	maxRest  = time.Minute
	maxAsked = time.Hour
)

// Rest is for how long an endpoint is left alone after so many tries in a row
// have failed, whatever waits for it: a dead one is asked once a minute, and
// the work for it is no more than that.
func Rest(failures int, a Attempt) time.Duration {
	rest := min(time.Second<<min(max(failures-1, 0), 6), maxRest)
	return max(rest, min(a.After, maxAsked))
}

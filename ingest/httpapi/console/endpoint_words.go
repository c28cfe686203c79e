package console

import (
	"fmt"
	"time"

	"gatehouse/ingest"
)

// endpointStates are how an endpoint stands, in a word or two.
var endpointStates = map[string]string{ingest.EndpointOK: "works", ingest.EndpointFailing: "failing", ingest.EndpointPaused: "paused", ingest.EndpointOff: "switched off"}

// deliveryStates are how a delivery stands.
var deliveryStates = map[string]string{ingest.DeliveryPending: "waiting", ingest.DeliveryDelivered: "delivered", ingest.DeliveryDead: "given up"}

// EndpointState is how an endpoint stands, in words.
func (f frame) EndpointState(state string) string { return or(endpointStates, state) }

// DeliveryState is how a delivery stands, in words.
func (f frame) DeliveryState(state string) string { return or(deliveryStates, state) }

// or is a word's meaning; what has none stands for itself.
func or(says map[string]string, word string) string {
	if s, ok := says[word]; ok {
		return s
	}
	return word
}

// faults are why an endpoint did not take an event.
var faults = map[string]string{"network": "it could not be reached", "timeout": "it did not answer in time", "tls": "its certificate is not trusted",
	"address": "its address is none that may be asked", "redirects": "it sent us elsewhere", "denied": "it refused us: see whether it knows the secret",
	"not_found": "nothing was at its address", "rejected": "it did not take the event", "server": "it had a fault of its own", "busy": "it asked us to wait",
	"too_large": "its answer was too long", "secret": "what it is signed with cannot be opened: make another secret", "expired": "the event is no longer kept"}

// fault says why an endpoint did not take an event.
func fault(code string) string {
	if says, ok := faults[code]; ok {
		return says
	}
	return "last error " + code
}

// Tried says what came of a try, in a sentence.
func (f frame) Tried(a ingest.Attempt) string {
	answer := "without an answer"
	if a.Status != 0 {
		answer = fmt.Sprintf("with the answer %d", a.Status)
	}
	took := fmt.Sprintf("%s after %s ms", answer, thousands(a.MS))
	if a.OK() {
		return "It was taken, " + took + "."
	}
	return "It was not taken, " + took + ": " + fault(a.Error) + "."
}

// Lasting is a length of seconds in one unit.
func (f frame) Lasting(seconds int64) string { return lasting(time.Duration(seconds) * time.Second) }

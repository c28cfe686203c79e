package ingest

import "time"

// Besides is what a provider's request had in it besides messages.
type Besides struct {
	Ignored int // receipts, echoes and events that mean nothing to us, Reports and Opts among them
	Foreign int // messages for another tenant of the provider's app
	Reports []DeliveryReport
	Opts    []Opting
	Missed  []UnknownHours // what the provider says that it dropped
}

// DeliveryReport says how far something came that the desk sent. It is no
// message, and becomes an event of the type "receipt." and its Status.
type DeliveryReport struct {
	ID     string    // by which the provider knows what was sent; at most 200 octets are kept
	Status Delivery  // one of the four; a report of a step before them is only counted
	Code   string    // of the provider, why it failed; "": none. At most 40 octets are kept
	At     time.Time // as the provider says; zero: it does not
}

// Delivery is how far something came.
type Delivery string

// Known reports whether it is one of the four that are told.
func (d Delivery) Known() bool {
	return d == Sent || d == Delivered || d == Read || d == Failed
}

// How far something can have come.
const (
	Sent      Delivery = "sent"      // the provider gave it to the network
	Delivered Delivery = "delivered" // it reached the device
	Read      Delivery = "read"      // it was opened
	Failed    Delivery = "failed"    // it never will: undelivered, expired, rejected
)

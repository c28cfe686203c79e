// Package smpp takes text messages from a carrier's or aggregator's message
// centre over SMPP 3.4: this program binds to the centre, which then delivers.
//
// A message is answered with ESME_ROK once it is committed, so that the centre
// delivers again what was not. SMPP gives messages no id: whether one that says
// the same is the same is told by whether the one before was surely answered
// (see docs/decisions/0020-a-message-without-an-id-is-known-by-its-answer.md).
package smpp

import (
	"gatehouse/channels"
	"gatehouse/ingest"
)

// Kind is a bind to a message centre.
var Kind = channels.Kind{
	Name:   "smpp",
	Tried:  "a message centre made for the tests, and PDUs of other software; never a carrier's",
	Family: ingest.SMS,
	Facts: channels.Facts{
		Signature: "our password, in the bind; TLS proves the centre, where it is on",
		Replay:    "nobody but the centre delivers; what it delivers again is known",
		Retries:   "it delivers again, as its provider has set it",
		Backfill:  "the centre keeps what was not answered",
		Media:     "binary messages",
	},
	Poller:     New,
	Reread:     channels.Reader(read).Reread,
	Attachment: channels.Reader(read).Attachment,
	Places:     places,
	Setup:      setup,
}

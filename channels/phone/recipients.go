package phone

import (
	"gatehouse/channels"
	"gatehouse/ingest"
)

// Recipients are whom an SMS came to: the desk's own number as Number reads it,
// which many providers write without a +, or else a short code or a name as it is
// written. nil: it is not said.
func Recipients(address string, r ingest.Region) []ingest.Mailbox {
	if number, err := Number(address, r); err == nil {
		address = number.Value
	}
	if address = channels.Line(address, 200); address == "" {
		return nil
	}
	return []ingest.Mailbox{{Address: address}}
}

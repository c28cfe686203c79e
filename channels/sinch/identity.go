package sinch

import (
	"fmt"
	"slices"
	"strings"

	"gatehouse/channels"
	"gatehouse/channels/phone"
	"gatehouse/ingest"
)

// numbered are the networks whose identities are telephone numbers, which Sinch
// writes without a +.
var numbered = []string{"sms", "mms", "rcs", "whatsapp", "viberbm"}

// sender is who sent an SMS.
func sender(address string, region ingest.Region) (ingest.Sender, error) {
	id, err := phone.Sender(address, region)
	if err != nil {
		return ingest.Sender{}, fmt.Errorf("the sender cannot be read: %w", err)
	}
	return ingest.Sender{Identity: id, Address: channels.Line(address, 200)}, nil
}

// contact is who wrote on a network: a number, on WhatsApp also the account, or
// what the network calls them.
func contact(network, address string, region ingest.Region) (from ingest.Sender, ids []ingest.Identity, err error) {
	kind := strings.ToLower(network)
	if slices.Contains(numbered, kind) {
		from, err = sender(address, region)
		ids = []ingest.Identity{from.Identity}
	} else {
		var id ingest.Identity
		id, err = ingest.ParseIdentity(kind, address, ingest.Verified)
		from, ids = ingest.Sender{Identity: id, Address: channels.Line(address, 200)}, []ingest.Identity{id}
	}
	if err != nil {
		return from, nil, fmt.Errorf("the sender cannot be read: %w", err)
	}
	if account, err := ingest.ParseIdentity(kind, address, ingest.Verified); err == nil && kind == "whatsapp" {
		ids = append(ids, account)
	}
	return from, ids, nil
}

package smpp

import (
	"bytes"
	"fmt"
)

// An address is one of SMPP's, with its type of number (§5.2.5).
type address struct {
	ton, npi byte
	text     string
}

const (
	tonInternational byte = 1
	tonNational      byte = 2
	tonAlphanumeric  byte = 5
)

// What esm_class says (§5.2.12): the kind of message in its middle bits, and
// that a user data header comes first.
const (
	esmKind         byte = 0x3C
	esmReceipt      byte = 0x04
	esmAcknowledged byte = 0x08
	esmAborted      byte = 0x18
	esmIntermediate byte = 0x20
	esmHeader       byte = 0x40
)

// A delivery is what a deliver_sm or data_sm says.
type delivery struct {
	from, to    address
	esm, coding byte
	header      []byte // the user data header with its length octet; nil: none
	elements    []element
	octets      []byte // what follows the header
	optional    map[tag][]byte
}

// readDelivery reads a PDU. Its error is malformed.
func readDelivery(p pdu) (delivery, error) {
	f := &fields{rest: p.body}
	var d delivery
	switch p.id {
	case deliverSM:
		d = f.delivered()
	case dataSM:
		d = f.data()
	default:
		return d, malformed{fmt.Sprintf("command 0x%08X brings no message", uint32(p.id)), invalidCommandID}
	}
	d.optional = f.optional()
	if payload, found := d.optional[tagPayload]; found && len(d.octets) == 0 {
		d.octets = payload
	}
	if f.err != nil {
		return d, f.err
	}
	return d, d.split()
}

// delivered reads the fields of a deliver_sm (§4.6.1).
func (f *fields) delivered() (d delivery) {
	f.text("service_type", maxServiceType)
	d.from, d.to = f.address("source_addr"), f.address("destination_addr")
	d.esm = f.octet("esm_class")
	f.octet("protocol_id")
	f.octet("priority_flag")
	f.text("schedule_delivery_time", maxTime)
	f.text("validity_period", maxTime)
	f.octet("registered_delivery")
	f.octet("replace_if_present_flag")
	d.coding = f.octet("data_coding")
	f.octet("sm_default_msg_id")
	d.octets = f.octets("short_message", int(f.octet("sm_length")))
	return d
}

// data reads the fields of a data_sm (§4.7.1); its text is a TLV.
func (f *fields) data() (d delivery) {
	f.text("service_type", maxServiceType)
	d.from, d.to = f.address("source_addr"), f.address("destination_addr")
	d.esm = f.octet("esm_class")
	f.octet("registered_delivery")
	d.coding = f.octet("data_coding")
	return d
}

func (f *fields) address(name string) address {
	return address{f.octet(name + "_ton"), f.octet(name + "_npi"), f.text(name, maxAddress)}
}

// split takes the user data header off the octets.
func (d *delivery) split() error {
	if d.esm&esmHeader == 0 {
		return nil
	}
	if len(d.octets) == 0 || int(d.octets[0]) >= len(d.octets) {
		return malformed{"the user data header goes beyond the message", permanentError}
	}
	n := 1 + int(d.octets[0])
	d.header, d.octets = d.octets[:n:n], d.octets[n:]
	var err error
	d.elements, err = readElements(d.header[1:])
	return err
}

// receipt reports whether it tells of a message that was sent and is none itself.
func (d delivery) receipt() bool {
	switch d.esm & esmKind {
	case esmReceipt, esmAcknowledged, esmAborted, esmIntermediate:
		return true
	}
	_, state := d.optional[tagMessageState]
	_, id := d.optional[tagReceiptedMessage]
	return state && id
}

// identifier is the centre's own name of the message, which few give.
func (d delivery) identifier() string {
	id, _, _ := bytes.Cut(d.optional[tagReceiptedMessage], []byte{0})
	return string(id)
}

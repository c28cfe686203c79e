package smpp

import (
	"encoding/binary"
	"fmt"

	"gatehouse/ingest"
)

// An element is one information element of a user data header (3GPP TS 23.040
// §9.2.3.24).
type element struct {
	id    byte
	value []byte
}

const (
	elementConcat8      byte = 0x00
	elementPorts8       byte = 0x04
	elementPorts16      byte = 0x05
	elementConcat16     byte = 0x08
	elementSingleShift  byte = 0x24
	elementLockingShift byte = 0x25
)

// readElements reads a header without its length octet. Fill octets of zero at
// its end, which some phones write, are no elements.
func readElements(b []byte) ([]element, error) {
	var all []element
	for len(b) > 0 {
		if len(b) == 1 && b[0] == 0 {
			break
		}
		if len(b) < 2 || int(b[1]) > len(b)-2 {
			return nil, malformed{"an element goes beyond the user data header", permanentError}
		}
		n := 2 + int(b[1])
		all = append(all, element{b[0], b[2:n:n]})
		b = b[n:]
	}
	return all, nil
}

// find is the value of the last element of that name with n octets (the later
// one counts, §9.2.3.24); nil: there is none.
func (d delivery) find(id byte, n int) []byte {
	for i := len(d.elements) - 1; i >= 0; i-- {
		if e := d.elements[i]; e.id == id && len(e.value) == n {
			return e.value
		}
	}
	return nil
}

// languages are the national language tables that the text is written with;
// 0: the default alphabet.
func (d delivery) languages() (locking, single byte) {
	if v := d.find(elementLockingShift, 1); v != nil {
		locking = v[0]
	}
	if v := d.find(elementSingleShift, 1); v != nil {
		single = v[0]
	}
	return locking, single
}

// port is the application's that the message is for: such a message is data,
// for a program. False: it is for a person.
func (d delivery) port() (int, bool) {
	if v := d.find(elementPorts16, 4); v != nil {
		return int(binary.BigEndian.Uint16(v)), true
	}
	if v := d.find(elementPorts8, 2); v != nil {
		return int(v[0]), true
	}
	if v, found := d.optional[tagDestinationPort]; found {
		return number(v)
	}
	return 0, false
}

// A place is which part of a long message this is.
type place struct {
	reference     int
	wide          byte // which of the three ways named the reference: they are counted apart
	number, total int
}

// place tells it; false: it is a message of its own. What makes no sense (part
// 3 of 2) is to be ignored (§9.2.3.24.1).
func (d delivery) place() (place, bool) {
	p := d.placed()
	return p, p.total > 1 && p.number >= 1 && p.number <= p.total
}

func (d delivery) placed() place {
	if v := d.find(elementConcat16, 4); v != nil {
		return place{int(binary.BigEndian.Uint16(v)), 'w', int(v[3]), int(v[2])}
	}
	if v := d.find(elementConcat8, 3); v != nil {
		return place{int(v[0]), 'n', int(v[2]), int(v[1])}
	}
	reference, one := number(d.optional[tagSarReference])
	total, two := number(d.optional[tagSarTotal])
	n, three := number(d.optional[tagSarNumber])
	if !one || !two || !three || total > 255 {
		return place{}
	}
	return place{reference, 's', n, total}
}

// of is the part that it is of a message between the delivery's two ends.
func (p place) of(d delivery) *ingest.PartOf {
	return &ingest.PartOf{
		Set: fmt.Sprintf("%s\x00%s\x00%c%d", d.from.key(), d.to.key(), p.wide, p.reference), Number: p.number, Total: p.total,
	}
}

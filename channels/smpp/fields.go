package smpp

import (
	"bytes"
	"encoding/binary"
)

// malformed is what is wrong with a PDU of which no message can be told, and
// the status that says so to the centre.
type malformed struct {
	says   string
	status status
}

func (m malformed) Error() string { return "malformed PDU: " + m.says }

// fields reads a body field by field. After the first that is not there all
// others are empty, and err says which it was.
type fields struct {
	rest []byte
	err  error
}

func (f *fields) fail(says string, s status) {
	if f.err == nil {
		f.err, f.rest = malformed{says, s}, nil
	}
}

// octet reads one octet.
func (f *fields) octet(name string) byte {
	b := f.octets(name, 1)
	if b == nil {
		return 0
	}
	return b[0]
}

// octets reads n octets; nil: they are not there.
func (f *fields) octets(name string, n int) []byte {
	if f.err != nil {
		return nil
	}
	if n > len(f.rest) {
		f.fail(name+" goes beyond the PDU", invalidMessageLength)
		return nil
	}
	b := f.rest[:n:n]
	f.rest = f.rest[n:]
	return b
}

// text reads a C-octet string of at most most octets with its zero (§3.1).
func (f *fields) text(name string, most int) string {
	if f.err != nil {
		return ""
	}
	i := bytes.IndexByte(f.rest[:min(most, len(f.rest))], 0)
	if i < 0 {
		f.fail(name+" has no end", invalidMessageLength)
		return ""
	}
	s := string(f.rest[:i])
	f.rest = f.rest[i+1:]
	return s
}

// A tag names an optional parameter (§5.3.2).
type tag uint16

const (
	tagDestinationPort  tag = 0x020B
	tagSarReference     tag = 0x020C
	tagSarTotal         tag = 0x020E
	tagSarNumber        tag = 0x020F
	tagReceiptedMessage tag = 0x001E
	tagNetworkError     tag = 0x0423
	tagPayload          tag = 0x0424
	tagMessageState     tag = 0x0427
)

// optional reads the TLVs up to the end of the body. Of one that stands there
// twice the first counts.
func (f *fields) optional() map[tag][]byte {
	all := map[tag][]byte{}
	for f.err == nil && len(f.rest) > 0 {
		if len(f.rest) < 4 {
			f.fail("a TLV has no length", invalidOptional)
			break
		}
		t, n := tag(binary.BigEndian.Uint16(f.rest)), int(binary.BigEndian.Uint16(f.rest[2:]))
		if f.rest = f.rest[4:]; n > len(f.rest) {
			f.fail("a TLV goes beyond the PDU", invalidOptional)
			break
		}
		if _, twice := all[t]; !twice {
			all[t] = f.rest[:n:n]
		}
		f.rest = f.rest[n:]
	}
	return all
}

// number is the value of a TLV of one or two octets; false: it is no such.
func number(v []byte) (int, bool) {
	switch len(v) {
	case 1:
		return int(v[0]), true
	case 2:
		return int(binary.BigEndian.Uint16(v)), true
	}
	return 0, false
}

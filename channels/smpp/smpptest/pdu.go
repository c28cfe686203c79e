package smpptest

import (
	"encoding/binary"
	"fmt"
	"io"
)

// The commands of SMPP 3.4 that a centre has to do with (§5.1.2.1).
const (
	BindReceiver    uint32 = 0x00000001
	BindTransceiver uint32 = 0x00000009
	DeliverSM       uint32 = 0x00000005
	DataSM          uint32 = 0x00000103
	Unbind          uint32 = 0x00000006
	EnquireLink     uint32 = 0x00000015
	Response        uint32 = 0x80000000
)

const headerLen = 16

// PDU is one PDU as its octets.
type PDU []byte

// Make writes a PDU.
func Make(id, status, sequence uint32, body []byte) PDU {
	p := make(PDU, headerLen, headerLen+len(body))
	binary.BigEndian.PutUint32(p, uint32(headerLen+len(body)))
	binary.BigEndian.PutUint32(p[4:], id)
	binary.BigEndian.PutUint32(p[8:], status)
	binary.BigEndian.PutUint32(p[12:], sequence)
	return append(p, body...)
}

// ID is the command_id.
func (p PDU) ID() uint32 { return binary.BigEndian.Uint32(p[4:]) }

// Status is the command_status.
func (p PDU) Status() uint32 { return binary.BigEndian.Uint32(p[8:]) }

// Sequence is the sequence_number.
func (p PDU) Sequence() uint32 { return binary.BigEndian.Uint32(p[12:]) }

// With is the PDU under another sequence_number.
func (p PDU) With(sequence uint32) PDU {
	q := append(PDU(nil), p...)
	binary.BigEndian.PutUint32(q[12:], sequence)
	return q
}

// Whole reports whether all the octets are there that it says it has.
func (p PDU) Whole() bool { return uint64(len(p)) >= uint64(binary.BigEndian.Uint32(p)) }

// Read reads one PDU.
func Read(r io.Reader) (PDU, error) {
	p := make(PDU, headerLen)
	if _, err := io.ReadFull(r, p); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(p)
	if n < headerLen || n > 1<<16 {
		return nil, fmt.Errorf("command_length %d", n)
	}
	p = append(p, make([]byte, n-headerLen)...)
	_, err := io.ReadFull(r, p[headerLen:])
	return p, err
}

// Receipt is the deliver_sm that tells of a message that was sent.
func Receipt(from, to, id, state string) PDU {
	p := Deliver(from, to, 0, "id:"+id+" sub:001 dlvrd:001 submit date:2611210101 done date:2611210102 stat:"+state+" err:000 text:")
	p[headerLen+6+len(from)+len(to)+2-1] = 0x04 // esm_class
	return p
}

// Deliver is the deliver_sm of a text of at most 254 octets, in ASCII or what
// coding says, between two international numbers without their +.
func Deliver(from, to string, coding byte, text string) PDU {
	b := append([]byte{0, 1, 1}, from...)
	b = append(b, 0, 1, 1)
	b = append(b, to...)
	b = append(b, 0, 0, 0, 0, 0, 0, 0, 0, coding, 0, byte(len(text)))
	return Make(DeliverSM, 0, 0, append(b, text...))
}

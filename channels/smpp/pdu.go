package smpp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// A command is a PDU's command_id (SMPP 3.4 §5.1.2.1). A response is its
// request with the highest bit set.
type command uint32

const (
	genericNack       command = 0x80000000
	bindReceiver      command = 0x00000001
	bindTransceiver   command = 0x00000009
	deliverSM         command = 0x00000005
	unbind            command = 0x00000006
	outbind           command = 0x0000000B
	enquireLink       command = 0x00000015
	alertNotification command = 0x00000102
	dataSM            command = 0x00000103
	response          command = 0x80000000
)

const (
	headerLen               = 16
	maxPDU                  = 64 << 10 // octets; the largest text takes a few hundred
	maxSequence      uint32 = 0x7FFFFFFF
	interfaceVersion byte   = 0x34 // SMPP 3.4
)

// The most octets of C-octet strings, with the zero at the end (§5.2).
const (
	maxAccount      = 65 // of system_id and password: the standard says 16 and 9, and centres give out longer ones
	maxSystemType   = 13
	maxAddressRange = 41
	maxAddress      = 65 // data_sm's; deliver_sm says 21, and some centres write more
	maxServiceType  = 6
	maxTime         = 17
)

// A pdu is one whole PDU: its header and what follows it.
type pdu struct {
	id       command
	status   status
	sequence uint32
	body     []byte
}

// errFraming is the error of a stream in which nobody can tell any longer
// where the next PDU begins.
var errFraming = errors.New("the centre's PDUs cannot be told apart")

// lengthOf checks the command_length of a header: nothing is read or allocated
// for one that is out of bounds.
func lengthOf(header []byte) (int, error) {
	n := binary.BigEndian.Uint32(header)
	if n < headerLen || n > maxPDU {
		return 0, fmt.Errorf("%w: command_length %d, want %d to %d", errFraming, n, headerLen, maxPDU)
	}
	return int(n), nil
}

// readPDU reads one PDU. A stream that ends within one is io.ErrUnexpectedEOF.
func readPDU(r io.Reader) (pdu, error) {
	var header [headerLen]byte
	if _, err := io.ReadFull(r, header[:]); err != nil {
		return pdu{}, err
	}
	p := headerOf(header[:])
	n, err := lengthOf(header[:])
	if err != nil {
		return p, err
	}
	p.body = make([]byte, n-headerLen)
	if _, err := io.ReadFull(r, p.body); err != nil {
		return p, fmt.Errorf("within a PDU: %w", unexpected(err))
	}
	return p, nil
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// headerOf reads a header but for its length.
func headerOf(b []byte) pdu {
	return pdu{
		id:       command(binary.BigEndian.Uint32(b[4:])),
		status:   status(binary.BigEndian.Uint32(b[8:])),
		sequence: binary.BigEndian.Uint32(b[12:]),
	}
}

// octets are the PDU as it is written.
func (p pdu) octets() []byte {
	b := make([]byte, headerLen, headerLen+len(p.body))
	binary.BigEndian.PutUint32(b, uint32(headerLen+len(p.body)))
	binary.BigEndian.PutUint32(b[4:], uint32(p.id))
	binary.BigEndian.PutUint32(b[8:], uint32(p.status))
	binary.BigEndian.PutUint32(b[12:], p.sequence)
	return append(b, p.body...)
}

// answer is the response to a request. Those to deliver_sm and data_sm have a
// message_id, which is empty (§4.6.2).
func (p pdu) answer(s status) pdu {
	a := pdu{id: p.id | response, status: s, sequence: p.sequence}
	if p.id == deliverSM || p.id == dataSM {
		a.body = []byte{0}
	}
	return a
}

// nack tells that a PDU could not be understood as one (§4.3.1).
func (p pdu) nack(s status) pdu {
	return pdu{id: genericNack, status: s, sequence: p.sequence}
}

package smpp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"

	"gatehouse/channels/smpp/smpptest"
	"gatehouse/ingest"
)

// tlv is an optional parameter.
func tlv(t tag, value string) []byte {
	b := binary.BigEndian.AppendUint16(nil, uint16(t))
	b = binary.BigEndian.AppendUint16(b, uint16(len(value)))
	return append(b, value...)
}

// deliver is a deliver_sm with an esm_class, a text and TLVs.
func deliver(esm, coding byte, text string, tlvs ...[]byte) pdu {
	p := smpptest.Deliver("15550100123", "15550100100", coding, text)
	body := slices.Concat(append([][]byte{p[headerLen:]}, tlvs...)...)
	body[1+2+12+2+12] = esm
	return pdu{id: deliverSM, sequence: 7, body: body}
}

func TestReadDelivery(t *testing.T) {
	d, err := readDelivery(deliver(0, 8, "text", tlv(tagReceiptedMessage, "id7\x00"), tlv(0x1400, ""), tlv(tagReceiptedMessage, "other")))
	if err != nil || d.from != (address{1, 1, "15550100123"}) || d.to != (address{1, 1, "15550100100"}) || d.coding != 8 ||
		string(d.octets) != "text" || d.identifier() != "id7" || len(d.optional) != 2 {
		t.Errorf("%+v, %v", d, err)
	}
	d, err = readDelivery(deliver(esmHeader, 0, "\x05\x00\x03\x09\x02\x01text"))
	if at, part := d.place(); err != nil || !part || at != (place{9, 'n', 1, 2}) || string(d.octets) != "text" || string(d.header) != "\x05\x00\x03\x09\x02\x01" {
		t.Errorf("%+v, %v", d, err)
	}
	d, err = readDelivery(deliver(0, 0, "", tlv(tagPayload, "a long text")))
	if err != nil || string(d.octets) != "a long text" {
		t.Errorf("%+v, %v", d, err)
	}
	data := append([]byte("\x00\x05\x00ACME\x00\x01\x0115550100100\x00\x00\x00\x03"), tlv(tagPayload, "caf\xe9")...)
	d, err = readDelivery(pdu{id: dataSM, body: data})
	if err != nil || d.from != (address{5, 0, "ACME"}) || d.coding != 3 || string(d.octets) != "caf\xe9" {
		t.Errorf("data_sm: %+v, %v", d, err)
	}
}

func TestMalformed(t *testing.T) {
	whole := deliver(0, 0, "text", tlv(tagPayload, "x"))
	for n := range whole.body {
		short := pdu{id: deliverSM, body: whole.body[:n]}
		if n == len(whole.body)-5 {
			continue // just before the TLV: whole without it
		}
		if _, err := readDelivery(short); !errors.As(err, new(malformed)) {
			t.Errorf("cut off at %d of %d: %v", n, len(whole.body), err)
		}
	}
	for name, c := range map[string]struct {
		p    pdu
		want status
	}{
		"a header without octets":        {deliver(esmHeader, 0, ""), permanentError},
		"a header beyond the message":    {deliver(esmHeader, 0, "\x20\x00\x03\x01\x02\x01"), permanentError},
		"an element beyond the header":   {deliver(esmHeader, 0, "\x05\x00\x09\x01\x02\x01text"), permanentError},
		"an element without a length":    {deliver(esmHeader, 0, "\x01\x05text"), permanentError},
		"a TLV beyond the PDU":           {deliver(0, 0, "text", tlv(tagPayload, "x")[:4]), invalidOptional},
		"half of a TLV":                  {deliver(0, 0, "text", []byte{4}), invalidOptional},
		"a command that brings nothing":  {pdu{id: enquireLink}, invalidCommandID},
		"an address longer than allowed": {pdu{id: deliverSM, body: append([]byte{0, 1, 1}, bytes.Repeat([]byte("1"), 99)...)}, invalidMessageLength},
	} {
		_, err := readDelivery(c.p)
		var bad malformed
		if !errors.As(err, &bad) || bad.status != c.want {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := readDelivery(deliver(esmHeader, 0, "\x06\x00\x03\x01\x02\x01\x00text")); err != nil {
		t.Errorf("a fill octet at the header's end: %v", err)
	}
}

func TestPlace(t *testing.T) {
	sar := func(ref, total, number string) [][]byte {
		return [][]byte{tlv(tagSarReference, ref), tlv(tagSarTotal, total), tlv(tagSarNumber, number)}
	}
	for name, c := range map[string]struct {
		p    pdu
		want place
		part bool
	}{
		"eight bits":               {deliver(esmHeader, 0, "\x05\x00\x03\xfe\x03\x02x"), place{0xfe, 'n', 2, 3}, true},
		"sixteen bits":             {deliver(esmHeader, 0, "\x06\x08\x04\x01\x02\x03\x01x"), place{0x102, 'w', 1, 3}, true},
		"TLVs":                     {deliver(0, 0, "x", sar("\x01\x02", "\x02", "\x02")...), place{0x102, 's', 2, 2}, true},
		"a TLV missing":            {deliver(0, 0, "x", sar("\x01\x02", "\x02", "\x02")[:2]...), place{}, false},
		"one of one":               {deliver(esmHeader, 0, "\x05\x00\x03\xfe\x01\x01x"), place{0xfe, 'n', 1, 1}, false},
		"three of two":             {deliver(esmHeader, 0, "\x05\x00\x03\xfe\x02\x03x"), place{0xfe, 'n', 3, 2}, false},
		"none of two":              {deliver(esmHeader, 0, "\x05\x00\x03\xfe\x02\x00x"), place{0xfe, 'n', 0, 2}, false},
		"an element of wrong size": {deliver(esmHeader, 0, "\x04\x00\x02\xfe\x02x"), place{}, false},
		"two elements: the last":   {deliver(esmHeader, 0, "\x0a\x00\x03\x01\x02\x01\x00\x03\x02\x02\x02x"), place{2, 'n', 2, 2}, true},
		"behind another element":   {deliver(esmHeader, 0, "\x08\x24\x01\x01\x00\x03\x07\x02\x01x"), place{7, 'n', 1, 2}, true},
	} {
		d, err := readDelivery(c.p)
		if got, part := d.place(); err != nil || got != c.want || part != c.part {
			t.Errorf("%s: %+v %v, %v; want %+v", name, got, part, err, c.want)
		}
	}
}

func TestReports(t *testing.T) {
	text := "id:8330 sub:001 dlvrd:001 submit date:2611150101 done date:2611150102 stat:%s err:%s text:stat:DELIVRD id:9"
	for name, c := range map[string]struct {
		p       pdu
		receipt bool
		want    ingest.DeliveryReport
	}{
		"its text":          {deliver(esmReceipt, 0, fmt.Sprintf(text, "DELIVRD", "000")), true, ingest.DeliveryReport{ID: "8330", Status: ingest.Delivered}},
		"a failure":         {deliver(esmReceipt, 0, fmt.Sprintf(text, "UNDELIV", "012")), true, ingest.DeliveryReport{ID: "8330", Status: ingest.Failed, Code: "012"}},
		"TLVs first":        {deliver(esmReceipt, 0, fmt.Sprintf(text, "UNDELIV", "012"), tlv(tagReceiptedMessage, "bd\x00"), tlv(tagMessageState, "\x02")), true, ingest.DeliveryReport{ID: "bd", Status: ingest.Delivered}},
		"TLVs alone":        {deliver(0, 0, "", tlv(tagReceiptedMessage, "bd"), tlv(tagMessageState, "\x08")), true, ingest.DeliveryReport{ID: "bd", Status: ingest.Failed}},
		"on its way":        {deliver(esmIntermediate, 0, fmt.Sprintf(text, "ENROUTE", "000")), true, ingest.DeliveryReport{ID: "8330", Status: ingest.Sent}},
		"a state of nobody": {deliver(esmReceipt, 0, fmt.Sprintf(text, "UNKNOWN", "000")), true, ingest.DeliveryReport{}},
		"no receipt":        {deliver(esmReceipt, 0, "hello"), true, ingest.DeliveryReport{}},
		"a message":         {deliver(0, 0, fmt.Sprintf(text, "DELIVRD", "000")), false, ingest.DeliveryReport{}},
		"a user's answer":   {deliver(0x10, 0, "yes"), false, ingest.DeliveryReport{}},
	} {
		d, err := readDelivery(c.p)
		if err != nil || d.receipt() != c.receipt {
			t.Errorf("%s: a receipt %v, %v", name, d.receipt(), err)
		}
		if got, known := d.report(); c.receipt && (known != (c.want != ingest.DeliveryReport{}) || known && got != c.want) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestReadPDU(t *testing.T) {
	p := deliver(0, 0, "text")
	all := append(p.octets(), p.answer(statusOK).octets()...)
	r := bytes.NewReader(all)
	first, err := readPDU(r)
	if err != nil || !bytes.Equal(first.octets(), p.octets()) {
		t.Errorf("%+v, %v", first, err)
	}
	if second, err := readPDU(r); err != nil || second.id != deliverSM|response || second.sequence != 7 || string(second.body) != "\x00" {
		t.Errorf("%+v, %v", second, err)
	}
	if _, err := readPDU(r); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
	if _, err := readPDU(bytes.NewReader(all[:20])); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("within a PDU: %v", err)
	}
	for _, n := range []uint32{0, 15, maxPDU + 1, 1 << 31} {
		header := slices.Clone(all[:headerLen])
		binary.BigEndian.PutUint32(header, n)
		if _, err := readPDU(bytes.NewReader(header)); !errors.Is(err, errFraming) {
			t.Errorf("command_length %d: %v", n, err)
		}
	}
}

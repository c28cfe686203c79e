package smpp

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"unicode/utf8"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
)

func seeds(f *testing.F) {
	for _, p := range []pdu{
		deliver(0, 0, "text"), deliver(0, 8, "\xd8\x3d\xde\x00"), deliver(esmHeader, 0, "\x05\x00\x03\xfe\x03\x02x"),
		deliver(esmReceipt, 0, "id:1 stat:DELIVRD", tlv(tagMessageState, "\x02")), deliver(esmHeader, 4, "\x06\x05\x04\x0b\x84\x23\xf0\xde\xad"),
		deliver(0, 0, "", tlv(tagPayload, "text")), {id: enquireLink}, {id: dataSM, body: []byte("\x00\x05\x00A\x00\x01\x01" + "1\x00\x00\x00\x03")},
	} {
		f.Add(p.octets())
	}
}

// FuzzPDU reads what a centre may send: nothing panics, nothing is made up, and
// what was read is written as it was.
func FuzzPDU(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := readPDU(bytes.NewReader(b))
		if err != nil {
			return
		}
		if !bytes.HasPrefix(b, p.octets()) {
			t.Errorf("%x is written as %x", b, p.octets())
		}
		d, err := readDelivery(p)
		if err != nil {
			if _, ok := err.(malformed); !ok {
				t.Errorf("%v does not say what to answer", err)
			}
			return
		}
		if n := len(d.header) + len(d.octets); n > len(p.body) {
			t.Errorf("%d octets of %d", n, len(p.body))
		}
		_, _ = d.report()
		_, _ = d.place()
	})
}

// FuzzMessage reads a PDU as a message with each alphabet: the same each time,
// fit for the database, and no longer than its octets allow.
func FuzzMessage(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, c := range []charset{gsm7, gsm7Packed, latin1, ascii, utf8s, ucs2} {
			o, err := json.Marshal(outer{Charset: c, Keys: []string{"key"}})
			if err != nil {
				t.Fatal(err)
			}
			a := channels.Reader(read).Arrival(channels.Stamp{At: channeltest.Now, Outer: o}, b)
			m := a.Message
			if a.Problem != "" {
				continue
			}
			if !utf8.ValidString(m.Text) || bytes.ContainsRune([]byte(m.Text), 0) || utf8.RuneCountInString(m.Text) > 8*len(b)+64 {
				t.Errorf("text %q", m.Text)
			}
			again, err := Kind.Reread(a.Raw)
			if err != nil || !reflect.DeepEqual(again, m) {
				t.Errorf("read again: %+v, %v; want %+v", again, err, m)
			}
			for i := range m.Attachments {
				if _, err := Kind.Attachment(a.Raw, i); err != nil {
					t.Errorf("attachment %d: %v", i, err)
				}
			}
		}
	})
}

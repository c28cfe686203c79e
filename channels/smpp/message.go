package smpp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"gatehouse/channels"
	"gatehouse/channels/phone"
	"gatehouse/ingest"
)

// outer is what a delivery does not say of itself and its reading needs.
type outer struct {
	Charset charset  `json:"charset"` // the channel's default_charset when it came
	Keys    []string `json:"keys"`    // those it was given: a deliver_sm has no id
}

// read reads one message: a PDU, or those of its parts.
func read(s channels.Stamp, element []byte) (channels.Reading, error) {
	pieces, err := s.Pieces(element)
	if err != nil {
		return channels.Reading{}, err
	}
	if pieces == nil {
		pieces = []channels.Piece{{Stamp: s, Element: element}}
	}
	var r channels.Reading
	var o outer
	var parts []delivery
	for _, p := range pieces {
		if err := json.Unmarshal(p.Outer, &o); err != nil {
			return r, fmt.Errorf("stamp: %w", err)
		}
		r.Keys = append(r.Keys, o.Keys...)
		d, err := deliveryOf(p.Element)
		if err != nil {
			return r, err
		}
		parts = append(parts, d)
	}
	r.Content = content(parts)
	if s.Parts != nil {
		r.Message.Defects = s.Parts.Defects()
	} else if place, part := parts[0].place(); part {
		r.Part = place.of(parts[0])
	}
	return r, say(&r, parts, o.Charset, pieces[0].Region)
}

// deliveryOf reads the one PDU of an element.
func deliveryOf(element []byte) (delivery, error) {
	rest := bytes.NewReader(element)
	p, err := readPDU(rest)
	if err == nil && rest.Len() > 0 {
		err = errFraming
	}
	if err != nil {
		return delivery{}, err
	}
	return readDelivery(p)
}

// content is what a message is, whatever the PDUs say of its transport.
func content(parts []delivery) ingest.Hash {
	var all []string
	for _, d := range parts {
		all = append(all, d.from.key(), d.to.key(), string([]byte{d.esm & esmKind, d.coding}), string(d.header), string(d.octets), d.identifier())
		if p := d.placed(); p.wide == 's' {
			all = append(all, fmt.Sprint(p))
		}
	}
	return ingest.Sum(all...)
}

func (a address) key() string { return string([]byte{a.ton, a.npi}) + a.text }

// say writes who says what to whom.
func say(r *channels.Reading, parts []delivery, byDefault charset, region ingest.Region) (err error) {
	if r.Message.From, err = parts[0].from.sender(region); err != nil {
		return fmt.Errorf("the sender cannot be read: %w", err)
	}
	if to := parts[0].to.String(); to != "" {
		r.Message.To = []ingest.Mailbox{{Address: to}}
	}
	var text strings.Builder
	for _, p := range join(parts, byDefault) {
		if p.charset == binary8 {
			text.WriteString(p.note(parts[0]))
			r.Files = append(r.Files, p.files()...)
			continue
		}
		said, defect := p.text()
		text.WriteString(said)
		if defect != "" {
			r.Message.Defects = append(r.Message.Defects, ingest.Defect{Code: "charset", Detail: defect})
		}
	}
	r.Message.Text = channels.Text(text.String())
	return nil
}

// join puts together the octets that one alphabet is read of. What is for an
// application's port is data, whatever its coding says.
func join(parts []delivery, byDefault charset) (pieces []piece) {
	for _, d := range parts {
		p := d.read(byDefault)
		if _, data := d.port(); data {
			p = piece{charset: binary8, octets: d.octets}
		}
		p.last = d.placed().number
		if i := len(pieces) - 1; i >= 0 && pieces[i].follows(p) {
			p.octets = slices.Concat(pieces[i].octets, p.octets)
			pieces = pieces[:i]
		}
		pieces = append(pieces, p)
	}
	return pieces
}

// note is what stands in the text in place of data.
func (p piece) note(of delivery) string {
	if port, found := of.port(); found {
		return fmt.Sprintf("[%d octets of data for port %d]", len(p.octets), port)
	}
	return fmt.Sprintf("[%d octets of data]", len(p.octets))
}

// files are the file that holds the data, if there is any.
func (p piece) files() []channels.File {
	if len(p.octets) == 0 {
		return nil
	}
	return []channels.File{{Attachment: ingest.Attachment{Filename: "message.bin", ContentType: "application/octet-stream"}, Bytes: p.octets}}
}

// sender is who wrote: a number, or what an alphanumeric sender calls itself,
// which nobody checks.
func (a address) sender(r ingest.Region) (ingest.Sender, error) {
	as := a.String()
	if a.ton == tonAlphanumeric {
		id, err := ingest.ParseIdentity("sms", as, ingest.Header)
		return ingest.Sender{Identity: id, Address: as}, err
	}
	id, err := phone.Sender(as, r)
	return ingest.Sender{Identity: id, Address: as}, err
}

// String is the address as people write it: international numbers with a +.
func (a address) String() string {
	text := channels.Line(latin(a.text), maxAddress)
	if a.ton == tonInternational && text != "" && !strings.HasPrefix(text, "+") {
		return "+" + text
	}
	return text
}

// latin reads octets as Latin-1, which has ASCII in it.
func latin(s string) string {
	text, _ := asciiText([]byte(s))
	return text
}

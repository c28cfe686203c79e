package vonage

import (
	"errors"
	"strings"

	"gatehouse/channels"
	"gatehouse/channels/phone"
	"gatehouse/ingest"
)

// read is the message of an element of either product, of a row of the list, or
// of the parts of an SMS.
func read(s channels.Stamp, element []byte) (channels.Reading, error) {
	switch {
	case s.Parts != nil:
		return readJoined(s, element)
	case s.Row:
		return readRow(s, element)
	case s.Product == productMessages:
		return readMessage(s, element)
	}
	return readSMS(s, element)
}

// readJoined puts parts together: texts, which come decoded, and octets. The
// first part that there is names the message and says when it was sent.
func readJoined(s channels.Stamp, element []byte) (whole channels.Reading, err error) {
	pieces, err := s.Pieces(element)
	if err != nil {
		return whole, err
	}
	var octets []byte
	for i, p := range pieces {
		r, err := readSMS(p.Stamp, p.Element)
		if err != nil {
			return whole, err
		}
		for _, f := range r.Files {
			octets = append(octets, f.Bytes...)
		}
		if i == 0 {
			whole = r
			continue
		}
		whole.Keys = append(whole.Keys, r.Keys...)
		whole.Message.Text += r.Message.Text
		whole.Message.Defects = append(whole.Message.Defects, r.Message.Defects...)
	}
	if whole.Files = nil; octets != nil {
		whole.Files = []channels.File{binary(octets)}
	}
	whole.Part = nil
	whole.Message.Defects = append(whole.Message.Defects, s.Parts.Defects()...)
	return whole, nil
}

// message has what messages of both products and rows have in common: who wrote
// to whom.
func message(network, from, to string, r ingest.Region) (m ingest.Message, err error) {
	ids, err := identities(network, from, r)
	if err != nil {
		return m, errors.New("the sender cannot be read")
	}
	m.From = ingest.Sender{Identity: ids[0], Address: channels.Line(from, 200)}
	m.Identities = ids
	if to := recipient(network, to, r); to != "" {
		m.To = []ingest.Mailbox{{Address: to}}
	}
	return m, nil
}

// identities are who sent a message on a network: a number, on WhatsApp also the
// account, or the id that a network without numbers has.
func identities(network, from string, r ingest.Region) ([]ingest.Identity, error) {
	switch network {
	case "messenger", "instagram":
		id, err := ingest.ParseIdentity(network, from, ingest.Verified)
		return []ingest.Identity{id}, err
	case "whatsapp":
		number, err := phone.Number(from, r)
		if err != nil {
			id, err := ingest.ParseIdentity(network, from, ingest.Verified)
			return []ingest.Identity{id}, err
		}
		account, err := ingest.ParseIdentity(network, strings.TrimPrefix(number.Value, "+"), ingest.Verified)
		return []ingest.Identity{number, account}, err
	case "viber_service", "viber_service_msg", "viber":
		if number, err := phone.Number(from, r); err == nil {
			return []ingest.Identity{number}, nil
		}
		id, err := ingest.ParseIdentity("viber", from, ingest.Verified)
		return []ingest.Identity{id}, err
	}
	id, err := phone.Sender(from, r)
	return []ingest.Identity{id}, err
}

// recipient is the desk's number, which Vonage writes without a +, or what the
// desk is called on a network without numbers.
func recipient(network, to string, r ingest.Region) string {
	if id, err := phone.Number(to, r); err == nil && network != "messenger" && network != "instagram" {
		return id.Value
	}
	return channels.Line(to, 200)
}

// keyed is the reading of a message with that id.
func keyed(id string) (r channels.Reading) {
	if id = channels.Line(id, 100); id != "" {
		r.Keys = []string{id}
	}
	return r
}

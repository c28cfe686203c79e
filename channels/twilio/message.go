package twilio

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/phone"
	"gatehouse/ingest"
)

// maxMedia is more than Twilio allows in one message.
const maxMedia = 20

// read is the message of a form, or of a row of the API's list.
func read(s channels.Stamp, element []byte) (channels.Reading, error) {
	if s.Row {
		r := readRow(element)
		if r.err != nil {
			return channels.Reading{}, r.err
		}
		return reading(r.form(), s.Region, r.sentAt())
	}
	form, err := channels.ParseForm(string(element))
	if err != nil {
		return channels.Reading{}, err
	}
	return reading(form, s.Region, nil)
}

func reading(form channels.Form, region ingest.Region, sent *time.Time) (channels.Reading, error) {
	r := channels.Reading{
		Keys: []string{sidOf(form)},
		// A repeat has another place of origin in it, or comes from the API.
		Content: ingest.Sum(form.Get("From"), form.Get("To"), form.Get("Body")),
	}
	ids, err := identities(form, region)
	if err != nil {
		return r, err
	}
	r.Message = ingest.Message{
		From: ingest.Sender{
			Identity: ids[0], Name: channels.Line(form.Get("ProfileName"), 200), Address: channels.Line(form.Get("From"), 200),
		},
		Identities: ids, Text: channels.Text(form.First("Body", "ButtonText")), SentAt: sent,
		Opt: optOf(form),
	}
	if to := channels.Line(form.Get("To"), 200); to != "" {
		r.Message.To = []ingest.Mailbox{{Address: to}}
	}
	if answered := channels.Line(form.Get("OriginalRepliedMessageSid"), 100); answered != "" {
		r.Message.Answers = []string{answered}
	}
	r.Files, r.Message.Defects = files(form)
	return r, nil
}

// identities are the sender's: a number, or what an alphanumeric sender calls
// itself, which no carrier checks, and on WhatsApp also the account. Twilio
// writes senders of other networks as network:address.
func identities(form channels.Form, region ingest.Region) ([]ingest.Identity, error) {
	from, err := sender(form.Get("From"), region)
	if err != nil {
		return nil, fmt.Errorf("the sender cannot be read: %w", err)
	}
	ids := []ingest.Identity{from}
	if account, err := ingest.ParseIdentity("whatsapp", form.Get("WaId"), ingest.Verified); err == nil {
		ids = append(ids, account)
	}
	return ids, nil
}

func sender(from string, region ingest.Region) (ingest.Identity, error) {
	network, address, found := strings.Cut(from, ":")
	if !found {
		return phone.Sender(from, region)
	}
	if strings.HasPrefix(address, "+") {
		if number, err := phone.Number(address, region); err == nil {
			return number, nil
		}
	}
	return ingest.ParseIdentity(network, address, ingest.Verified)
}

// mediaOf is how many files the message has.
func mediaOf(form channels.Form) int {
	n, err := strconv.Atoi(form.Get("NumMedia"))
	if err != nil {
		return 0
	}
	return min(max(n, 0), maxMedia)
}

// files are the message's, which are still with Twilio, and the location.
func files(form channels.Form) (list []channels.File, defects []ingest.Defect) {
	for i := range mediaOf(form) {
		n := strconv.Itoa(i)
		f := channels.File{URL: form.Get("MediaUrl" + n), ID: sidOf(form) + "/" + n}
		f.Attachment.ContentType = channels.Line(form.Get("MediaContentType"+n), 127)
		if f.URL != "" {
			f.Attachment.Filename = channels.URLName(f.URL)
		}
		list = append(list, f)
	}
	if place, found := locationOf(form); found {
		f, err := place.File()
		if err != nil {
			return list, []ingest.Defect{{Code: "location", Detail: err.Error()}}
		}
		list = append(list, f)
	}
	return list, nil
}

func locationOf(form channels.Form) (channels.Location, bool) {
	place := channels.Location{
		Latitude: json.Number(form.Get("Latitude")), Longitude: json.Number(form.Get("Longitude")),
		Name: channels.Line(form.Get("Label"), 200), Address: channels.Line(form.Get("Address"), 500),
	}
	return place, place.Latitude != "" || place.Longitude != ""
}

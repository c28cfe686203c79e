package twilio

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// envelope is what Twilio's parameters do not say.
type envelope struct {
	At  time.Time `json:"at"`            // of receipt: the webhook has no time of its own
	Row bool      `json:"row,omitempty"` // a row of the API's list, not a form
}

// maxMedia is more than Twilio allows in one message.
const maxMedia = 20

// Reread makes the message of a raw form again.
func Reread(raw []byte) (ingest.Message, error) {
	e, form, sent, err := unseal(raw)
	if err != nil {
		return ingest.Message{}, err
	}
	return e.message(form, sent)
}

// Attachment returns the bytes of a location. Media are not in the raw form.
func Attachment(raw []byte, index int) ([]byte, error) {
	_, form, _, err := unseal(raw)
	if err != nil {
		return nil, err
	}
	if place, found := locationOf(form); found && index == mediaOf(form) {
		return place.GeoJSON()
	}
	return nil, fmt.Errorf("attachment %d: %w", index, ingest.ErrNotFound)
}

func unseal(raw []byte) (e envelope, form url.Values, sent *time.Time, err error) {
	element, err := channels.Unseal(raw, &e)
	if err != nil {
		return e, nil, nil, err
	}
	if e.Row {
		r := readRow(element)
		return e, r.form(), r.sentAt(), r.err
	}
	if form, err = url.ParseQuery(string(element)); err != nil {
		err = errors.New("twilio message: no form")
	}
	return e, form, nil, err
}

func (e envelope) message(form url.Values, sent *time.Time) (ingest.Message, error) {
	ids, err := identities(form)
	if err != nil {
		return ingest.Message{}, err
	}
	text := channels.Text(cmp.Or(form.Get("Body"), form.Get("ButtonText")))
	m := ingest.Message{
		From: ingest.Sender{
			Identity: ids[0], Name: channels.Line(form.Get("ProfileName"), 200), Address: channels.Line(form.Get("From"), 200),
		},
		Identities: ids, Text: text, ReplyText: text, SentAt: sent, ReceivedAt: e.At, Auto: ingest.AutoNone, Thread: sidOf(form),
	}
	if to := channels.Line(form.Get("To"), 200); to != "" {
		m.To = []ingest.Mailbox{{Address: to}}
	}
	if answered := channels.Line(form.Get("OriginalRepliedMessageSid"), 100); answered != "" {
		m.Answers = []string{answered}
	}
	m.Attachments, m.Defects = attachments(form)
	return m, nil
}

// identities are the sender's: a number, or what an alphanumeric sender calls
// itself, which no carrier checks, and on WhatsApp also the account. Twilio
// writes senders of other networks as network:address.
func identities(form url.Values) ([]ingest.Identity, error) {
	kind, address, found := strings.Cut(form.Get("From"), ":")
	how := ingest.Verified
	if !found {
		kind, address, how = "sms", kind, ingest.Header
	}
	from, err := ingest.ParseIdentity("phone", address, ingest.Verified)
	if err != nil || kind != "sms" && !strings.HasPrefix(address, "+") {
		from, err = ingest.ParseIdentity(kind, address, how)
	}
	if err != nil {
		return nil, fmt.Errorf("the sender cannot be read: %w", err)
	}
	ids := []ingest.Identity{from}
	if account, err := ingest.ParseIdentity("whatsapp", form.Get("WaId"), ingest.Verified); err == nil {
		ids = append(ids, account)
	}
	return ids, nil
}

// mediaOf is how many files the message has.
func mediaOf(form url.Values) int {
	n, err := strconv.Atoi(form.Get("NumMedia"))
	if err != nil {
		return 0
	}
	return min(max(n, 0), maxMedia)
}

// attachments are the files, which are still with Twilio, and the location.
func attachments(form url.Values) (list []ingest.Attachment, defects []ingest.Defect) {
	for i := range mediaOf(form) {
		n := strconv.Itoa(i)
		a := ingest.Attachment{
			Index: i, ContentType: channels.Line(form.Get("MediaContentType"+n), 127), Disposition: "attachment", Status: "pending",
		}
		if address := form.Get("MediaUrl" + n); address != "" {
			a.Filename = channels.Line(path.Base(address), 200)
		}
		list = append(list, a)
	}
	if place, found := locationOf(form); found {
		a, err := place.Attachment(len(list))
		if err != nil {
			return list, []ingest.Defect{{Code: "location", Detail: err.Error()}}
		}
		list = append(list, a)
	}
	return list, nil
}

func locationOf(form url.Values) (channels.Location, bool) {
	place := channels.Location{
		Latitude: json.Number(form.Get("Latitude")), Longitude: json.Number(form.Get("Longitude")),
		Name: channels.Line(form.Get("Label"), 200), Address: channels.Line(form.Get("Address"), 500),
	}
	return place, place.Latitude != "" || place.Longitude != ""
}

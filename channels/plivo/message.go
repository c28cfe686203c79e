package plivo

import (
	"fmt"
	"strconv"

	"gatehouse/channels"
	"gatehouse/channels/phone"
	"gatehouse/ingest"
)

// maxMedia is more than Plivo allows in one message.
const maxMedia = 20

// intents are what Plivo takes a message for that answers its word for opting
// out, with numbers that have one.
var intents = map[string]ingest.Opt{"optout": ingest.OptOut, "optin": ingest.OptIn, "help": ingest.OptHelp}

// read is the message of a form; of a record nothing can be read.
func read(s channels.Stamp, element []byte) (r channels.Reading, err error) {
	if s.Row {
		return readRecord(element)
	}
	form, err := channels.ParseForm(string(element))
	if err != nil {
		return r, err
	}
	if id := channels.Line(form.Get("MessageUUID"), 100); id != "" {
		r.Keys = []string{id}
	}
	text := form.First("Text", "Body")
	r.Content = ingest.Sum(form.Get("From"), form.Get("To"), text)
	from, err := phone.Sender(form.Get("From"), s.Region)
	if err != nil {
		return r, fmt.Errorf("the sender cannot be read: %w", err)
	}
	r.Message = ingest.Message{
		From: ingest.Sender{Identity: from, Address: channels.Line(form.Get("From"), 200)},
		Text: channels.Text(text), Opt: intents[form.Get("MessageIntent")],
	}
	r.Message.To = phone.Recipients(form.Get("To"), s.Region)
	r.Files = files(form)
	return r, nil
}

// files are the message's, which are still with Plivo. It does not say of what
// type they are.
func files(form channels.Form) (list []channels.File) {
	for i := range maxMedia {
		url := form.Get("Media" + strconv.Itoa(i))
		if url == "" {
			break
		}
		list = append(list, channels.File{URL: url, Attachment: ingest.Attachment{Filename: channels.URLName(url)}})
	}
	return list
}

package vonage

import (
	"strconv"
	"strings"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// readSMS is a message of the SMS API, or one part of it.
func readSMS(s channels.Stamp, element []byte) (channels.Reading, error) {
	form, err := parameters(element)
	if err != nil {
		return channels.Reading{}, err
	}
	r := keyed(form.Get("messageId"))
	data, err := channels.Hex(form.Get("data"))
	if err != nil {
		return r, err
	}
	text := channels.Text(form.Get("text"))
	r.Content = content(form.Get("msisdn"), form.Get("to"), text+hexOf(data))
	if r.Message, err = message(productSMS, form.Get("msisdn"), form.Get("to"), s.Region); err != nil {
		return r, err
	}
	r.Message.Text, r.Message.SentAt = text, sentAt(form.Get("message-timestamp"))
	if len(data) > 0 {
		r.Files = []channels.File{binary(data)}
	}
	r.Part, r.Message.Defects = part(form)
	return r, nil
}

// content is what does not differ between the webhook and the list.
func content(from, to, text string) ingest.Hash {
	bare := func(number string) string { return strings.TrimPrefix(number, "+") }
	return ingest.Sum(bare(from), bare(to), text)
}

// binary is what a message has that is no text.
func binary(data []byte) channels.File {
	return channels.File{Attachment: ingest.Attachment{Filename: "message.bin", ContentType: "application/octet-stream"}, Bytes: data}
}

// part says which part of a longer message a form is, by its parameters or, if it
// is binary, by its header. What says that and cannot be one is taken for whole.
func part(form channels.Form) (*ingest.PartOf, []ingest.Defect) {
	ref, number, total := form.Get("concat-ref"), form.Get("concat-part"), form.Get("concat-total")
	if form.Get("concat") != "true" {
		ref, number, total = concatenated(form.Get("udh"))
	}
	p := ingest.PartOf{Set: strings.Join([]string{form.Get("msisdn"), form.Get("to"), ref}, "|")}
	if number == "" && total == "" || total == "1" {
		return nil, nil
	}
	var errNumber, errTotal error
	p.Number, errNumber = strconv.Atoi(number)
	p.Total, errTotal = strconv.Atoi(total)
	if errNumber != nil || errTotal != nil || p.Check(nil) != nil {
		return nil, []ingest.Defect{{Code: "part", Detail: "it says that it is a part, and not which"}}
	}
	return &p, nil
}

// The information elements of a user data header that say of which message it is a
// part (3GPP TS 23.040 §9.2.3.24).
const (
	concat8  = 0x00 // reference, total, number
	concat16 = 0x08 // the same, with a reference of two octets
)

// concatenated reads a user data header in hexadecimal; "" if it says of no parts.
func concatenated(udh string) (ref, number, total string) {
	b, err := channels.Hex(udh)
	if err != nil || len(b) == 0 || int(b[0]) != len(b)-1 {
		return "", "", ""
	}
	for b = b[1:]; len(b) >= 2 && len(b) >= 2+int(b[1]); b = b[2+int(b[1]):] {
		id, data := b[0], b[2:2+int(b[1])]
		if size := len(data) - 2; id == concat8 && size == 1 || id == concat16 && size == 2 {
			return hexOf(data[:size]), strconv.Itoa(int(data[size+1])), strconv.Itoa(int(data[size]))
		}
	}
	return "", "", ""
}

package pushmail

import (
	"bytes"
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"gatehouse/channels"
	"gatehouse/channels/mime"
	"gatehouse/ingest"
)

// Delivery is what is known of a mail beside its bytes.
type Delivery struct {
	// By names the provider, in the words that say how a sender is known.
	By string
	// ID is the provider's id of the mail, the same when it posts it again. "": it
	// gives none, and recipients and bytes name the mail.
	ID string
	// Keys are further names: see ingest.Arrival.
	Keys []string
	// Envelope is what was said when the provider got the mail; what is not known
	// is empty.
	Envelope ingest.Envelope
	// Tokens are what stands behind the plus in addresses of the envelope, where the
	// provider tells it apart.
	Tokens []string
	// Verdicts are what the provider found of the sender. Only what the mail
	// itself cannot have written may stand here.
	Verdicts []Verdict
	// Files are those that are still with the provider.
	Files []channels.File
	// Composed says that the mail was made of fields.
	Composed bool
	Settings
}

// mostFiles bounds the files that are still with the provider: each is a row, and
// a task to fetch it.
const mostFiles = 1000

var errNoMail = errors.New("there is no mail in it")

// Read is the mail as a channel gets it: its bytes, and what is known beside
// them.
func Read(s channels.Stamp, raw []byte, d Delivery) (r channels.Reading, err error) {
	prints := prints(raw)
	r.Keys = d.keys(prints[0].Hash)
	if len(bytes.TrimSpace(raw)) == 0 {
		return r, errNoMail
	}
	mail, err := mime.TryRead(raw, mime.Options{})
	if err != nil {
		return r, err
	}
	r.Message, r.Files = mail.Message(), d.Files[:min(len(d.Files), mostFiles)]
	if len(d.Files) > mostFiles {
		r.Message.Defects = append(r.Message.Defects, ingest.Defect{Code: "limit_attachments", Detail: "there are more files than a message may have"})
	}
	r.Content, r.Prints = d.content(&r.Message, prints[0].Hash), prints
	r.Attached = func(index int) ([]byte, error) { return mime.Attachment(raw, index) }
	if d.Composed {
		r.Message.Defects = slices.DeleteFunc(r.Message.Defects, ofComposing)
	}
	d.tell(raw, s.Marks, &r.Message)
	d.address(&r.Message)
	if r.Message.SentAt == nil {
		r.Message.SentAt = &s.At
	}
	return r, nil
}

// Read composes the mail and reads it.
func (m *Mail) Read(s channels.Stamp, d Delivery) (channels.Reading, error) {
	d.Composed = true
	return Read(s, m.Compose(), d)
}

// ofComposing reports a defect that the mail has only since it was taken apart:
// its header is decoded, and so are its parts.
func ofComposing(d ingest.Defect) bool {
	return slices.Contains([]string{"raw_8bit_header", "bare_lf_mixed", "bare_cr", "line_too_long"}, d.Code)
}

// keys name the mail: the provider's id, else to whom it was sent, and what. A
// Message-ID alone would not do: programs write the same one into many mails.
func (d *Delivery) keys(content ingest.Hash) []string {
	if d.ID != "" {
		return append([]string{d.ID}, d.Keys...)
	}
	keys := []string{}
	for _, to := range d.Envelope.To {
		keys = append(keys, "mail\x00"+strings.ToLower(to)+"\x00"+hex.EncodeToString(content[:]))
	}
	if len(keys) == 0 {
		keys = append(keys, "mail\x00\x00"+hex.EncodeToString(content[:]))
	}
	slices.Sort(keys) // whatever the order of recipients, the first key is the same
	return append(slices.Compact(keys), d.Keys...)
}

// content is what the keys stand for. A provider that gives an id may post the
// mail whole the one time, and in fields the next.
func (d *Delivery) content(m *ingest.Message, bytes ingest.Hash) ingest.Hash {
	if d.ID != "" {
		return ingest.Sum("mail", m.Thread, m.From.Address)
	}
	return ingest.Sum("mail", hex.EncodeToString(bytes[:]))
}

// prints are those by which a mail is known that an import brought, the hash of
// its bytes first. A header tells it from others only where servers wrote their
// traces into it.
func prints(raw []byte) []ingest.Print {
	all := mime.Prints(raw)
	if mime.Traced(raw) {
		return all
	}
	return all[:1]
}

// mostAddresses is how many recipients of an envelope are kept.
const mostAddresses = 100

// address adds what only the envelope says.
func (d *Delivery) address(m *ingest.Message) {
	e := d.Envelope
	e.From = channels.Line(e.From, 320)
	e.Client, e.Helo = channels.Line(e.Client, 100), channels.Line(e.Helo, 255)
	to := e.To[:min(len(e.To), mostAddresses)]
	e.To = make([]string, 0, len(to))
	for _, address := range to {
		e.To = append(e.To, channels.Line(address, 320))
		addToken(m, address)
	}
	for _, tag := range d.Tokens[:min(len(d.Tokens), mostAddresses)] {
		addToken(m, "+"+tag+"@")
	}
	if e.From != "" || len(e.To) > 0 || e.Client != "" {
		m.Technical = &ingest.Technical{Envelope: &e}
	}
}

// addToken adds what looks like a reply token in an address: a blind copy names
// it nowhere else.
func addToken(m *ingest.Message, address string) {
	if token := ingest.ReplyToken(address); token != "" && !slices.Contains(m.Tokens, token) {
		m.Tokens = append(slices.Clone(m.Tokens), token)
	}
}

package channels

import (
	"strings"

	"gatehouse/ingest"
)

// Card is a contact that somebody sent instead of words: as text it can be
// read, as a file (vCard 4.0, RFC 6350) it can be taken over. Nobody has shown
// that the addresses in it are anybody's.
type Card struct {
	Name          string
	Company       string
	Phones, Mails []string
}

// Text is the card for people, a line each.
func (c Card) Text() string {
	var lines []string
	for _, list := range [][]string{{c.Name}, {c.Company}, c.Phones, c.Mails} {
		for _, item := range list {
			if item = Line(item, 200); item != "" {
				lines = append(lines, item)
			}
		}
	}
	return strings.Join(lines, "\n")
}

// File is the card as a message carries it.
func (c Card) File() File {
	var b strings.Builder
	b.WriteString("BEGIN:VCARD\r\nVERSION:4.0\r\n")
	property := func(name string, values ...string) {
		for _, value := range values {
			if value = Line(value, 200); value != "" || name == "FN" {
				b.WriteString(name + ":" + vcardText.Replace(value) + "\r\n")
			}
		}
	}
	property("FN", c.Name)
	property("ORG", c.Company)
	property("TEL", c.Phones...)
	property("EMAIL", c.Mails...)
	b.WriteString("END:VCARD\r\n")
	return File{Bytes: []byte(b.String()), Attachment: ingest.Attachment{Filename: "contact.vcf", ContentType: "text/vcard"}}
}

// vcardText escapes what parts values (RFC 6350 §3.4).
var vcardText = strings.NewReplacer(`\`, `\\`, ",", `\,`, ";", `\;`)

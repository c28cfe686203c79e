package pushmail

import (
	"gatehouse/channels"
	"gatehouse/ingest"
)

// What stands in the place of a text that is not there.
const (
	announcement = "The text of this mail could not be had from the provider when it came."
	follows      = " The whole mail is a file of this message as soon as it was fetched."
)

// Announced reads a mail that the provider tells of and does not post, as far as
// it does: files are what is still to be fetched.
func (m *Mail) Announced(s channels.Stamp, d Delivery, files ...channels.File) (channels.Reading, error) {
	m.Text, d.Files = Body{Octets: announcement}, files
	if len(files) > 0 {
		m.Text.Octets += follows
	}
	r, err := m.Read(s, d)
	if err == nil {
		r.Message.Defects = append(r.Message.Defects, ingest.Defect{Code: "content_missing", Detail: "only what the provider's notice says is known"})
	}
	return r, err
}

// Whole is a mail as a file that the provider knows by an id.
func Whole(id string) channels.File {
	f := channels.File{ID: id}
	f.Attachment.Filename, f.Attachment.ContentType = "message.eml", "message/rfc822"
	return f
}

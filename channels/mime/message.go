package mime

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"gatehouse/ingest"
)

// Bounds of what a message says of its thread.
const (
	maxAnswers = 50
	maxThread  = 250 // octets of a Message-ID; a longer one goes by its hash
)

// Message gives the mail the shape every channel's messages have. The
// author's address is an identity by header; it is zero where there is none.
// Where From names several, all of them are, and the mail is unproven: rules
// meet each, and none of them gets a contact by it.
// Channel, id and times of receipt are the caller's.
func (m Mail) Message() ingest.Message {
	out := ingest.Message{
		Family: ingest.Email, Subject: m.Subject, Text: m.Text, ReplyText: m.ReplyText, HTML: m.HTML,
		To: append(slices.Clone(m.To), m.CC...), SentAt: m.sentAt(), Auto: ingest.Auto(m.Auto),
		Thread: threadName(m.MessageID), Answers: m.answers(), Defects: m.Defects, Tokens: m.Tokens, Unproven: m.Unproven, Spam: m.Spam,
		Identities: []ingest.Identity{}, Attachments: []ingest.Attachment{},
	}
	if m.From != nil {
		out.From = ingest.Sender{Name: m.From.Name, Address: m.From.Address}
		if id, err := ingest.ParseIdentity("email", m.From.Address, ingest.Header); err == nil {
			out.From.Identity = id
			out.Identities = []ingest.Identity{id}
		}
	}
	for _, address := range m.Authors {
		if id, err := ingest.ParseIdentity("email", address, ingest.Header); err == nil && !slices.Contains(out.Identities, id) {
			out.Identities = append(out.Identities, id)
		}
	}
	for i, f := range m.Attachments {
		out.Attachments = append(out.Attachments, ingest.Attachment{
			Index: i, Filename: f.Filename, ContentType: f.ContentType, Disposition: f.Disposition,
			ContentID: f.ContentID, Size: f.Size, SHA256: f.SHA256, Status: "stored",
		})
	}
	return out
}

func (m Mail) sentAt() *time.Time {
	t, err := time.Parse(time.RFC3339, m.Date)
	if err != nil {
		return nil
	}
	t = t.UTC()
	return &t
}

// answers lists what the mail answers, nearest first: In-Reply-To, then
// References from its end, then what a report gives back.
func (m Mail) answers() []string {
	out := []string{}
	add := func(id string) {
		name := threadName(id)
		if id != "" && id != m.MessageID && len(out) < maxAnswers && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	add(m.InReplyTo)
	for i := len(m.References) - 1; i >= 0 && len(out) < maxAnswers; i-- {
		add(m.References[i])
	}
	for _, id := range m.returned {
		add(id)
	}
	return out
}

// threadName is a Message-ID short enough for an index.
func threadName(id string) string {
	if len(id) <= maxThread {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return "sha256:" + hex.EncodeToString(sum[:])
}

package postgres

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"slices"
	"strings"

	"gatehouse/ingest"
)

// envelope is what a settle must know of a message besides its row's columns.
// It is content: a purge empties it.
type envelope struct {
	From       ingest.Sender     `json:"from"`
	Identities []ingest.Identity `json:"identities,omitempty"`
	Subject    string            `json:"subject,omitempty"`
	ClientIP   string            `json:"client_ip,omitempty"`
	Auto       ingest.Auto       `json:"auto,omitempty"`
	Unproven   bool              `json:"unproven,omitempty"`
	Historic   bool              `json:"historic,omitempty"`
	Origin     *ingest.Origin    `json:"origin,omitempty"`
	Spam       []string          `json:"spam,omitempty"`
	Tokens     []string          `json:"tokens,omitempty"`
	Change     *ingest.Change    `json:"change,omitempty"`
	Opt        ingest.Opt        `json:"opt,omitempty"`
	OptWord    string            `json:"opt_word,omitempty"`
	Defects    []string          `json:"defects,omitempty"` // codes; details are in the body's document
	Files      bool              `json:"files,omitempty"`   // it names files that are still to be fetched
}

// document is the rest of a message, written beside its body.
type document struct {
	To          []ingest.Mailbox    `json:"to,omitempty"`
	Attachments []ingest.Attachment `json:"attachments,omitempty"`
	Thread      string              `json:"thread,omitempty"`
	Answers     []string            `json:"answers,omitempty"`
	Technical   *ingest.Technical   `json:"technical,omitempty"`
	Defects     []ingest.Defect     `json:"defects,omitempty"`
}

func (d document) empty() bool {
	return d.To == nil && d.Attachments == nil && d.Thread == "" && d.Answers == nil && d.Technical == nil && d.Defects == nil
}

func envelopeOf(m *ingest.Message) envelope {
	e := envelope{From: m.From, Subject: m.Subject, Auto: m.Auto, Unproven: m.Unproven, Historic: m.Historic, Origin: m.Origin, Spam: m.Spam, Tokens: m.Tokens,
		Change: m.Change, Opt: m.Opt, OptWord: m.OptWord}
	if m.ClientIP.IsValid() {
		e.ClientIP = m.ClientIP.String()
	}
	for _, i := range m.Identities {
		if i != m.From.Identity { // the first one is From's: not written twice
			e.Identities = append(e.Identities, i)
		}
	}
	for _, d := range m.Defects {
		e.Defects = append(e.Defects, d.Code)
	}
	e.Files = slices.ContainsFunc(m.Attachments, pending)
	return e
}

// fill puts the envelope back into a message.
func (e *envelope) fill(m *ingest.Message) {
	m.From, m.Subject, m.Auto, m.Unproven, m.Historic, m.Spam = e.From, e.Subject, e.Auto, e.Unproven, e.Historic, e.Spam
	m.Tokens, m.Origin, m.Change, m.Opt, m.OptWord = e.Tokens, e.Origin, e.Change, e.Opt, e.OptWord
	if e.From.Kind != "" {
		m.Identities = append(m.Identities, e.From.Identity)
	}
	m.Identities = append(m.Identities, e.Identities...)
	m.ClientIP, _ = netip.ParseAddr(e.ClientIP)
	for _, code := range e.Defects {
		m.Defects = append(m.Defects, ingest.Defect{Code: code})
	}
}

func documentOf(m *ingest.Message) document {
	d := document{To: m.To, Attachments: m.Attachments, Answers: m.Answers, Technical: m.Technical, Defects: m.Defects}
	if m.Family == ingest.Email { // others go by what their raw bytes hold
		d.Thread = m.Thread
	}
	return d
}

// text makes s fit for a text column: valid UTF-8 without NUL, which Postgres
// refuses.
func text(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	return s
}

// toJSON is text for jsonb columns: encoding/json sees to valid UTF-8, and NUL
// is dropped.
func toJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own structs always marshal
	}
	if bytes.Contains(b, []byte(`\u0000`)) {
		b = dropNUL(b)
	}
	return string(b)
}

// dropNUL removes the escape \u0000, but not a backslash that is followed by
// "u0000" as text.
func dropNUL(b []byte) []byte {
	out := b[:0:0]
	for i := 0; i < len(b); i++ {
		if b[i] != '\\' {
			out = append(out, b[i])
			continue
		}
		if bytes.HasPrefix(b[i:], []byte(`\u0000`)) {
			i += 5
			continue
		}
		out = append(out, b[i], b[i+1])
		i++
	}
	return out
}

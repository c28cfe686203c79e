package mailapi

import (
	"fmt"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// longText is how many octets of a mail's text are stored beside it at most;
// more is read out of the mail whenever it is asked for.
const longText = 1 << 20

// pack makes the arrival of a slot; nil where nothing is to be stored.
func (p *Poller) pack(s *slot, connected time.Time) *ingest.Arrival {
	if s.road == passed {
		return nil
	}
	if s.road == oversized {
		p.readHeader(s)
		s.raw = s.head.Header
		p.explainSize(s)
	}
	key := p.key(s.item.ID)
	a := &ingest.Arrival{
		Message: s.message, Raw: s.raw, Keys: []string{key}, Prints: s.prints, Problem: s.problem, Note: s.note,
		// An id is never another mail's, and an API may write one mail differently each time.
		Content: ingest.Sum(p.options.Kind, key),
	}
	a.Derived = len(a.Message.Text)+len(a.Message.ReplyText)+len(a.Message.HTML) > longText
	if s.road == banned {
		a.Raw, a.Refused = nil, s.rule
	}
	p.date(&a.Message, s, connected)
	a.Message.Recovered = s.missed
	a.Message.Channel, a.Message.Family = p.host.Channel, ingest.Email
	return a
}

// explainSize puts a sentence in the place of a body that was not read.
func (p *Poller) explainSize(s *slot) {
	detail := fmt.Sprintf("more than the limit of %d bytes", p.options.MaxMessageBytes)
	if s.head.Size > p.options.MaxMessageBytes {
		detail = fmt.Sprintf("%d bytes, the limit is %d", s.head.Size, p.options.MaxMessageBytes)
	}
	m := &s.message
	m.Text = "This mail is too large, so only its header was read: " + detail + "."
	m.ReplyText = m.Text
	m.Defects = append(m.Defects, ingest.Defect{Code: "limit_size", Detail: detail})
}

// date notes when the mailbox received the mail, and whether that was before
// the channel was connected.
func (p *Poller) date(m *ingest.Message, s *slot, connected time.Time) {
	at := s.head.At
	if at.IsZero() {
		at = s.item.At
	}
	m.ReceivedAt = p.host.Now()
	if at.IsZero() {
		return
	}
	if at.Before(m.ReceivedAt) {
		m.ReceivedAt = at
	}
	if m.SentAt == nil {
		m.SentAt = &m.ReceivedAt
	}
	m.Historic = p.options.historic(at, connected)
}

// touchable reports whether the mailbox's copy may be marked or moved: not that
// of a refused or dead mail, nor the only whole one of a large mail.
func (s *slot) touchable() bool { return s.road == ready && s.problem == "" }

// reject leaves nothing of what was read of the message, which the store
// refuses, but its bytes.
func (s *slot) reject() {
	rejected := channels.Rejected(*s.arrival, "the store refuses what was read of it")
	s.problem, s.arrival = rejected.Problem, &rejected
}

package imap

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/emersion/go-imap/v2"

	"gatehouse/ingest"
)

// longText is how many octets of a mail's text are stored beside it at most.
// More is read out of the mail whenever it is asked for: on its way to the
// store each octet lies in memory several times.
const longText = 1 << 20

// pack makes the arrival of a slot; nil where nothing is to be stored.
func (p *Poller) pack(f *folder, s *slot, since time.Time) *ingest.Arrival {
	if s.road == passed {
		return nil
	}
	a := &ingest.Arrival{
		Message: s.read.Message,
		Raw:     s.raw,
		Keys:    []string{key(f, s.uid)},
		Content: content(s),
		Prints:  s.read.Prints,
		Problem: s.problem,
		Note:    s.note,
	}
	a.Derived = len(a.Message.Text)+len(a.Message.ReplyText)+len(a.Message.HTML) > longText
	switch s.road {
	case banned:
		a.Raw, a.Refused = nil, s.rule
	case oversized:
		p.explainSize(&a.Message, s)
	}
	p.date(&a.Message, s.meta, since)
	a.Message.Channel, a.Message.Family = p.host.Channel, ingest.Email
	return a
}

// key names a message for ever (RFC 3501 §2.3.1.1).
func key(f *folder, uid imap.UID) string {
	return f.name + "\x00" + strconv.FormatUint(uint64(f.at.validity), 10) + "\x00" + strconv.FormatUint(uint64(uid), 10)
}

// content is the same whether the body was read or not: a mail that was first
// refused by its header and then read is no other mail.
func content(s *slot) ingest.Hash {
	for _, p := range s.read.Prints {
		if p.Kind == "mail" {
			return ingest.Sum("imap", hex.EncodeToString(p.Hash[:]), strconv.FormatInt(s.size, 10))
		}
	}
	return ingest.Hash{}
}

// explainSize puts a sentence in the place of a body that was not read.
func (p *Poller) explainSize(m *ingest.Message, s *slot) {
	detail := fmt.Sprintf("%d bytes, the limit is %d", s.size, p.config.MaxMessageBytes)
	m.Text = "This mail is too large, so only its header was read: " + detail + "."
	m.ReplyText = m.Text
	m.Defects = append(m.Defects, ingest.Defect{Code: "limit_size", Detail: detail})
}

// date notes when the server received the mail, and whether that was before
// the channel was connected.
func (p *Poller) date(m *ingest.Message, of meta, since time.Time) {
	m.ReceivedAt = p.host.Now()
	if of.date.IsZero() {
		return
	}
	if of.date.Before(m.ReceivedAt) {
		m.ReceivedAt = of.date
	}
	if m.SentAt == nil {
		m.SentAt = &m.ReceivedAt
	}
	m.Historic = p.historic(of, since)
}

package pipeline

import (
	"net/netip"
	"sync/atomic"
	"time"

	"gatehouse/ingest"
)

// Judge holds the Book in force. It is used by many goroutines at once; the
// zero Judge is ready, at epoch 0, with no rules.
type Judge struct {
	// Replies sign the reply tokens that are believed; none by default. They
	// are set before the Judge is used.
	Replies ingest.ReplySecrets

	book atomic.Pointer[Book]
}

var empty = NewBook(0, ingest.DefaultSettings(), nil)

func orEmpty(b *Book) *Book {
	if b == nil {
		return empty
	}
	return b
}

// Book returns the Book in force.
func (j *Judge) Book() *Book { return orEmpty(j.book.Load()) }

// Epoch is the version of the rules in force.
func (j *Judge) Epoch() int64 { return j.Book().Epoch() }

// Renew brings the rules to epoch: changed are all that changed since an
// earlier answer of Epoch, lifted ones included. It never goes back: an epoch
// that is not newer than the one in force changes nothing.
func (j *Judge) Renew(epoch int64, changed []ingest.Rule, s ingest.Settings) {
	for {
		old := j.book.Load()
		b := orEmpty(old)
		if epoch <= b.Epoch() || j.book.CompareAndSwap(old, b.With(epoch, s, changed)) {
			return
		}
	}
}

// Decide decides a message by the Book in force.
func (j *Judge) Decide(m ingest.Message, f ingest.Facts) ingest.Decision {
	return Decide(j.Book(), m, f)
}

// Buckets lists the buckets that a message draws from if it is let through.
func (j *Judge) Buckets(m ingest.Message, f ingest.Facts) []ingest.Bucket {
	return j.Book().Buckets(m, f)
}

// Holds lists the conversations, by number, that a message holds a token of.
func (j *Judge) Holds(m ingest.Message) []int64 {
	var held []int64
	for _, t := range m.Tokens {
		if n, ok := j.Replies.Conversation(t); ok {
			held = append(held, n)
		}
	}
	return held
}

// Standing answers how somebody stands on a channel, by whatever is known of
// them; contact, ip, channel and kind may be zero. Without a channel only rules
// for all channels count. Talked is when the contact's first conversation began,
// zero for never: rules with spare_known that are younger do not apply. Whoever
// has not asked for it may do so when the answer's rule has spare_known; beside
// these only closed mode that spares who is known depends on it.
func (j *Judge) Standing(ids []ingest.Identity, contact ingest.ID, talked time.Time, ip netip.Addr, channel, kind string, now time.Time) ingest.Standing {
	f := ingest.Facts{Now: now, Kind: kind, TalkedAt: talked}
	if !contact.IsZero() {
		f.Contact = &ingest.Contact{ID: contact}
	}
	return j.Book().Standing(ingest.Message{Channel: channel, Identities: ids, ClientIP: ip}, f)
}

// Standing answers how a message of this shape would be taken. What its sender
// has talked before (TalkedAt) counts as in a decision. Closed mode stands like
// a block; what depends on the one message, a flood among it, does not show.
func (b *Book) Standing(m ingest.Message, f ingest.Facts) ingest.Standing {
	w := winner(b.Matching(m, f))
	s := ingest.StandingUnder(w)
	if s.Widget != "show" && b.settings.ChatShows != "" {
		if s.Widget = b.settings.ChatShows; s.Widget == "notice" {
			s.Notices = b.settings.ChatNotice
		}
	}
	if w == nil && closedTo(b.settings, m, f) {
		s.Effect, s.MayAuto = ingest.EffectHold, false
	}
	return s
}

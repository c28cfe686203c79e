package imap

import (
	"time"

	"github.com/emersion/go-imap/v2"
)

// maxUnlisted is how many connections may end when a message is listed alone.
const maxUnlisted = 3

// meta is what is known of a message before its body is read.
type meta struct {
	uid    imap.UID
	size   int64     // as the server says; 0 if it does not
	date   time.Time // INTERNALDATE; zero if the server does not say
	header []byte    // the headerFields; nil if the server did not send them
	gone   bool      // somebody removed it before it was read
}

// before reports whether the server got the mail before then. It counts whole
// seconds (RFC 3501 §2.3.3): one of the same second may have come later.
func (m meta) before(then time.Time) bool { return m.date.Before(then.Truncate(time.Second)) }

// next takes the messages of the next batch: bounded by count and octets, and
// on one side of what stood in the folder before.
func (p *Poller) next(f *folder, window int) ([]meta, error) {
	if len(f.listed) == 0 {
		if err := p.list(f); err != nil {
			return nil, err
		}
	}
	var sum int64
	n := 0
	for ; n < len(f.listed) && n < window; n++ {
		m := &f.listed[n]
		m.size = max(m.size, f.notes[m.uid].size)
		if m.size <= p.config.MaxMessageBytes {
			sum += m.size
		}
		if n > 0 && (sum > batchBytes || f.at.recheck(m.uid) != f.at.recheck(f.listed[0].uid)) {
			break
		}
	}
	batch := f.listed[:n:n]
	f.listed = f.listed[n:]
	return batch, nil
}

// list asks for what is known of the next messages to do.
func (p *Poller) list(f *folder) error {
	span := passBatch * p.window
	if p.window == 1 {
		span = 1
	}
	uids := f.todo[:min(span, len(f.todo))]
	got := make(map[imap.UID]meta, len(uids))
	if f.notes[uids[0]].unlisted >= maxUnlisted {
		got[uids[0]] = meta{uid: uids[0]} // its body tells
		uids = uids[:1]
	} else if err := p.listInto(got, uids, true); err != nil {
		if span == 1 {
			f.note(uids[0], func(n *note) { n.unlisted++ })
		}
		return err
	}
	missing := without(uids, got)
	if len(missing) > 0 {
		if err := p.listMissing(got, missing); err != nil {
			return err
		}
	}
	for _, uid := range uids {
		f.listed = append(f.listed, got[uid])
	}
	f.todo = f.todo[len(uids):]
	return nil
}

// listMissing finds out why messages were not listed: they are gone, or the
// server answers in an order that the library does not understand. Without the
// header there is no order to misunderstand.
func (p *Poller) listMissing(got map[imap.UID]meta, missing []imap.UID) error {
	there, err := p.conn.present(missing)
	if err != nil {
		return err
	}
	var left []imap.UID
	for _, uid := range missing {
		got[uid] = meta{uid: uid, gone: !there[uid]}
		if there[uid] {
			left = append(left, uid)
		}
	}
	if len(left) == 0 {
		return nil
	}
	return p.listInto(got, left, false)
}

// listInto adds what the server says. A refusal is no error: reading the
// bodies will show of which message the server does not speak.
func (p *Poller) listInto(got map[imap.UID]meta, uids []imap.UID, header bool) error {
	err := p.conn.list(uids, header, func(it item) {
		if header && it.body == nil || it.torn {
			return // a flag that changed, not the answer, or not all of it
		}
		if it.size == 0 && it.date.IsZero() {
			return
		}
		got[it.uid] = meta{uid: it.uid, size: it.size, date: it.date, header: it.body}
	})
	if refusal(err) != nil {
		return nil
	}
	if err != nil {
		p.window = 1
	}
	return err
}

func without(uids []imap.UID, got map[imap.UID]meta) []imap.UID {
	var missing []imap.UID
	for _, uid := range uids {
		if _, ok := got[uid]; !ok {
			missing = append(missing, uid)
		}
	}
	return missing
}

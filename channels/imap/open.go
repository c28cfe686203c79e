package imap

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/emersion/go-imap/v2"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// open selects the folder, sets where reading begins, and finds what is new.
// Nothing may be under way to the store.
func (p *Poller) open(ctx context.Context, in channels.Session, f *folder) error {
	data, err := p.conn.enter(f.name, p.config.After == afterKeep)
	if err != nil {
		return err
	}
	if data.UIDValidity == 0 {
		return fmt.Errorf("folder %q: %w", f.name, errNoValidity)
	}
	if data.UIDValidity != f.at.validity {
		if err := p.begin(ctx, in, f, data); err != nil {
			return err
		}
	}
	if err := p.touch(f); err != nil {
		return err
	}
	if f.waiting() {
		return nil
	}
	return p.find(f)
}

var errNoValidity = errors.New("the server gives no UIDVALIDITY, so that no UID can be relied on")

// waiting reports whether messages are known that were not yet read.
func (f *folder) waiting() bool { return len(f.todo)+len(f.listed) > 0 }

// find asks for the UIDs above the cursor. "n:*" names the last message even
// if its UID is lower (RFC 9051 §9, seq-range), so what is not above is ignored.
func (p *Poller) find(f *folder) error {
	select { // what the server says from here on is news
	case <-p.conn.news:
	default:
	}
	above := imap.UIDSet{{Start: f.at.last + 1}}
	uids, err := p.conn.search(&imap.SearchCriteria{UID: []imap.UIDSet{above}}, f.at.last, maxTodo)
	f.todo = uids
	p.found = p.found || len(uids) > 0
	return err
}

// begin sets the cursor of a folder that is seen for the first time, or whose
// UIDVALIDITY changed: then nothing that was known of its UIDs holds, and all
// of it is read again, each mail compared with what is known.
func (p *Poller) begin(ctx context.Context, in channels.Session, f *folder, data *imap.SelectData) error {
	highest, err := p.highest(f, data)
	if err != nil {
		return err
	}
	next := cursor{validity: data.UIDValidity, old: highest}
	switch {
	case f.at.validity != 0:
		next.again = true
		p.log.Warn("UIDVALIDITY changed: the folder is read again", "channel", p.host.Channel, "folder", f.name,
			"was", f.at.validity, "is", data.UIDValidity)
	case p.config.Start == startNew:
		next.last = highest
	case p.config.Start != startAll:
		if next.last, err = p.before(highest); err != nil {
			return err
		}
	}
	f.forget()
	clear(f.notes)
	return f.move(ctx, in, next)
}

// move sets the cursor without storing a message.
func (f *folder) move(ctx context.Context, in channels.Session, next cursor) error {
	text := next.String()
	_, err := in.Receive(ctx, ingest.Batch{Move: &ingest.Move{
		Mailbox: f.name, From: f.place, To: text, Era: int64(next.validity),
	}})
	if err != nil {
		return err
	}
	f.at, f.place = next, text
	return nil
}

// highest is the highest UID of the selected folder, 0 if it is empty. What
// came since the folder was selected is left out: it is new. UIDNEXT tells
// where that begins, but it may be missing (RFC 3501 §7.1), and some servers
// make it up: what it says of a mail that is there is asked for again.
func (p *Poller) highest(f *folder, data *imap.SelectData) (imap.UID, error) {
	last := imap.UIDSet{{}} // "*"
	uids, err := p.conn.search(&imap.SearchCriteria{UID: []imap.UIDSet{last}}, 0, 1)
	if refusal(err) != nil || err == nil && len(uids) == 0 {
		return max(data.UIDNext, 1) - 1, nil // an empty folder
	}
	if err != nil {
		return 0, err
	}
	if data.UIDNext == 0 || data.UIDNext > uids[0] {
		return uids[0], nil
	}
	again, err := p.conn.enter(f.name, p.config.After == afterKeep)
	if err != nil || again.UIDNext <= uids[0] {
		return uids[0], err
	}
	return data.UIDNext - 1, nil
}

// before finds the UID after which all mail since the configured date lies.
// SINCE knows days of the server's own time zone: one day more is asked for,
// and each mail's INTERNALDATE decides.
func (p *Poller) before(highest imap.UID) (imap.UID, error) {
	uids, err := p.conn.search(&imap.SearchCriteria{Since: p.config.since.AddDate(0, 0, -1)}, 0, 1)
	if err != nil || len(uids) == 0 {
		return highest, err
	}
	return uids[0] - 1, nil
}

// unwanted reports whether the mail stood in the folder before the channel was
// connected and `start` leaves it out. What comes later is wanted, whatever
// its date: somebody may have moved an old mail here.
func (p *Poller) unwanted(f *folder, m meta, since time.Time) bool {
	if m.uid > f.at.old || m.date.IsZero() {
		return false
	}
	switch p.config.Start {
	case startAll:
		return false
	case startNew:
		return m.before(since)
	}
	return m.before(p.config.since)
}

// historic reports whether the mail is older than the channel.
func (p *Poller) historic(m meta, since time.Time) bool {
	return p.config.Start != startNew && !m.date.IsZero() && m.before(since)
}

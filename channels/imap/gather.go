package imap

import (
	"context"
	"fmt"
	"time"

	"github.com/emersion/go-imap/v2"
	"golang.org/x/sync/errgroup"

	"gatehouse/channels"
	"gatehouse/ingest"
)

const (
	readers    = 2  // mails of a batch that are read at a time
	maxEndings = 5  // connections that one message may end before it is given up, if the server gives others
	maxRefused = 10 // rounds in which one message may be refused before it is given up
)

// A batch is messages in the order of their UIDs, on the way to the store.
type batch struct {
	slots   []*slot
	recheck bool
	release func() // gives back the memory budget
}

// upTo is where the cursor moves with the batch.
func (b *batch) upTo() imap.UID { return b.slots[len(b.slots)-1].uid }

// A slot is the place of one message in a batch.
type slot struct {
	meta
	road    road
	rule    int64  // the ban that refuses it
	raw     []byte // the mail, or its header
	read    reading
	problem ingest.Reason
	note    string
	came    bool            // the server sent the body
	over    bool            // the body is larger than the list says: it is asked for again
	refused error           // what the server answers instead of the body
	arrival *ingest.Arrival // nil: nothing is stored
}

// road is how a message is taken over.
type road int

const (
	toRead    road = iota // its body is still to come
	ready                 // it came, or it never will
	passed                // gone, or left out by `start`: nothing is stored
	banned                // refused by its header: no body is asked for
	oversized             // its header only
)

// giveUp makes the message a dead one, with what is known of it.
func (s *slot) giveUp(note string) {
	s.road, s.problem, s.note, s.raw = ready, ingest.ReasonUnreadable, note, s.header
}

// gather reads the next batch. It may return an error together with what had
// come before it. Neither means that the folder must be looked at afresh.
func (p *Poller) gather(ctx context.Context, in channels.Session, f *folder) (*batch, error) {
	careful := f.goCarefully(in)
	window := p.window
	if careful {
		window = 1
	}
	metas, err := p.next(f, window)
	if err != nil {
		return nil, err
	}
	b := &batch{recheck: f.at.recheck(metas[0].uid)}
	for _, m := range metas {
		s, err := p.choose(ctx, in, f, m, careful)
		if err != nil {
			return nil, err
		}
		b.slots = append(b.slots, s)
	}
	if b.release, err = in.Hold(ctx, b.size()); err != nil {
		return nil, err
	}
	if careful {
		err = p.readCarefully(ctx, in, f, b)
	} else {
		err = p.readAll(ctx, f, b)
	}
	return p.finish(f, b, in.Since(), err)
}

// choose decides how a message is taken over.
func (p *Poller) choose(ctx context.Context, in channels.Session, f *folder, m meta, careful bool) (*slot, error) {
	s := &slot{meta: m}
	if m.gone || p.unwanted(f, m, in.Since()) {
		s.road = passed
		return s, nil
	}
	if m.size > p.config.MaxMessageBytes {
		s.road = oversized
	}
	if n := f.notes[m.uid]; n.guilty {
		s.giveUp(fmt.Sprintf("each of %d connections ended when it was asked for", n.endings))
	} else if n.endings >= maxEndings {
		if err := p.callWitness(f, m.uid); err != nil {
			return nil, err
		}
	}
	if m.header == nil || careful || f.notes[m.uid].whole {
		return s, nil
	}
	s.read = p.readHeader(m.header)
	var err error
	if s.rule, err = in.Refuses(ctx, s.read.Message); s.rule != 0 {
		s.road, s.problem, s.note = banned, "", ""
	}
	return s, err
}

// size is the memory that the bodies take.
func (b *batch) size() int64 {
	var n int64
	for _, s := range b.slots {
		if s.road == toRead {
			n += s.size
		}
	}
	return n
}

// readAll reads the mails as they come, some at a time.
func (p *Poller) readAll(ctx context.Context, f *folder, b *batch) error {
	var group errgroup.Group
	group.SetLimit(readers)
	err := p.fill(ctx, f, b.slots, func(s *slot) {
		group.Go(func() error {
			s.take(p.inside(ctx, s.raw))
			return nil
		})
	})
	_ = group.Wait() // mails have problems, the group has none
	for _, s := range b.slots {
		if s.road == oversized {
			s.read = p.readHeader(s.raw)
		}
	}
	return err
}

// take notes what a reader made of the mail.
func (s *slot) take(r reading, err error) {
	if err != nil {
		s.problem, s.note = ingest.ReasonUnreadable, err.Error()
		return
	}
	s.read = r
}

// finish decides about what did not come, and what that means for the next
// batch.
func (p *Poller) finish(f *folder, b *batch, since time.Time, err error) (*batch, error) {
	if err == nil {
		err = p.judge(f, b)
	}
	p.seal(f, b, since)
	if err == nil {
		p.window = min(2*p.window, p.widest)
	}
	if len(b.slots) == 0 {
		b.release()
		return nil, err
	}
	return b, err
}

// seal ends the batch before the first message that did not come, and makes
// arrivals of the others.
func (p *Poller) seal(f *folder, b *batch, since time.Time) {
	gone := 0
	for i, s := range b.slots {
		if s.road == toRead {
			b.slots = b.slots[:i]
			f.forget()
			break
		}
		if s.gone {
			gone++
		}
		s.arrival = p.pack(f, s, since)
	}
	if gone > 0 {
		p.log.Info("mail was removed before it could be read", "channel", p.host.Channel, "folder", f.name, "n", gone)
	}
}

// errBlocked says that a message is in the way which the server refuses for
// now.
type errBlocked struct {
	uid imap.UID
	err error
}

func (e *errBlocked) Error() string {
	return fmt.Sprintf("uid %d stands before what comes after it: %v", e.uid, e.err)
}

func (e *errBlocked) Unwrap() error { return e.err }

// judge gives up the messages that the server refuses while it gives others;
// where it gives none, it may be the server's trouble and not theirs, so that
// they are asked for again in later rounds: for ever, if the server says that
// it is its own.
func (p *Poller) judge(f *folder, b *batch) error {
	var blocked error
	gives := false
	for _, s := range b.slots {
		gives = gives || s.came
	}
	for _, s := range b.slots {
		if s.refused == nil {
			continue
		}
		r := refusal(s.refused)
		own := passing(r) || busy(r.Text)
		n := f.note(s.uid, func(n *note) {
			if gives || !own {
				n.refusals++
			}
		})
		guilty := gives && !own
		if !guilty && n.refusals >= maxRefused {
			var err error
			if guilty, err = p.guilty(f, s.uid, gives); err != nil {
				return err
			}
		}
		if guilty {
			s.giveUp("the server does not give it: " + s.refused.Error())
		} else if blocked == nil {
			blocked = &errBlocked{s.uid, s.refused}
		}
	}
	if blocked != nil && len(b.slots) == 1 && p.window == 1 && f.waiting() {
		p.window, blocked = 2, nil // with the next one it shows whose trouble it is
	}
	return blocked
}

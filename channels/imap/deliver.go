package imap

import (
	"context"

	"github.com/emersion/go-imap/v2"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// A delivery is a batch on its way to the store while the next one is read.
type delivery struct {
	folder string
	touch  bool // something is to be done at the server afterwards
	at     cursor
	place  string
	again  []imap.UID // wanted with their bodies: nothing was stored
	err    error
}

// deliver begins to store a batch.
func (p *Poller) deliver(ctx context.Context, in channels.Session, f *folder, b *batch) {
	d := &delivery{folder: f.name, touch: p.config.After != afterKeep, at: f.at, place: f.place}
	f.under = make(chan *delivery, 1)
	go func() {
		d.err = d.send(ctx, in, b)
		b.release()
		f.under <- d
	}()
}

// settle waits until the batch under way is stored. It reports whether what
// was read since may follow it.
func (p *Poller) settle(f *folder) (bool, error) {
	if f.under == nil {
		return true, nil
	}
	d := <-f.under
	f.under = nil
	f.at, f.place = d.at, d.place
	f.done()
	for _, uid := range d.again {
		f.note(uid, func(n *note) { n.whole = true })
	}
	return d.err == nil && d.again == nil, d.err
}

// send stores a batch in one transaction, or, where the database refuses the
// data of some mail, each message in its own.
func (d *delivery) send(ctx context.Context, in channels.Session, b *batch) error {
	next := d.next(b)
	var arrivals []ingest.Arrival
	var slots []*slot
	for _, s := range b.slots {
		if s.arrival != nil {
			arrivals, slots = append(arrivals, *s.arrival), append(slots, s)
		}
	}
	text := next.String()
	receipt, err := in.Receive(ctx, ingest.Batch{Arrivals: arrivals, Move: &ingest.Move{
		Mailbox: d.folder, From: d.place, To: text, Recheck: b.recheck, Era: int64(d.at.validity),
	}})
	if ingest.Invalid(err) {
		return d.sendEach(ctx, in, b, err)
	}
	if err != nil {
		return err
	}
	for i, r := range receipt.Results {
		if r.Again {
			d.again = append(d.again, slots[i].uid)
		}
	}
	if d.again != nil {
		return nil
	}
	d.owe(&next, slots, receipt)
	d.at, d.place = next, text
	return nil
}

// next is the cursor after the batch. What is to be done at the server is
// written into it beforehand, so that it is done even if this process ends.
func (d *delivery) next(b *batch) cursor {
	next := d.at
	next.last = b.upTo()
	next.due = append(imap.UIDSet(nil), d.at.due...)
	if d.touch && !b.recheck {
		for _, s := range b.slots {
			if s.touchable() {
				next.due.AddNum(s.uid)
			}
		}
	}
	return next
}

// owe corrects what is to be done by what the store said: nothing is done to a
// message that is no new one, for it may be a refused one.
func (d *delivery) owe(next *cursor, slots []*slot, receipt ingest.Receipt) {
	if !d.touch {
		return
	}
	next.due = append(imap.UIDSet(nil), d.at.due...)
	for i, s := range slots {
		if i < len(receipt.Results) && receipt.Results[i].Fresh && s.touchable() {
			next.due.AddNum(s.uid)
		}
	}
}

// touchable reports whether the server's copy may be marked, moved or deleted:
// not that of a refused or dead mail, nor the only whole one of a large mail.
func (s *slot) touchable() bool {
	return s.arrival != nil && s.road == ready && s.problem == ""
}

func (d *delivery) sendEach(ctx context.Context, in channels.Session, b *batch, refused error) error {
	if len(b.slots) == 1 {
		s := b.slots[0]
		if s.arrival == nil || s.problem == ingest.ReasonRejected {
			return refused
		}
		s.reject()
		return d.send(ctx, in, b)
	}
	for _, s := range b.slots {
		one := &batch{slots: []*slot{s}, recheck: b.recheck}
		if err := d.send(ctx, in, one); err != nil || d.again != nil {
			return err
		}
	}
	return nil
}

// reject leaves nothing of what was read of the message, which the store
// refuses, but its bytes.
func (s *slot) reject() {
	rejected := channels.Rejected(*s.arrival, "the store refuses what was read of it")
	s.problem, s.arrival = rejected.Problem, &rejected
}

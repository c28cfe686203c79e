package mailapi

import (
	"context"
	"fmt"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// takeAll reads the bodies that are wanted and stores the messages, as many at
// a time as there is room for.
func (p *Poller) takeAll(ctx context.Context, in channels.Session, f *folder, slots []*slot, r *round) error {
	for len(slots) > 0 {
		n, bytes := 0, int64(0)
		for ; n < len(slots); n++ {
			more := int64(0)
			if slots[n].road == toRead {
				more = p.room(slots[n])
			}
			if n > 0 && bytes+more > batchBytes {
				break
			}
			bytes += more
		}
		if err := p.take(ctx, in, f, slots[:n], bytes, r); err != nil {
			return err
		}
		slots = slots[n:]
	}
	return nil
}

// take reads and stores one batch.
func (p *Poller) take(ctx context.Context, in channels.Session, f *folder, slots []*slot, bytes int64, r *round) error {
	release, err := in.Hold(ctx, bytes)
	if err != nil {
		return err
	}
	defer release()
	if err := p.read(ctx, in, f, slots); err != nil {
		return err
	}
	var came []*slot
	for _, s := range slots {
		if s.failed != nil {
			r.failed = append(r.failed, s)
			continue
		}
		if s.road == ready && s.problem == "" {
			r.given++
		}
		if s.arrival = p.pack(s, in.Since()); s.arrival != nil {
			came = append(came, s)
		}
	}
	if len(came) == 0 {
		return nil
	}
	if err := p.deliver(ctx, in, f, came); err != nil {
		return err
	}
	for _, s := range came {
		delete(f.notes, s.item.ID)
	}
	return p.touch(ctx, in, f)
}

// read asks for the bodies that are still to come.
func (p *Poller) read(ctx context.Context, in channels.Session, f *folder, slots []*slot) error {
	return each(ctx, slots, func(ctx context.Context, s *slot) error {
		if s.road != toRead || s.failed != nil {
			return nil
		}
		if in.Careful() {
			return p.readCarefully(ctx, in, f, s)
		}
		err := p.body(ctx, s)
		if err == nil && s.road == ready {
			p.parse(ctx, s)
		}
		return err
	})
}

// readCarefully reads one message after the try was committed, and after three
// tries does not read it any more; if that did not end it, getting the body
// alone ends the process: then it is given up without its body.
func (p *Poller) readCarefully(ctx context.Context, in channels.Session, f *folder, s *slot) error {
	tries, err := in.Attempt(ctx, f.name, p.key(s.item.ID))
	if err != nil {
		return err
	}
	if tries > 2*maxTries {
		s.giveUp(ingest.ReasonCrashed, fmt.Sprintf("getting it ended the process, at the last of %d tries", tries-1))
		return nil
	}
	if err := p.body(ctx, s); err != nil || s.road != ready {
		return err
	}
	if tries > maxTries {
		s.problem, s.note = ingest.ReasonCrashed, fmt.Sprintf("reading it ended the process %d times", maxTries)
		return nil
	}
	p.parse(ctx, s)
	return nil
}

// deliver stores a batch in one transaction, or, where the database refuses the
// data of some mail, each message in its own. What is to be done at the mailbox
// is written into the cursor with it.
func (p *Poller) deliver(ctx context.Context, in channels.Session, f *folder, slots []*slot) error {
	next := f.at
	if p.options.Touch {
		var due []string
		for _, s := range slots {
			if s.touchable() {
				due = append(due, s.item.ID)
			}
		}
		next = next.owing(due)
	}
	text := next.String()
	receipt, err := in.Receive(ctx, ingest.Batch{Arrivals: arrivalsOf(slots), Move: &ingest.Move{Mailbox: f.name, From: f.text, To: text}})
	if ingest.Invalid(err) {
		return p.deliverEach(ctx, in, f, slots, err)
	}
	if err != nil {
		return err
	}
	var again []*slot
	for i, r := range receipt.Results {
		if r.Again {
			again = append(again, slots[i])
		}
	}
	if again != nil {
		return p.deliverWhole(ctx, in, f, slots, again)
	}
	f.at, f.text = next, text
	p.owe(f, slots, receipt)
	return nil
}

// owe corrects what is to be done by what the store said: nothing is done to a
// message that is no new one, for it may be a refused one.
func (p *Poller) owe(f *folder, slots []*slot, receipt ingest.Receipt) {
	for i, s := range slots {
		if i < len(receipt.Results) && (!receipt.Results[i].Fresh || receipt.Results[i].Refused != 0) {
			f.at.Due = without(f.at.Due, s.item.ID)
		}
	}
}

// deliverWhole stores a batch of which some was refused by a ban that is gone:
// nothing was stored, and its bodies are wanted.
func (p *Poller) deliverWhole(ctx context.Context, in channels.Session, f *folder, slots, again []*slot) error {
	for _, s := range again {
		s.road, s.rule = toRead, 0
		if s.head.Size > p.options.MaxMessageBytes {
			s.road = oversized
		}
	}
	if err := p.read(ctx, in, f, again); err != nil {
		return err
	}
	var came []*slot
	for _, s := range slots {
		if s.failed != nil {
			return s.failed
		}
		if s.arrival = p.pack(s, in.Since()); s.arrival != nil {
			came = append(came, s)
		}
	}
	if len(came) == 0 {
		return nil
	}
	return p.deliver(ctx, in, f, came)
}

func (p *Poller) deliverEach(ctx context.Context, in channels.Session, f *folder, slots []*slot, refused error) error {
	if len(slots) == 1 {
		if slots[0].problem == ingest.ReasonRejected {
			return refused
		}
		slots[0].reject()
	}
	for _, s := range slots {
		if err := p.deliver(ctx, in, f, []*slot{s}); err != nil {
			return err
		}
	}
	return nil
}

func arrivalsOf(slots []*slot) []ingest.Arrival {
	list := make([]ingest.Arrival, len(slots))
	for i, s := range slots {
		list[i] = *s.arrival
	}
	return list
}

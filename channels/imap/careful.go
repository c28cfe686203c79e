package imap

import (
	"context"
	"errors"
	"fmt"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// maxTries is how often a message may end the process that reads it.
const maxTries = 3

// goCarefully reports whether the next message of the folder is to be taken
// alone, because whoever polled before died at work. What it died of is among
// the two batches that it had in hand.
func (f *folder) goCarefully(in channels.Session) bool {
	if !in.Careful() {
		f.careful = 0
		return false
	}
	f.careful++
	return f.careful <= 2*maxBatch
}

// readCarefully reads one message after the try was committed: the first time
// here, then in a process of its own, and after three tries not at all. If that
// did not end it, getting the body alone ends the process: then it is given up
// without its body.
func (p *Poller) readCarefully(ctx context.Context, in channels.Session, f *folder, b *batch) error {
	s := b.slots[0]
	if s.road == passed {
		return nil
	}
	name := cursor{validity: f.at.validity, last: s.uid}.String()
	tries, err := in.Attempt(ctx, f.name, name)
	if err != nil {
		return err
	}
	if tries > 2*maxTries {
		s.giveUp(fmt.Sprintf("getting it ended the process, at the last of %d tries", tries-1))
		s.problem = ingest.ReasonCrashed
		return nil
	}
	if err := p.fill(ctx, f, b.slots, func(*slot) {}); err != nil {
		return err
	}
	for ; tries <= maxTries; tries++ {
		done, err := p.tryToRead(ctx, s, tries)
		if done || err != nil {
			return err
		}
		if _, err := in.Attempt(ctx, f.name, name); err != nil {
			return err
		}
	}
	if s.came || s.road == oversized {
		s.road, s.problem, s.read = ready, ingest.ReasonCrashed, reading{}
		s.note = fmt.Sprintf("reading it ended the process %d times", maxTries)
	}
	return nil
}

// tryToRead reports whether the message was read, or has nothing to be read.
func (p *Poller) tryToRead(ctx context.Context, s *slot, tries int) (done bool, err error) {
	switch {
	case s.road == oversized:
		s.read = p.readHeader(s.raw)
		return true, nil
	case !s.came:
		return true, nil
	case tries == 1:
		s.take(p.inside(ctx, s.raw))
		return true, nil
	}
	r, err := p.apart(ctx, s.raw)
	if crash := (*errCrash)(nil); errors.As(err, &crash) {
		p.log.Error("reading a mail ended its process", "channel", p.host.Channel, "uid", s.uid, "try", tries, "err", err)
		return false, nil
	}
	if err != nil {
		return false, err
	}
	s.take(r, nil)
	return true, nil
}

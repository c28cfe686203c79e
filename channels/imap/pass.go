package imap

import (
	"context"
	"errors"

	"gatehouse/channels"
)

// pass takes messages of a folder: all, or passBatch batches where other
// folders or other mailboxes wait for their turn. While a batch is stored the next one is read. It reports
// whether there may be more.
func (p *Poller) pass(ctx context.Context, in channels.Session, f *folder) (worked bool, err error) {
	for n := 0; n < passBatch || len(p.folders) == 1 && !p.turn.Awaited(); n++ {
		var more bool
		if more, err = p.step(ctx, in, f); err != nil || !more {
			break
		}
		worked = true
	}
	_, stored := p.settle(f)
	if stored != nil {
		return false, stored // the store's word goes first: it may be that another polls
	}
	if blocked := (*errBlocked)(nil); errors.As(err, &blocked) {
		if left := p.leave(ctx, in, f); left != nil {
			err = left
		}
		return false, err
	}
	if err != nil {
		return false, err
	}
	return worked, p.leave(ctx, in, f)
}

// step reads a batch and begins to store it.
func (p *Poller) step(ctx context.Context, in channels.Session, f *folder) (more bool, err error) {
	if p.conn.selected != f.name || !f.waiting() || in.Careful() {
		if err := p.stored(f); err != nil {
			return false, err
		}
	}
	if p.conn.selected != f.name || !f.waiting() {
		if err := p.open(ctx, in, f); err != nil || !f.waiting() {
			return false, err
		}
	}
	b, err := p.gather(ctx, in, f)
	if b == nil {
		return err == nil, err
	}
	follows, serr := p.settle(f)
	if serr != nil || !follows {
		b.release()
		f.forget()
		return serr == nil, errors.Join(serr, err)
	}
	if err == nil {
		err = p.touch(f)
	}
	p.deliver(ctx, in, f, b)
	return err == nil, err
}

// stored waits for the batch under way.
func (p *Poller) stored(f *folder) error {
	follows, err := p.settle(f)
	if !follows {
		f.forget()
	}
	return err
}

// leave does what is left to be done in a folder before another's turn, and
// strikes it off the cursor once nothing new is waiting.
func (p *Poller) leave(ctx context.Context, in channels.Session, f *folder) error {
	if p.conn.selected != f.name {
		return nil
	}
	if err := p.touch(f); err != nil {
		return err
	}
	if f.waiting() || f.place == f.at.String() {
		return nil
	}
	return f.move(ctx, in, f.at)
}

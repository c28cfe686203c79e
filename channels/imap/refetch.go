package imap

import (
	"context"
	"fmt"
	"time"

	"github.com/emersion/go-imap/v2"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// maxWhole bounds the mail that is fetched whole by order, although it is
// larger than max_message_bytes.
const maxWhole = 256 << 20

// Refetch asks all folders once more for what an order wants of the mail below
// the cursors: first the keys, then the headers of what has none, then the
// bodies. See channels.Refetcher.
func (p *Poller) Refetch(ctx context.Context, in channels.Session, o channels.Order) error {
	if err := p.connect(ctx); err != nil {
		return err
	}
	defer p.conn.watch(ctx)()
	if o.Whole() {
		usual := p.conn.most
		p.conn.most = max(usual, maxWhole)
		defer func() { p.conn.most = usual }()
	}
	for _, f := range p.folders {
		if err := p.refetch(ctx, in, o, f); err != nil {
			return err
		}
	}
	return nil
}

// refetch goes through one folder. The cursor stays where it is.
func (p *Poller) refetch(ctx context.Context, in channels.Session, o channels.Order, f *folder) error {
	if err := f.load(ctx, in); err != nil || f.at.validity == 0 {
		return err
	}
	defer f.forget()
	data, err := p.conn.enter(f.name, p.config.After == afterKeep)
	if err != nil {
		return err
	}
	if data.UIDValidity != f.at.validity {
		return ingest.AsTemporary(fmt.Errorf("folder %q: UIDVALIDITY changed since it was polled", f.name))
	}
	s, err := p.seek(ctx, o, f)
	if err != nil {
		return err
	}
	f.todo = s.uids
	for f.waiting() {
		if err := p.refetchBatch(ctx, in, o, f, s); err != nil {
			return err
		}
	}
	return p.leave(ctx, in, f)
}

// refetchBatch takes over the next messages that are wanted.
func (p *Poller) refetchBatch(ctx context.Context, in channels.Session, o channels.Order, f *folder, s *search) error {
	metas, err := p.next(f, p.window)
	if err != nil {
		return err
	}
	b := &batch{}
	for _, m := range metas {
		slot, err := p.chooseAgain(ctx, in, o, m, s.unheard[m.uid])
		if err != nil {
			return err
		}
		if slot != nil {
			b.slots = append(b.slots, slot)
		}
	}
	if len(b.slots) == 0 {
		return nil
	}
	release, err := in.Hold(ctx, b.size())
	if err != nil {
		return err
	}
	defer release()
	if err := p.readAgain(ctx, o, f, b); err != nil {
		return err
	}
	p.window = min(2*p.window, p.widest)
	return p.takeAgain(ctx, in, o, f, b)
}

// chooseAgain makes a slot of what is wanted; nil of what is not.
func (p *Poller) chooseAgain(ctx context.Context, in channels.Session, o channels.Order, m meta, unheard bool) (*slot, error) {
	if m.gone || unheard && (m.header == nil || p.leftOut(m, in.Since())) {
		return nil, nil
	}
	s := &slot{meta: m}
	if m.header != nil {
		head := p.readHeader(m.header).Message
		if unheard {
			if means, err := o.Means(ctx, head); err != nil || !means {
				return nil, err
			}
		}
		ban, err := in.Refuses(ctx, head)
		if err != nil {
			return nil, err
		}
		if ban != 0 {
			o.Leave(ingest.SkipRefused)
			return nil, nil
		}
	}
	switch {
	case o.Whole() && m.size > maxWhole:
		o.Leave(ingest.SkipTooLarge)
		return nil, nil
	case !o.Whole() && m.size > p.config.MaxMessageBytes:
		s.road = oversized
	}
	return s, nil
}

// leftOut reports whether `start` may have left the mail out: of one without a
// key nobody knows any longer whether it stood in the folder before.
func (p *Poller) leftOut(m meta, since time.Time) bool {
	switch {
	case p.config.Start == startAll || m.date.IsZero():
		return false
	case p.config.Start == startNew:
		return m.before(since)
	}
	return m.before(p.config.since)
}

// readAgain gets the bodies and reads them, after an earlier try that did not
// end each in a process of its own.
func (p *Poller) readAgain(ctx context.Context, o channels.Order, f *folder, b *batch) error {
	if err := p.fill(ctx, f, b.slots, func(*slot) {}); err != nil {
		return err
	}
	read := p.inside
	if o.Careful() {
		read = p.apart
	}
	for _, s := range b.slots {
		switch {
		case s.road == oversized:
			s.read = p.readHeader(s.raw)
		case s.came:
			s.take(read(ctx, s.raw))
		}
	}
	return ctx.Err()
}

// takeAgain hands over what came, and asks once more for what is larger than
// the list says.
func (p *Poller) takeAgain(ctx context.Context, in channels.Session, o channels.Order, f *folder, b *batch) error {
	var slots []*slot
	for _, s := range b.slots {
		switch {
		case s.over && s.road == toRead:
			f.todo = append([]imap.UID{s.uid}, f.todo...)
		case s.road == toRead || s.road == ready && !s.came:
			o.Leave(ingest.SkipFailed)
		case s.road != passed && o.Whole() && s.problem != "":
			o.Leave(ingest.SkipFailed) // its header tells more than that
		case s.road != passed:
			s.arrival = p.pack(f, s, in.Since())
			slots = append(slots, s)
		}
	}
	err := p.handOver(ctx, o, f, slots)
	if ingest.Invalid(err) {
		err = p.handOverEach(ctx, o, f, slots)
	}
	if err != nil {
		return err
	}
	return p.touch(f)
}

// handOver stores messages; what is to be done at the server is noted in the
// cursor with them.
func (p *Poller) handOver(ctx context.Context, o channels.Order, f *folder, slots []*slot) error {
	if len(slots) == 0 {
		return nil
	}
	next := f.at
	next.due = append(imap.UIDSet(nil), f.at.due...)
	var arrivals []ingest.Arrival
	for _, s := range slots {
		arrivals = append(arrivals, *s.arrival)
		if p.config.After != afterKeep && s.touchable() {
			next.due.AddNum(s.uid)
		}
	}
	err := o.Take(ctx, ingest.Batch{Arrivals: arrivals, Move: &ingest.Move{
		Mailbox: f.name, From: f.place, To: next.String(), Era: int64(f.at.validity),
	}})
	if err == nil {
		f.at, f.place = next, next.String()
	}
	return err
}

// handOverEach stores each message alone, and of what the store refuses even
// then only the bytes.
func (p *Poller) handOverEach(ctx context.Context, o channels.Order, f *folder, slots []*slot) error {
	for _, s := range slots {
		err := p.handOver(ctx, o, f, []*slot{s})
		if ingest.Invalid(err) {
			s.reject()
			err = p.handOver(ctx, o, f, []*slot{s})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

var _ channels.Refetcher = (*Poller)(nil)

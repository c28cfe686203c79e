package mailapi

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"gatehouse/channels"
	"gatehouse/channels/mime"
	"gatehouse/ingest"
)

// A slot is the place of one message on its way to the store.
type slot struct {
	item    Item
	head    Head
	road    road
	rule    int64  // the ban that refuses it
	raw     []byte // the mail, or its header
	message ingest.Message
	prints  []ingest.Print
	problem ingest.Reason
	note    string
	failed  error // why the API does not give it
	missed  bool  // a comparison of the mailbox with the books found it
	arrival *ingest.Arrival
}

// road is how a message is taken over.
type road int

const (
	toRead    road = iota // its body is still to come
	ready                 // it came, or it never will
	passed                // gone, or left out: nothing is stored
	banned                // refused by its header: no body is asked for
	oversized             // its header only
)

// giveUp makes the message a dead one, with what is known of it.
func (s *slot) giveUp(problem ingest.Reason, note string) {
	s.road, s.problem, s.note, s.raw = ready, problem, note, s.head.Header
}

// each does something for all slots, some at a time. What fails for one alone
// is noted there; an error means that nothing more can be asked.
func each(ctx context.Context, slots []*slot, do func(context.Context, *slot) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(workers)
	for _, s := range slots {
		group.Go(func() error { return s.took(ctx, do(ctx, s)) })
	}
	return group.Wait()
}

// took tells what is wrong with a message from what is wrong with more.
func (s *slot) took(ctx context.Context, err error) error {
	r := Refused(err)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrGone):
		s.road = passed
		return nil
	case ctx.Err() != nil, channels.ReauthNeeded(err), r != nil && (r.Quota() || r.Status == 401 || r.Status == 403):
		return err
	}
	s.failed = err
	return nil
}

// choose asks for the heads and decides how each message is taken over.
func (p *Poller) choose(ctx context.Context, in channels.Session, f *folder, items []Item) ([]*slot, error) {
	slots := make([]*slot, len(items))
	for i, it := range items {
		slots[i] = &slot{item: it}
	}
	err := each(ctx, slots, func(ctx context.Context, s *slot) (err error) {
		s.head, err = p.source.Head(ctx, s.item.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	// An API's list may tell no dates: whoever wrote first is decided first.
	slices.SortStableFunc(slots, func(a, b *slot) int { return a.head.At.Compare(b.head.At) })
	for _, s := range slots {
		if err := p.decide(ctx, in, f, s); err != nil {
			return nil, err
		}
	}
	return slots, nil
}

func (p *Poller) decide(ctx context.Context, in channels.Session, f *folder, s *slot) error {
	switch {
	case s.road == passed:
		return nil
	case f.notes[s.item.ID] >= maxRefused:
		s.failed = nil
		s.giveUp(ingest.ReasonUnreadable, fmt.Sprintf("the API did not give it %d times, while it gave others", maxRefused))
		return nil
	case s.failed != nil:
		return nil
	case s.head.Pass || p.unwanted(s.item, s.head.At, in.Since()):
		s.road = passed
		return nil
	case s.head.Size > p.options.MaxMessageBytes:
		s.road = oversized
	}
	if s.head.Header == nil || in.Careful() {
		return nil
	}
	rule, err := in.Refuses(ctx, p.readHeader(s))
	if rule != 0 {
		s.rule, s.road = rule, banned
	}
	return err
}

// readHeader reads what a header alone tells.
func (p *Poller) readHeader(s *slot) ingest.Message {
	s.message, s.prints = mime.ReadHeader(s.head.Header, mime.Options{}).Message(), nil
	p.options.Senders.TellByHeader(s.head.Header, &s.message)
	if print, ok := mime.HeaderPrint(s.head.Header); ok {
		s.prints = []ingest.Print{print}
	}
	return s.message
}

// firstRoom is where a body of unknown size has room.
const firstRoom = 1 << 20

// room is how many octets a body may have at first: an API counts those of its
// own form of the mail, in which attachments are not encoded.
func (p *Poller) room(s *slot) int64 {
	n := int64(firstRoom)
	if s.head.Size > 0 {
		n = 2*s.head.Size + 64<<10
	}
	return min(n, p.options.MaxMessageBytes)
}

// body reads a mail. What it has beyond its room is not counted against the
// budget: who holds memory and waits for more may wait for ever.
func (p *Poller) body(ctx context.Context, s *slot) (err error) {
	s.raw, err = p.source.Whole(ctx, s.item.ID, p.room(s))
	if errors.Is(err, ErrLarge) && p.room(s) < p.options.MaxMessageBytes {
		s.raw, err = p.source.Whole(ctx, s.item.ID, p.options.MaxMessageBytes)
	}
	if errors.Is(err, ErrLarge) {
		s.road, err = oversized, nil
	}
	if err != nil || s.road == oversized {
		return err
	}
	s.road = ready
	return nil
}

// parse makes a message of what came. A panic over one mail is that mail's
// problem.
func (p *Poller) parse(ctx context.Context, s *slot) {
	defer func() {
		if v := recover(); v != nil {
			s.problem, s.note = ingest.ReasonUnreadable, fmt.Sprintf("the reader panicked: %T", v) // the value may quote the mail
		}
	}()
	m, err := mime.TryRead(s.raw, mime.Options{})
	if err != nil {
		s.problem, s.note = ingest.ReasonUnreadable, err.Error()
		return
	}
	s.message, s.prints = m.Message(), mime.Prints(s.raw)
	p.options.Senders.Tell(ctx, s.raw, &s.message)
}

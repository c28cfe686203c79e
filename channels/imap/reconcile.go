package imap

import (
	"context"
	"fmt"
	"slices"

	"github.com/emersion/go-imap/v2"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// Reconcile compares each folder with what became of its mail. See
// channels.Reconciler.
func (p *Poller) Reconcile(ctx context.Context, in channels.Session, books channels.Books) ([]ingest.FolderBooks, error) {
	if err := p.connect(ctx); err != nil {
		return nil, err
	}
	defer p.conn.watch(ctx)()
	var list []ingest.FolderBooks
	for _, f := range p.folders {
		b := ingest.FolderBooks{Folder: f.name, Gaps: []ingest.Gap{}}
		err := p.reconcile(ctx, in, books, f, &b)
		if no := refusal(err); no != nil {
			b.Says = no.Error()
		} else if err != nil {
			return list, err
		}
		list = append(list, b)
	}
	return list, nil
}

func (p *Poller) reconcile(ctx context.Context, in channels.Session, books channels.Books, f *folder, b *ingest.FolderBooks) error {
	if err := f.load(ctx, in); err != nil {
		return err
	}
	defer f.forget()
	data, err := p.conn.enter(f.name, p.config.After == afterKeep)
	if err != nil {
		return err
	}
	b.Validity = data.UIDValidity
	if data.UIDValidity != f.at.validity {
		b.Says = "UIDVALIDITY has changed, or it was never polled: what it has is still to be looked through"
		return nil
	}
	unknown, err := p.bookAll(ctx, books, f, b)
	if err != nil {
		return err
	}
	f.todo = unknown
	for f.waiting() {
		if err := p.mendBatch(ctx, in, books, f, b); err != nil {
			return err
		}
	}
	return p.leave(ctx, in, f)
}

// bookAll counts the folder's mails by their states and returns those that
// nobody knows of.
func (p *Poller) bookAll(ctx context.Context, books channels.Books, f *folder, b *ingest.FolderBooks) (unknown []imap.UID, err error) {
	for from := imap.UID(0); ; {
		all := imap.UIDSet{{Start: from + 1, Stop: 0}}
		uids, err := p.conn.search(&imap.SearchCriteria{UID: []imap.UIDSet{all}}, from, maxTodo)
		if err != nil {
			return nil, err
		}
		b.OnServer += len(uids)
		last := len(uids)
		if i := slices.IndexFunc(uids, func(uid imap.UID) bool { return uid > f.at.last }); i >= 0 {
			b.Waiting += len(uids) - i
			last = i
		}
		for part := range slices.Chunk(uids[:last], asked) {
			states, err := books.States(ctx, keysOf(f, part))
			if err != nil {
				return nil, err
			}
			for i, s := range states {
				if b.Count(s); s == "" {
					unknown = append(unknown, part[i])
				}
			}
		}
		if len(uids) < maxTodo {
			return unknown, nil
		}
		from = uids[len(uids)-1]
	}
}

// mendBatch looks at the next mails that nobody knows of and takes those that
// should have been taken.
func (p *Poller) mendBatch(ctx context.Context, in channels.Session, books channels.Books, f *folder, b *ingest.FolderBooks) error {
	metas, err := p.next(f, p.window)
	if err != nil {
		return err
	}
	missed := &batch{}
	for _, m := range metas {
		s, err := p.bookUnknown(ctx, in, books, f, m, b)
		if err != nil {
			return err
		}
		if s != nil {
			missed.slots = append(missed.slots, s)
		}
	}
	if len(missed.slots) == 0 {
		return nil
	}
	if missed.release, err = in.Hold(ctx, missed.size()); err != nil {
		return err
	}
	defer missed.release()
	if err := p.fill(ctx, f, missed.slots, func(*slot) {}); err != nil {
		return err
	}
	p.window = min(2*p.window, p.widest)
	return p.mend(ctx, in, books, f, missed, b)
}

// bookUnknown tells why nobody knows of a mail; what should have been taken it
// returns.
func (p *Poller) bookUnknown(ctx context.Context, in channels.Session, books channels.Books, f *folder, m meta, b *ingest.FolderBooks) (*slot, error) {
	switch {
	case m.gone:
		b.OnServer--
		return nil, nil
	case p.unwanted(f, m, in.Since()):
		b.LeftOut++
		return nil, nil
	}
	s := &slot{meta: m}
	if m.header != nil {
		head := p.readHeader(m.header).Message
		ban, err := in.Refuses(ctx, head)
		if err != nil {
			return nil, err
		}
		refused := ban != 0
		if !refused {
			if refused, err = books.Uncounted(ctx, head); err != nil {
				return nil, err
			}
		}
		if refused {
			b.Refused++
			return nil, nil
		}
	}
	if m.size > p.config.MaxMessageBytes {
		s.road = oversized
	}
	return s, nil
}

// mend stores what was missed, each mail in a transaction of its own.
func (p *Poller) mend(ctx context.Context, in channels.Session, books channels.Books, f *folder, missed *batch, b *ingest.FolderBooks) error {
	for _, s := range missed.slots {
		switch {
		case s.road == passed: // gone meanwhile
			b.OnServer--
			continue
		case s.road == oversized:
			s.read = p.readHeader(s.raw)
		case s.came && !s.over:
			s.take(p.inside(ctx, s.raw))
		default:
			b.Gap(uint32(s.uid), false, notGiven(s))
			continue
		}
		s.arrival = p.pack(f, s, in.Since())
		s.arrival.Message.Recovered = true
		err := p.mendOne(ctx, in, f, s)
		if ingest.Invalid(err) {
			s.reject()
			err = p.mendOne(ctx, in, f, s)
		}
		says := ""
		if err == nil {
			says, err = channels.Mended(ctx, books, key(f, s.uid))
		}
		if err != nil {
			return err
		}
		b.Gap(uint32(s.uid), says == "", says)
	}
	return ctx.Err()
}

func notGiven(s *slot) string {
	if s.refused != nil {
		return fmt.Sprintf("the server does not give it: %v", s.refused)
	}
	return "the server does not give it whole"
}

// mendOne stores a mail and leaves the cursor where it is.
func (p *Poller) mendOne(ctx context.Context, in channels.Session, f *folder, s *slot) error {
	_, err := in.Receive(ctx, ingest.Batch{Arrivals: []ingest.Arrival{*s.arrival}, Move: &ingest.Move{
		Mailbox: f.name, From: f.place, To: f.place, Era: int64(f.at.validity),
	}})
	return err
}

var _ channels.Reconciler = (*Poller)(nil)

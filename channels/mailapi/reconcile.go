package mailapi

import (
	"context"
	"errors"
	"slices"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// Reconcile compares each folder with what became of its mail. See
// channels.Reconciler.
func (p *Poller) Reconcile(ctx context.Context, in channels.Session, books channels.Books) ([]ingest.FolderBooks, error) {
	var list []ingest.FolderBooks
	for _, f := range p.folders {
		b := ingest.FolderBooks{Folder: f.name, Gaps: []ingest.Gap{}}
		err := p.reconcile(ctx, in, books, f, &b)
		if Refused(err) != nil && !p.busy(err) && !channels.ReauthNeeded(err) {
			b.Says = err.Error()
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
	if f.at.Place == "" {
		b.Says = "it is still to be looked through"
		return nil
	}
	all, err := p.source.All(ctx, f.name, p.options.wanted(in.Since()))
	if err != nil {
		return err
	}
	unknown, err := p.bookAll(ctx, in, books, all, b)
	if err != nil || len(unknown) == 0 {
		return err
	}
	if unknown, err = p.bookWaiting(ctx, in, f, unknown, b); err != nil {
		return err
	}
	for part := range slices.Chunk(unknown, maxBatch) {
		slots, err := p.choose(ctx, in, f, part)
		if err != nil {
			return err
		}
		for _, s := range slots {
			if err := p.bookUnknown(ctx, in, books, f, s, b); err != nil {
				return err
			}
		}
	}
	return nil
}

// bookAll counts the folder's mails by their states and returns those that
// nobody knows of.
func (p *Poller) bookAll(ctx context.Context, in channels.Session, books channels.Books, all []Item, b *ingest.FolderBooks) (unknown []Item, err error) {
	for part := range slices.Chunk(all, asked) {
		states, err := books.States(ctx, p.keys(part))
		if err != nil {
			return nil, err
		}
		for i, s := range states {
			b.OnServer++
			switch b.Count(s); {
			case s != "":
			case p.unwanted(part[i], part[i].At, in.Since()):
				b.LeftOut++
			default:
				unknown = append(unknown, part[i])
			}
		}
	}
	return unknown, nil
}

// bookWaiting counts those which the next poll would find, and returns the
// others.
func (p *Poller) bookWaiting(ctx context.Context, in channels.Session, f *folder, unknown []Item, b *ingest.FolderBooks) ([]Item, error) {
	coming := map[string]bool{}
	for place, more := f.at.Place, true; more; {
		page, err := p.source.Page(ctx, f.name, place, p.options.wanted(in.Since()))
		if errors.Is(err, ErrReset) {
			b.Waiting += len(unknown)
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		for _, it := range page.Items {
			coming[it.ID] = true
		}
		place, more = page.Next, page.More
	}
	return slices.DeleteFunc(unknown, func(it Item) bool {
		if coming[it.ID] {
			b.Waiting++
		}
		return coming[it.ID]
	}), nil
}

// bookUnknown tells why nobody knows of a mail, and takes it if it should have
// been taken.
func (p *Poller) bookUnknown(ctx context.Context, in channels.Session, books channels.Books, f *folder, s *slot, b *ingest.FolderBooks) error {
	switch {
	case s.failed != nil:
		b.GapOf(s.item.ID, false, s.failed.Error())
		return nil
	case s.road == passed && s.head.At.IsZero(): // gone meanwhile
		b.OnServer--
		return nil
	case s.road == passed:
		b.LeftOut++
		return nil
	case s.road == banned:
		b.Refused++
		return nil
	}
	if s.head.Header != nil {
		uncounted, err := books.Uncounted(ctx, p.readHeader(s))
		if err != nil {
			return err
		}
		if uncounted {
			b.Refused++
			return nil
		}
	}
	r := &round{}
	s.missed = true
	if err := p.takeAll(ctx, in, f, []*slot{s}, r); err != nil {
		return err
	}
	switch {
	case len(r.failed) > 0:
		b.GapOf(s.item.ID, false, s.failed.Error())
	case s.road == passed:
		b.OnServer--
	default:
		says, err := channels.Mended(ctx, books, p.keys([]Item{s.item})[0])
		if err != nil {
			return err
		}
		b.GapOf(s.item.ID, says == "", says)
	}
	return nil
}

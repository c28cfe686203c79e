package mailapi

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// asked is how many keys the store is asked about at a time.
const asked = 500

// pass takes over what is new in a folder. The place moves behind a page once
// all of it is stored.
func (p *Poller) pass(ctx context.Context, in channels.Session, f *folder) error {
	if err := f.load(ctx, in); err != nil {
		return err
	}
	if err := p.touch(ctx, in, f); err != nil {
		return err
	}
	for {
		page, err := p.source.Page(ctx, f.name, f.at.Place, p.options.wanted(in.Since()))
		if errors.Is(err, ErrReset) && f.at.Place != "" {
			if err := p.reset(ctx, in, f); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		if whole, err := p.takePage(ctx, in, f, page.Items); err != nil || !whole {
			return err
		}
		next := f.at
		next.Place = page.Next
		if err := f.move(ctx, in, next); err != nil || !page.More {
			return err
		}
	}
}

// reset begins a folder afresh: the store knows by their ids what came before.
func (p *Poller) reset(ctx context.Context, in channels.Session, f *folder) error {
	p.host.Log.Warn("the record of changes is too old: all of the folder is compared with what is known", "channel", p.host.Channel, "folder", f.name)
	next := f.at
	next.Place = ""
	return f.move(ctx, in, next)
}

// move sets the cursor without storing a message.
func (f *folder) move(ctx context.Context, in channels.Session, next cursor) error {
	text := next.String()
	if text == f.text {
		return nil
	}
	if _, err := in.Receive(ctx, ingest.Batch{Move: &ingest.Move{Mailbox: f.name, From: f.text, To: text}}); err != nil {
		return err
	}
	f.at, f.text = next, text
	return nil
}

// takePage stores what of a page is new. It reports whether all of it is.
func (p *Poller) takePage(ctx context.Context, in channels.Session, f *folder, items []Item) (bool, error) {
	news, err := p.sift(ctx, in, items)
	if err != nil {
		return false, err
	}
	r := &round{}
	for len(news) > 0 {
		n := min(len(news), maxBatch)
		if p.goCarefully(in) {
			n = 1
		}
		slots, err := p.choose(ctx, in, f, news[:n])
		if err != nil {
			return false, err
		}
		if err := p.takeAll(ctx, in, f, slots, r); err != nil {
			return false, err
		}
		news = news[n:]
	}
	return p.judge(f, r)
}

// goCarefully reports whether the next message is to be taken alone, because
// whoever polled before died at work.
func (p *Poller) goCarefully(in channels.Session) bool {
	if !in.Careful() || p.careful >= 2*maxBatch {
		return false
	}
	p.careful++
	return true
}

// sift leaves of a page what nobody knows and `start` takes, the oldest first.
func (p *Poller) sift(ctx context.Context, in channels.Session, items []Item) ([]Item, error) {
	seen := map[string]bool{}
	wanted := slices.DeleteFunc(slices.Clone(items), func(it Item) bool {
		twice := seen[it.ID]
		seen[it.ID] = true
		return twice || p.unwanted(it, it.At, in.Since())
	})
	var news []Item
	for part := range slices.Chunk(wanted, asked) {
		known, err := in.Known(ctx, p.keys(part))
		if err != nil {
			return nil, err
		}
		for i, it := range part {
			if !known[i] {
				news = append(news, it)
			}
		}
	}
	slices.SortStableFunc(news, func(a, b Item) int { return a.At.Compare(b.At) })
	return news, nil
}

// A round is what became of a page so far.
type round struct {
	given  int     // messages that the API gave
	failed []*slot // and those that it did not
}

// judge gives up on nobody at once: what the API did not give is asked for
// again with the next round. That harms nobody else, if the API answers at all.
func (p *Poller) judge(f *folder, r *round) (whole bool, err error) {
	if len(r.failed) == 0 {
		return true, nil
	}
	answers := r.given > 0
	for _, s := range r.failed {
		answers = answers || !s.head.At.IsZero()
		if r.given > 0 {
			f.notes[s.item.ID]++
		}
	}
	first := r.failed[0].failed
	if !answers {
		return false, first
	}
	f.trouble = fmt.Errorf("%d messages are not given, and are asked for again: %w", len(r.failed), first)
	return false, nil
}

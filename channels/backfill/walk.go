package backfill

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// maxPages ends a list without end.
const maxPages = 20_000

// eachPage follows the pages of a window to their end and gives the messages of
// each that came in and are this channel's; size is a page's octets.
func (p *Poller) eachPage(ctx context.Context, w channels.Window, each func(rows []channels.Row, size int64) error) error {
	calls, asked := []step{{Call: p.list.First(w)}}, map[ingest.Hash]bool{}
	for range maxPages {
		call := calls[0]
		if asked[nameOf(call.Call)] && !p.list.Once {
			return errors.New("list messages: the pages go round in circles")
		}
		asked[nameOf(call.Call)] = true
		page, size, err := p.page(ctx, w, call)
		if err != nil {
			return fmt.Errorf("list messages: %w", err)
		}
		if err := each(p.sift(w, page.Rows), size); err != nil {
			return err
		}
		if calls = append(p.following(w, call, page), calls[1:]...); len(calls) == 0 {
			return nil
		}
	}
	return fmt.Errorf("list messages: no end after %d pages", maxPages)
}

// step is a call on the way through lists.
type step struct {
	channels.Call
	beside bool // of a list that a page named, which may be gone
}

// page asks for a page of size octets. One that is gone is empty.
func (p *Poller) page(ctx context.Context, w channels.Window, call step) (page channels.Page, size int64, err error) {
	call.Window = w
	body, err := p.api.ask(ctx, call.Call)
	if call.beside && errors.Is(err, ingest.ErrNotFound) {
		return page, 0, nil
	}
	if err == nil {
		page, err = p.list.Page(call.Call, body)
	}
	return page, int64(len(body)), err
}

// following are the calls that a page leads to: first into the lists that it
// names, then to the next page.
func (p *Poller) following(w channels.Window, call step, page channels.Page) (calls []step) {
	for _, also := range page.Also {
		calls = append(calls, step{also, true})
	}
	if page.Next != nil && !(p.list.Endless && passed(w, page.Rows)) {
		calls = append(calls, step{*page.Next, call.beside})
	}
	return calls
}

// order puts what was found in the order of its receipt, as far as is known.
func (p *Poller) order(found []ingest.Arrival) {
	switch {
	case p.list.Mixed:
		slices.SortStableFunc(found, func(a, b ingest.Arrival) int { return sentAt(a).Compare(sentAt(b)) })
	case p.list.NewestFirst:
		slices.Reverse(found)
	}
}

// sentAt is when a message was sent by its own word, zero if it does not say.
func sentAt(a ingest.Arrival) (at time.Time) {
	if a.Message.SentAt != nil {
		at = *a.Message.SentAt
	}
	return at
}

// nameOf tells a call from others.
func nameOf(c channels.Call) ingest.Hash {
	return sha256.Sum256([]byte(c.Method + " " + c.To + "?" + c.Query.Encode() + "\n" + string(c.Body)))
}

// passed reports that all rows of a page are older than the window.
func passed(w channels.Window, rows []channels.Row) bool {
	return !slices.ContainsFunc(rows, func(r channels.Row) bool { return r.At.IsZero() || !r.At.Before(w.From) })
}

// sift leaves out what is none of the channel's messages in the window. What
// cannot be told is kept, and all that the list will not give again.
func (p *Poller) sift(w channels.Window, rows []channels.Row) []channels.Row {
	return slices.DeleteFunc(slices.Clone(rows), func(r channels.Row) bool {
		return r.Sent || !p.list.Once && !(w.Holds(r.At) && p.ours(r.To))
	})
}

// ours reports whether a number is one of the channel's, however it is written:
// an API does not write them as its webhook does.
func (p *Poller) ours(to string) bool {
	same := func(number string) bool { return bare(number) == bare(to) }
	return to == "" || len(p.list.Numbers) == 0 || slices.ContainsFunc(p.list.Numbers, same)
}

// bare is a number without what it may be written with.
func bare(number string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if strings.ContainsRune("+ -().", r) {
			return -1
		}
		return r
	}, number))
}

// whole asks for what the list does not say of a row; size is the answer's octets.
func (p *Poller) whole(ctx context.Context, r channels.Row) (full channels.Row, size int64, err error) {
	if p.list.More == nil {
		return r, 0, nil
	}
	call := p.list.More(r)
	if call == nil {
		return r, 0, nil
	}
	body, err := p.api.ask(ctx, *call)
	if errors.Is(err, ingest.ErrNotFound) {
		return r, 0, nil // gone since: what the list says is all there is
	}
	if err == nil {
		full, err = p.list.Fill(r, body)
	}
	if err != nil {
		err = fmt.Errorf("read a message: %w", err)
	}
	return full, int64(len(body)), err
}

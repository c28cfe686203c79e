package backfill

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// maxPages ends a list without end.
const maxPages = 20_000

// eachPage follows the pages of a window to their end and gives the messages of
// each that came in and are this channel's; size is a page's octets.
func (p *Poller) eachPage(ctx context.Context, w channels.Window, each func(rows []channels.Row, size int64) error) error {
	call, asked := p.list.First(w), map[ingest.Hash]bool{}
	for range maxPages {
		if asked[nameOf(call)] && !p.list.Once {
			return errors.New("list messages: the pages go round in circles")
		}
		asked[nameOf(call)] = true
		body, err := p.api.ask(ctx, call)
		if err != nil {
			return fmt.Errorf("list messages: %w", err)
		}
		page, err := p.list.Page(call, body)
		if err != nil {
			return fmt.Errorf("list messages: %w", err)
		}
		if err := each(p.sift(w, page.Rows), int64(len(body))); err != nil {
			return err
		}
		if page.Next == nil || p.list.Endless && passed(w, page.Rows) {
			return nil
		}
		call = *page.Next
	}
	return fmt.Errorf("list messages: no end after %d pages", maxPages)
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

package backfill

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"gatehouse/channels"
)

const (
	// usuallyLate is for how long a provider may be behind with its list, if its
	// adapter does not know better.
	usuallyLate = time.Hour
	// usuallyPatient is for how long a pause is waited for that an API asks for.
	usuallyPatient = 30 * time.Second
	// firstLook is how far back the first look goes if nobody knows since when the
	// channel is in use.
	firstLook = 24 * time.Hour
	// passOver is how often a poller that asks for nothing says that it is well.
	passOver = 30 * time.Second
	maxBatch = 200
	// maxGathered bounds the rows in memory: beyond it they are stored before the
	// older ones are known.
	maxGathered = 10_000
)

// Poller asks a provider's list for what the webhook missed.
type Poller struct {
	list channels.List
	api  *api
	host channels.Host
}

// New makes the poller of a list, which is never asked by itself if the channel
// has no backfill. It does not connect.
func New(list channels.List, host channels.Host) (*Poller, error) {
	if err := list.CheckList(); err != nil {
		return nil, err
	}
	if list.Backfill > 0 && len(list.Credentials) == 0 {
		return nil, errors.New("backfill: the settings have no credentials of the API")
	}
	if list.Once {
		list.Longest, list.Keeps = 0, 0
	}
	list.Late, list.Patience = cmp.Or(list.Late, usuallyLate), cmp.Or(list.Patience, usuallyPatient)
	a, err := newAPI(list, host.Now)
	if err != nil {
		return nil, err
	}
	return &Poller{list: list, api: a, host: host}, nil
}

// Poll stores what the webhook missed. See channels.Poller.
func (p *Poller) Poll(ctx context.Context, in channels.Session) error {
	if p.list.Backfill == 0 {
		return nil
	}
	for _, number := range p.numbers() {
		if err := p.look(ctx, in, number); err != nil {
			return err
		}
	}
	return nil
}

// numbers are those that the list is asked for; "" is any.
func (p *Poller) numbers() []string {
	if !p.list.Numbered || len(p.list.Numbers) == 0 {
		return []string{""}
	}
	return p.list.Numbers
}

// look reads the list of one number from its cursor on, window by window.
func (p *Poller) look(ctx context.Context, in channels.Session, number string) error {
	at, err := in.Cursor(ctx, number)
	if err != nil {
		return err
	}
	began := p.now()
	from, err := p.from(at, in.Since())
	if err != nil {
		return err
	}
	for _, w := range windows(p.kept(from, at != ""), time.Time{}, began, p.list.Longest) {
		w.Number = number
		g := p.gather(in, w, began, at)
		if err := g.read(ctx); err != nil {
			return err
		}
		if at, err = g.end(ctx, p.complete(w, began)); err != nil {
			return err
		}
	}
	return nil
}

func (p *Poller) now() time.Time { return p.host.Now().UTC().Truncate(time.Second) }

// from is the moment from which on nothing is known to be complete.
func (p *Poller) from(cursor string, since time.Time) (time.Time, error) {
	switch {
	case cursor == "" && since.IsZero():
		return p.now().Add(-firstLook), nil
	case cursor == "":
		return since.UTC(), nil
	}
	from, err := time.Parse(time.RFC3339, cursor)
	if err != nil {
		return from, fmt.Errorf("cursor: %w", err)
	}
	return from, nil
}

// kept is from, or the oldest moment that the provider still lists.
func (p *Poller) kept(from time.Time, proven bool) time.Time {
	oldest := p.now().Add(-p.list.Keeps)
	if p.list.Keeps == 0 || !from.Before(oldest) {
		return from
	}
	if proven {
		p.host.Log.Warn("the provider does not list what is so old", "channel", p.host.Channel, "from", from, "to", oldest)
	}
	return oldest
}

// complete is up to when a window that was read whole proves that nothing is
// missing: the list may be late.
func (p *Poller) complete(w channels.Window, began time.Time) string {
	upto := began.Add(-p.list.Late)
	if !w.Until.IsZero() && w.Until.Before(upto) {
		upto = w.Until
	}
	if upto.Before(w.From) {
		upto = w.From
	}
	return upto.Format(time.RFC3339)
}

// windows are those of at most so long that lie between two moments, the oldest
// first; a zero until is now, and then the last has no end.
func windows(from, until, now time.Time, longest time.Duration) (all []channels.Window) {
	end := until
	if end.IsZero() {
		end = now
	}
	for longest > 0 && end.Sub(from) > longest {
		all = append(all, channels.Window{From: from, Until: from.Add(longest)})
		from = from.Add(longest)
	}
	return append(all, channels.Window{From: from, Until: until})
}

// Wait returns when it is time to look again. A list that is asked by hand only is
// passed over now and then, else its channel would show as late.
func (p *Poller) Wait(ctx context.Context) error {
	t := time.NewTimer(cmp.Or(p.list.Backfill, passOver))
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
	return nil
}

// Close drops idle connections.
func (p *Poller) Close() error {
	p.api.client.CloseIdleConnections()
	return nil
}

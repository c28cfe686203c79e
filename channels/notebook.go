package channels

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"gatehouse/ingest"
)

// The bounds of what is kept of refused requests, whatever strangers send: so
// many wait for each cause of a channel, and so many are told at once.
const (
	waitingRefusals = 3
	toldRefusals    = 8
	tellEvery       = 2 * time.Second
	// usedEvery is how often it is told that a secret is in use.
	usedEvery = time.Minute
	// countsKept bounds what waits while the store is away.
	countsKept = time.Hour
)

// Notebook is what a process notes of the requests to its hooks until it tells
// the store: how many were believed and refused, the last ones refused, and
// which secrets proved the others. A request costs a count in memory. A nil
// Notebook notes nothing.
type Notebook struct {
	Now func() time.Time

	mu    sync.Mutex
	pages map[string]*page // by channel
}

type page struct {
	counts   map[countKey]*ingest.HookCount
	refusals map[string][]ingest.HookRefusal // by cause, oldest first
	secrets  []noted
	changed  bool // the secrets have not been told
}

type countKey struct {
	minute int64
	cause  string
}

// noted is a secret with its use.
type noted struct {
	ingest.HookSecret
	secret     string
	used, told time.Time
}

// page of a channel; n.mu is held.
func (n *Notebook) page(channel string) *page {
	p := n.pages[channel]
	if p == nil {
		if n.pages == nil {
			n.pages = map[string]*page{}
		}
		p = &page{counts: map[countKey]*ingest.HookCount{}, refusals: map[string][]ingest.HookRefusal{}}
		n.pages[channel] = p
	}
	return p
}

// believed counts a request that was.
func (n *Notebook) believed(channel string) {
	if n == nil {
		return
	}
	now := n.Now()
	n.mu.Lock()
	defer n.mu.Unlock()
	n.page(channel).count(channel, "", now)
}

// refused keeps a request that was not.
func (n *Notebook) refused(channel string, r ingest.HookRefusal) {
	n.mu.Lock()
	defer n.mu.Unlock()
	p := n.page(channel)
	p.count(channel, r.Cause, r.At)
	p.keep(r)
}

func (p *page) count(channel, cause string, at time.Time) {
	minute := at.Truncate(time.Minute)
	p.add(ingest.HookCount{Channel: channel, Minute: minute, Cause: cause, N: 1, First: at, Last: at})
}

func (p *page) add(c ingest.HookCount) {
	key := countKey{c.Minute.Unix(), c.Cause}
	known := p.counts[key]
	if known == nil {
		first := c // c itself stays off the heap
		p.counts[key] = &first
		return
	}
	known.N += c.N
	if c.First.Before(known.First) {
		known.First = c.First
	}
	if c.Last.After(known.Last) {
		known.Last = c.Last
	}
}

func (p *page) keep(r ingest.HookRefusal) {
	list := append(p.refusals[r.Cause], r)
	p.refusals[r.Cause] = list[max(0, len(list)-waitingRefusals):]
}

// Secrets says which secrets the hook of a channel has.
func (n *Notebook) Secrets(channel string, secrets []NamedSecret) {
	n.mu.Lock()
	defer n.mu.Unlock()
	p := n.page(channel)
	p.secrets, p.changed = nil, true
	for _, s := range secrets {
		p.secrets = append(p.secrets, noted{HookSecret: s.public(), secret: s.secret})
	}
}

// Used is Host.Used of a channel.
func (n *Notebook) Used(channel string) func(secret string) {
	return func(secret string) {
		now := n.Now()
		n.mu.Lock()
		defer n.mu.Unlock()
		for i := range n.page(channel).secrets {
			if s := &n.pages[channel].secrets[i]; s.secret == secret {
				s.used = now
			}
		}
	}
}

// HookStore keeps what processes note.
type HookStore interface {
	NoteHooks(ctx context.Context, n ingest.HookNotes) error
}

// Run tells the store every so often until ctx ends, and once more then. failed
// is told of each error.
func (n *Notebook) Run(ctx context.Context, store HookStore, failed func(error)) {
	for sleep(ctx, tellEvery) {
		if err := n.Tell(ctx, store); err != nil && ctx.Err() == nil {
			failed(err)
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tellEvery)
	defer cancel()
	if err := n.Tell(ctx, store); err != nil {
		failed(err)
	}
}

// Tell tells the store what was noted since it was told last. If it does not
// listen, it will be told later.
func (n *Notebook) Tell(ctx context.Context, store HookStore) error {
	now := n.Now()
	notes := n.take(now)
	if notes.Empty() {
		return nil
	}
	err := store.NoteHooks(ctx, notes)
	if err != nil {
		n.putBack(notes, now)
	}
	return err
}

func (n *Notebook) take(now time.Time) ingest.HookNotes {
	notes := ingest.HookNotes{Refusals: map[string][]ingest.HookRefusal{}, Secrets: map[string][]ingest.HookSecret{}, Uses: map[string][]ingest.HookSecret{}}
	n.mu.Lock()
	defer n.mu.Unlock()
	for channel, p := range n.pages {
		for _, c := range p.counts {
			notes.Counts = append(notes.Counts, *c)
		}
		clear(p.counts)
		p.takeSecrets(channel, now, &notes)
	}
	n.takeRefusals(&notes)
	return notes
}

func (p *page) takeSecrets(channel string, now time.Time, notes *ingest.HookNotes) {
	if p.changed {
		p.changed, notes.Secrets[channel] = false, []ingest.HookSecret{}
	}
	for i := range p.secrets {
		s := &p.secrets[i]
		if list, all := notes.Secrets[channel]; all {
			notes.Secrets[channel] = append(list, s.HookSecret)
		}
		if s.used.After(s.told) && now.Sub(s.told) >= usedEvery {
			s.told = now
			use, at := s.HookSecret, s.used
			use.UsedAt = &at
			notes.Uses[channel] = append(notes.Uses[channel], use)
		}
	}
}

// takeRefusals takes as many as may be told at once, first the newest of each
// channel and cause. The others wait.
func (n *Notebook) takeRefusals(notes *ingest.HookNotes) {
	room := toldRefusals
	for range waitingRefusals {
		for channel, p := range n.pages {
			for cause, list := range p.refusals {
				if room == 0 {
					break
				}
				room--
				notes.Refusals[channel] = append(notes.Refusals[channel], list[len(list)-1])
				if p.refusals[cause] = list[:len(list)-1]; len(list) == 1 {
					delete(p.refusals, cause)
				}
			}
		}
	}
	for _, list := range notes.Refusals {
		slices.SortFunc(list, func(a, b ingest.HookRefusal) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Cause, b.Cause)) })
	}
}

// putBack keeps what the store did not take, but for what is old.
func (n *Notebook) putBack(notes ingest.HookNotes, now time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range notes.Counts {
		if now.Sub(c.Minute) < countsKept {
			n.page(c.Channel).add(c)
		}
	}
	for channel, list := range notes.Refusals {
		p := n.page(channel)
		for _, r := range list {
			if len(p.refusals[r.Cause]) < waitingRefusals {
				p.refusals[r.Cause] = slices.Insert(p.refusals[r.Cause], 0, r)
			}
		}
	}
	for channel := range notes.Secrets {
		n.page(channel).changed = true
	}
	for channel := range notes.Uses {
		for i := range n.page(channel).secrets {
			n.pages[channel].secrets[i].told = time.Time{}
		}
	}
}

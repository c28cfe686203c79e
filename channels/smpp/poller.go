package smpp

import (
	"context"
	"errors"
	"net"
	"slices"
	"time"

	"gatehouse/channels"
)

const (
	maxBatch   = 200              // messages of one commit
	mendEvery  = 30 * time.Second // between tries at a session that is missing beside others
	unbindWait = 2 * time.Second
)

// Poller keeps the channel's sessions, and stores what the centre delivers on
// them. What came while a commit was under way shares the next one.
type Poller struct {
	config *config
	host   channels.Host
	dialer func(ctx context.Context, network, address string) (net.Conn, error)

	looks  bool // it takes nothing
	inbox  *inbox
	links  []*link
	lacks  error     // why there are fewer than there should be
	tried  time.Time // to bind another, in vain
	doubts doubts
	place  string    // the doubts as they are stored
	known  bool      // …as far as this poller knows
	last   time.Time // of the youngest key
	rest   time.Duration
}

// New reads a channel's settings; it does not connect.
func New(settings channels.Settings, host channels.Host) (channels.Poller, error) {
	c, err := readConfig(settings)
	if err != nil {
		return nil, err
	}
	return &Poller{
		config: c, host: host, dialer: new(net.Dialer).DialContext, inbox: newInbox(c.Window),
	}, nil
}

// Poll binds where it has not, and stores and answers what has come.
func (p *Poller) Poll(ctx context.Context, in channels.Session) error {
	if !p.known {
		if err := p.recall(ctx, in); err != nil {
			return err
		}
	}
	if err := p.mend(ctx); err != nil {
		return err
	}
	most := maxBatch
	if in.Careful() {
		most = 1
	}
	for batch := p.inbox.take(most); len(batch) > 0; batch = p.inbox.take(most) {
		if err := p.store(ctx, in, batch); err != nil {
			return err
		}
	}
	if err := p.tidy(ctx, in); err != nil {
		return err
	}
	return channels.Partly(p.lacks)
}

// recall reads which messages may come again. What this poller knows is more
// exact than the place, as long as nobody else has moved that.
func (p *Poller) recall(ctx context.Context, in channels.Session) error {
	place, err := in.Cursor(ctx, "")
	if err != nil {
		return err
	}
	if place != p.place {
		p.doubts, p.place = readDoubts(place), place
	}
	p.known = true
	return nil
}

// mend binds what is not bound. The error: there is no session at all. Where
// one is missing beside others, lacks says why.
func (p *Poller) mend(ctx context.Context) error {
	lost := p.bury(ctx)
	if len(p.links) == 0 && lost != nil {
		return p.config.explain(lost)
	}
	for len(p.links) < p.config.Binds && (len(p.links) == 0 || time.Since(p.tried) >= mendEvery) {
		l, err := p.connect(ctx)
		switch {
		case err == nil:
			p.links = append(p.links, l)
			continue
		case len(p.links) == 0:
			return err
		}
		p.tried, lost = time.Now(), err
	}
	if lost != nil || len(p.links) == p.config.Binds {
		p.lacks = lost
	}
	return nil
}

// bury takes the sessions away that have ended, and says why they have.
func (p *Poller) bury(ctx context.Context) (why error) {
	p.links = slices.DeleteFunc(p.links, func(l *link) bool {
		if !l.dead() {
			return false
		}
		why = errors.Join(why, l.broken())
		l.close(ctx)
		return true
	})
	return why
}

// tidy drops the doubts about what the centre has shown to have read. Once
// none is left that a session may still settle, the place is written without
// them, lest a later process think of them as open.
func (p *Poller) tidy(ctx context.Context, in channels.Session) error {
	p.rest = p.config.EnquireEvery
	for _, l := range p.links {
		sure, wait := l.confirmed()
		p.doubts = p.doubts.answered(l, sure)
		if wait > 0 {
			p.rest = min(p.rest, wait)
		}
	}
	if p.lacks != nil {
		p.rest = min(p.rest, mendEvery)
	}
	p.doubts = p.doubts.since(p.host.Now().Add(-p.config.RedeliveredWithin))
	if p.doubts.String() == p.place || slices.ContainsFunc(p.doubts, func(d doubt) bool { return !d.open() }) {
		return nil
	}
	return p.receive(ctx, in, nil, p.doubts)
}

// Wait returns when something came, or there may be something to do. Its error
// is that of the last session: one that ends before it brought anything must not
// pass for a good one.
func (p *Poller) Wait(ctx context.Context) error {
	t := time.NewTimer(p.rest)
	defer t.Stop()
	select {
	case <-p.inbox.news:
	case <-t.C:
	case <-ctx.Done():
		return nil
	}
	var why error
	for _, l := range p.links {
		err := l.broken()
		if err == nil {
			return nil
		}
		why = errors.Join(why, err)
	}
	return p.config.explain(why)
}

// Close unbinds. What was not answered the centre delivers again.
func (p *Poller) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), unbindWait)
	defer cancel()
	for _, l := range p.links {
		l.close(ctx)
	}
	p.links, p.lacks, p.tried, p.known = nil, nil, time.Time{}, false
	p.inbox.clear()
	return nil
}

package imap

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/emersion/go-imap/v2"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// idleFor is how long one IDLE lasts at most: servers may end one after ten
// minutes, and routers forget quiet connections (RFC 2177 advises 29).
const idleFor = 9 * time.Minute

const (
	maxCuts     = 3  // connections in a row that may end in IDLE before
	withoutIdle = 60 // so many rounds go without it
	maxVain     = 3  // rounds in a row after news that was none, before one goes without
)

// Wait waits until the server says that the first folder has grown, at most
// poll_every: a server may forget to say, a connection may be dead in silence,
// and the other folders are looked at only by polling. The connection is given
// up when another mailbox waits for its turn.
func (p *Poller) Wait(ctx context.Context) error {
	until := time.Now().Add(p.config.PollEvery - rand.N(p.config.PollEvery/8)) // lest all mailboxes ask at once
	if p.conn != nil {
		heard, err := p.hear(ctx, until)
		if err != nil {
			p.survived(err)
		}
		if heard || err != nil {
			return p.config.explain(p.conn.because(err), "")
		}
	}
	pause(ctx, time.Until(until))
	return nil
}

// hear listens until there is news, time is over, or the connection is to be
// given up.
func (p *Poller) hear(ctx context.Context, until time.Time) (news bool, err error) {
	if p.more {
		return true, p.Close()
	}
	if p.found {
		p.vain = 0
	}
	defer p.conn.watch(ctx)()
	for left := time.Until(until); left > 0; left = time.Until(until) {
		h, err := p.listen(ctx, min(left, idleFor))
		switch {
		case ctx.Err() != nil:
			return true, nil
		case err != nil:
			return false, err
		case h == heardAnother:
			return false, p.Close()
		case h == heardMail:
			p.vain++
			return true, nil
		}
	}
	return true, nil
}

// heard is why listening ended.
type heard int

const (
	heardNothing heard = iota
	heardMail          // the folder has grown
	heardAnother       // somebody waits for the connection
)

// listen waits for news for a time, with IDLE if the server has it.
func (p *Poller) listen(ctx context.Context, d time.Duration) (heard, error) {
	f := p.listened()
	if !p.conn.caps.Has(imap.CapIdle) || p.noIdle > 0 || p.vain >= maxVain || f == nil {
		p.noIdle, p.vain = max(p.noIdle-1, 0), 0
		return p.rest(ctx, d), nil
	}
	if p.conn.selected != f.name {
		if _, err := p.conn.enter(f.name, p.config.After == afterKeep); err != nil {
			return heardNothing, err
		}
	}
	p.idled = true
	h, err := p.conn.idle(ctx, d, p.turn.Wanted())
	if refusal(err) != nil {
		p.noIdle, p.idled, err = withoutIdle, false, nil
	}
	return h, ingest.AsTemporary(err)
}

// survived notes whether the connection lived on after IDLE: where it never
// does, mail is better asked for.
func (p *Poller) survived(err error) {
	switch {
	case !p.idled:
	case err == nil || channels.InPart(err):
		p.cuts = 0
	default:
		if p.cuts++; p.cuts == maxCuts {
			p.noIdle, p.cuts = withoutIdle, 0
		}
	}
	p.idled = false
}

// listened is the folder that the server is to tell of: the first that lets us
// in; nil: none.
func (p *Poller) listened() *folder {
	for _, f := range p.folders {
		if f.trouble == nil || !f.shut {
			return f
		}
	}
	return nil
}

// rest waits without the server.
func (p *Poller) rest(ctx context.Context, d time.Duration) heard {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	case <-p.turn.Wanted():
		return heardAnother
	}
	return heardNothing
}

// idle runs one IDLE (RFC 2177) until there is news, d is over, somebody is in
// want of the connection or ctx ends.
func (c *conn) idle(ctx context.Context, d time.Duration, wanted <-chan struct{}) (h heard, err error) {
	c.wire.expect(0)
	defer c.wire.rest()
	cmd, err := c.client.Idle()
	if err != nil {
		return heardNothing, err
	}
	c.wire.rest()
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-c.news:
		h = heardMail
	case <-wanted:
		h = heardAnother
	case <-t.C:
	case <-c.client.Closed():
	case <-ctx.Done():
	}
	c.wire.expect(0)
	if err := cmd.Close(); err != nil {
		return h, err
	}
	return h, cmd.Wait()
}

// pause waits for d or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

package imap

import (
	"context"
	"time"

	"github.com/emersion/go-imap/v2"

	"gatehouse/ingest"
)

// idleFor is how long one IDLE lasts at most: servers may end one after ten
// minutes, and routers forget quiet connections (RFC 2177 advises 29).
const idleFor = 9 * time.Minute

// Wait waits until the server says that the first folder has grown, at most
// poll_every: a server may forget to say, a connection may be dead in silence,
// and the other folders are looked at only by polling.
func (p *Poller) Wait(ctx context.Context) error {
	if p.conn == nil {
		pause(ctx, p.config.PollEvery)
		return nil
	}
	defer p.conn.watch(ctx)()
	until := time.Now().Add(p.config.PollEvery)
	for left := p.config.PollEvery; left > 0; left = time.Until(until) {
		news, err := p.listen(ctx, min(left, idleFor))
		if ctx.Err() != nil {
			return nil
		}
		if news || err != nil {
			return err
		}
	}
	return nil
}

// listen waits for news for a time, with IDLE if the server has it.
func (p *Poller) listen(ctx context.Context, d time.Duration) (news bool, err error) {
	if !p.conn.caps.Has(imap.CapIdle) || p.noIdle {
		pause(ctx, d)
		return false, nil
	}
	if first := p.folders[0].name; p.conn.selected != first {
		if _, err := p.conn.enter(first, p.config.After == afterKeep); err != nil {
			return false, err
		}
	}
	news, err = p.conn.idle(ctx, d)
	if refusal(err) != nil {
		p.noIdle, err = true, nil
	}
	return news, ingest.AsTemporary(err)
}

// idle runs one IDLE (RFC 2177) until there is news, d is over or ctx ends.
func (c *conn) idle(ctx context.Context, d time.Duration) (news bool, err error) {
	c.wire.expect(0)
	defer c.wire.rest()
	cmd, err := c.client.Idle()
	if err != nil {
		return false, err
	}
	c.wire.rest()
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-c.news:
		news = true
	case <-t.C:
	case <-c.client.Closed():
	case <-ctx.Done():
	}
	c.wire.expect(0)
	if err := cmd.Close(); err != nil {
		return news, err
	}
	return news, cmd.Wait()
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

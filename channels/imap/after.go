package imap

import (
	"fmt"

	"github.com/emersion/go-imap/v2"

	"gatehouse/ingest"
)

// maxDue is how many messages wait at most for what `after` says, should the
// server refuse it for long; the oldest are left as they are.
const maxDue = 1000

// touch does what `after` says to the messages that were stored. A refusal
// leaves them for the next time and is told: it costs no message, and to do it twice does
// no harm.
func (p *Poller) touch(f *folder) error {
	if p.config.After == afterKeep || len(f.at.due) == 0 {
		return nil
	}
	err := p.conn.touch(f.at.due, &p.config)
	f.trouble, f.shut = nil, false
	if r := refusal(err); r != nil {
		f.at.due = youngest(f.at.due, maxDue)
		said := fmt.Errorf("the server does not do what after says (%s) in folder %q: %w", p.config.After, f.name, r)
		f.trouble = p.config.explain(said, p.config.moveTo)
		return nil
	}
	if err != nil {
		return ingest.AsTemporary(fmt.Errorf("after: %w", err))
	}
	f.at.due = nil
	return nil
}

// youngest returns the n highest UIDs of the set, or all of it.
func youngest(set imap.UIDSet, n int) imap.UIDSet {
	uids := expand(set, 0, maxTodo)
	return imap.UIDSetNum(uids[max(len(uids)-n, 0):]...)
}

func (c *conn) touch(uids imap.UIDSet, conf *config) error {
	c.wire.expect(0)
	defer c.wire.rest()
	switch conf.After {
	case afterSeen:
		return c.flag(uids, imap.FlagSeen)
	case afterDelete:
		return c.remove(uids)
	}
	if c.caps.Has(imap.CapMove) {
		_, err := c.client.Move(uids, conf.moveTo).Wait()
		return err
	}
	// The library would send all three at once: a COPY that fails must stop the rest.
	if _, err := c.client.Copy(uids, conf.moveTo).Wait(); err != nil {
		return err
	}
	return c.remove(uids)
}

func (c *conn) flag(uids imap.UIDSet, flag imap.Flag) error {
	change := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{flag}}
	return c.client.Store(uids, change, nil).Close()
}

// remove expunges these messages and no others (UID EXPUNGE, RFC 4315 §2.1).
func (c *conn) remove(uids imap.UIDSet) error {
	if err := c.flag(uids, imap.FlagDeleted); err != nil {
		return err
	}
	cmd := c.client.UIDExpunge(uids)
	for cmd.Next() != 0 {
		c.gone()
	}
	return cmd.Close()
}

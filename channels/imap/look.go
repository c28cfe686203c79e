package imap

import "gatehouse/channels"

var _ channels.Looker = (*Poller)(nil)

// LookOnly leaves the mailbox as it is, whatever `after` says; see
// channels.Looker.
func (p *Poller) LookOnly() { p.config.After = afterKeep }

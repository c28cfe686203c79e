package smpp

import (
	"context"
	"fmt"

	"gatehouse/channels"
)

var (
	_ channels.Checker = (*Poller)(nil)
	_ channels.Looker  = (*Poller)(nil)
)

// LookOnly leaves with the centre even what is no message; see channels.Looker.
func (p *Poller) LookOnly() { p.looks = true }

// Check binds and unbinds; see channels.Checker. What is delivered meanwhile is
// not answered, and comes again.
func (p *Poller) Check(ctx context.Context) (string, error) {
	l, err := p.connect(ctx)
	if err != nil {
		return "", err
	}
	p.links = []*link{l}
	return fmt.Sprintf("bound as %s to %s", p.config.Bind, l.conn.RemoteAddr()), p.Close()
}

package imap

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"

	"gatehouse/channels"
	"gatehouse/ingest"
)

var _ channels.Checker = (*Poller)(nil)

// Check signs in and looks at each folder, read-only; see channels.Checker.
func (p *Poller) Check(ctx context.Context) (string, error) {
	if err := p.connect(ctx); err != nil {
		return "", err
	}
	defer p.Close()
	defer p.conn.watch(ctx)()
	var says []string
	var refused error
	for _, f := range p.folders {
		data, err := p.conn.enter(f.name, true)
		r := refusal(err)
		switch {
		case r != nil && !passing(r):
			refused = errors.Join(refused, p.config.explain(fmt.Errorf("folder %q: %w", f.name, r), f.name), p.instead(f.name))
		case err != nil:
			return "", p.config.explain(p.conn.because(err), f.name)
		case data.UIDValidity == 0:
			refused = errors.Join(refused, p.config.explain(fmt.Errorf("folder %q: %w", f.name, errNoValidity), f.name))
		default:
			says = append(says, fmt.Sprintf("%s has %d messages, UIDVALIDITY %d", f.name, data.NumMessages, data.UIDValidity))
		}
	}
	return strings.Join(says, "; "), refused
}

// mostNamed bounds the folders that are named to whoever looks for one.
const mostNamed = 10

// instead names the folders that may have been meant by one that is refused:
// those that are called so elsewhere, or all.
func (p *Poller) instead(folder string) error {
	all, err := p.conn.folders()
	if err != nil || len(all) == 0 {
		return nil // that it is refused is said already
	}
	var names, like []string
	for _, f := range all {
		names = append(names, fmt.Sprintf("%q", f.Mailbox))
		if strings.EqualFold(lastPart(f.Mailbox, f.Delim), lastPart(folder, f.Delim)) && f.Mailbox != folder {
			like = append(like, fmt.Sprintf("%q", f.Mailbox))
		}
	}
	if like != nil {
		return fmt.Errorf("is %s meant?", strings.Join(like[:min(len(like), mostNamed)], " or "))
	}
	more := ""
	if len(names) > mostNamed {
		more = fmt.Sprintf(" and %d more", len(names)-mostNamed)
	}
	slices.Sort(names)
	return fmt.Errorf("there are the folders %s%s", strings.Join(names[:min(len(names), mostNamed)], ", "), more)
}

func lastPart(name string, delim rune) string {
	if delim == 0 {
		return name
	}
	return name[strings.LastIndex(name, string(delim))+1:]
}

// folders are those that the user sees.
func (c *conn) folders() ([]*imap.ListData, error) {
	c.wire.expect(0)
	defer c.wire.rest()
	all, err := c.client.List("", "*", nil).Collect()
	return all, ingest.AsTemporary(err)
}

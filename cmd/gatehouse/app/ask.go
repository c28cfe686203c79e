package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/all"
	"gatehouse/cmd/gatehouse/config"
	"gatehouse/ingest"
	"gatehouse/ingest/postgres"
)

// askTimeout is how long a channel's source may take to answer.
const askTimeout = 20 * time.Second

// Setup says what the provider or the site of a channel must be told, a
// line each, the URL first; nil where nobody needs to be told anything.
func Setup(c config.Config, ch config.Channel) ([]string, error) {
	kind, err := kindOf(ch)
	host := hostOf(c, ch, ch.Name)
	if err == nil && kind.Setup != nil && (kind.Listener != nil || kind.Webhook == nil && kind.Door == nil) {
		lines, err := kind.Setup(ch.Decode, host)
		return lines, fault(ch, err)
	}
	if err != nil || kind.Webhook == nil && kind.Door == nil {
		return nil, err
	}
	lines := []string{host.PublicURL}
	if kind.Setup != nil {
		if lines, err = kind.Setup(ch.Decode, host); err != nil {
			return nil, fault(ch, err)
		}
	}
	return append(lines, outside(lines[0])...), nil
}

// outside says what keeps the world from calling an address.
func outside(address string) []string {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	ip, _ := netip.ParseAddr(u.Hostname()) // none: it is a name
	switch {
	case u.Hostname() == "localhost" || ip.IsLoopback() || ip.IsUnspecified():
		return []string{"nobody outside of this machine can call that: set http.public_url"}
	case u.Scheme != "https":
		return []string{"most providers want https there: set http.public_url"}
	}
	return nil
}

// Ask asks the source of a channel whether it would be polled, and returns what
// it says; "" where there is nobody to ask. An error that is ingest.Temporary
// means that it could not be asked. The store has what owners of mailboxes
// granted; nil: it does not answer.
func Ask(ctx context.Context, c config.Config, ch config.Channel, s *postgres.Store) (says string, err error) {
	kind, ok := all.Find(ch.Kind)
	if !ok || kind.Poller == nil {
		return "", nil
	}
	host := hostOf(c, ch, ch.Name)
	host.Log, host.Grants = slog.New(slog.DiscardHandler), grants(c, s)
	poller, err := kind.Poller(ch.Decode, host)
	if err != nil {
		return "", fault(ch, err)
	}
	checker, ok := poller.(channels.Checker)
	if !ok {
		return "", nil
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	says, err = checker.Check(ctx)
	if ctx.Err() != nil {
		err = ingest.AsTemporary(fmt.Errorf("no answer within %v: %w", askTimeout, err))
	}
	return says, err
}

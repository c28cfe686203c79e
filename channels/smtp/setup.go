package smtp

import (
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"

	"gatehouse/channels"
)

// setup says what the mail server that delivers must be told; see channels.Kind.
func setup(settings channels.Settings, host channels.Host) ([]string, error) {
	c, err := read(settings, host.Channel)
	if err != nil || c.Listen == "" {
		return nil, err
	}
	lines := []string{
		c.Protocol + "://" + c.Listen,
		"deliver mail for " + strings.Join(slices.Sorted(maps.Keys(c.routes)), ", ") + " there, from " + strings.Join(c.AllowFrom, ", "),
		"Postfix, in transport_maps: " + c.nexthop(),
	}
	if c.RequireTLS {
		lines = append(lines, "STARTTLS is required")
	}
	return lines, nil
}

// nexthop is the socket in the words of Postfix.
func (c *config) nexthop() string {
	if c.network == "unix" {
		return "lmtp:unix:" + c.address
	}
	host, port, _ := net.SplitHostPort(c.address) // checkListen has done so
	return fmt.Sprintf("%s:[%s]:%s", c.Protocol, host, port)
}

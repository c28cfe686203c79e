package imap

import (
	"net"
	"strconv"
	"strings"

	"gatehouse/channels"
)

// places names the folders that a channel reads, as imap://user@host/folder.
// One host is one server on whatever port, but for this machine's own, where
// tunnels end. Nor do servers know two users by the case of their names.
func places(settings channels.Settings) ([]string, error) {
	c, err := read(settings)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, folder := range c.Folders {
		all = append(all, "imap://"+strings.ToLower(c.Username)+"@"+c.server()+"/"+folder)
	}
	return all, nil
}

// server names the host in one spelling only.
func (c *config) server() string {
	host := strings.ToLower(strings.TrimSuffix(c.Host, "."))
	if loopback(host) {
		return net.JoinHostPort(host, strconv.Itoa(c.Port))
	}
	return host
}

// byUser is how many connections hosts allow one user. Dovecot's own default
// is 10 for one user from one address.
var byUser = map[string]int{
	"imap.gmail.com": 15, "imap.googlemail.com": 15, "outlook.office365.com": 20, "outlook.office.com": 20,
}

// bound is what the channel's connections are counted by, and how many there
// may be.
func (c *config) bound() (of string, most int) {
	if c.MaxConnections > 0 {
		return c.server(), c.MaxConnections
	}
	return strings.ToLower(c.Username) + "@" + c.server(), orDefault(byUser[c.server()], 10)
}

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
	host := strings.ToLower(strings.TrimSuffix(c.Host, "."))
	if loopback(host) {
		host = net.JoinHostPort(host, strconv.Itoa(c.Port))
	}
	var all []string
	for _, folder := range c.Folders {
		all = append(all, "imap://"+strings.ToLower(c.Username)+"@"+host+"/"+folder)
	}
	return all, nil
}

package safehttp

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

const maxURL = 8 << 10

var (
	errURL    = errors.New("no URL that can be asked: want https://host/…")
	errHost   = errors.New("its host is neither a name nor an address as they are written")
	errPort   = errors.New("its port is none")
	errPublic = errors.New("not an address of the public internet")
)

// Check reads a URL that may be asked: http or https, of a host that is a name,
// or an address in its one usual form. Others are refused, since who resolves
// 2130706433, 0x7f.1 or 0177.0.0.1 finds the loopback there. Credentials in the
// URL and its fragment are dropped. Whether its address may be asked is
// judged when it is dialled.
func Check(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if len(text) > maxURL || err != nil || u.Opaque != "" || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fault(Address, errURL) // what url.Parse says quotes the URL
	}
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	host, err := hostOf(u.Hostname())
	if err != nil {
		return nil, fault(Address, err)
	}
	port, err := portOf(u)
	if err != nil {
		return nil, fault(Address, err)
	}
	switch {
	case port != "":
		u.Host = net.JoinHostPort(host, port)
	case strings.Contains(host, ":"):
		u.Host = "[" + host + "]"
	default:
		u.Host = host
	}
	return u, nil
}

// portOf is a URL's port, "" if it is that of its scheme.
func portOf(u *url.URL) (string, error) {
	if u.Port() == "" {
		return "", nil
	}
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil || n == 0 {
		return "", errPort
	}
	if port := strconv.FormatUint(n, 10); port != defaultPort[u.Scheme] {
		return port, nil
	}
	return "", nil
}

var defaultPort = map[string]string{"https": "443", "http": "80"}

// hostOf gives a host its one form: an address, or a name in lower case and
// ASCII without a dot at its end.
func hostOf(host string) (string, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		if a.Zone() != "" {
			return "", errHost
		}
		return a.Unmap().String(), nil
	}
	name, err := idna.Lookup.ToASCII(strings.TrimSuffix(host, "."))
	if again, twice := idna.Lookup.ToASCII(name); twice != nil || again != name {
		return "", errHost // it is another one when it is read again
	}
	if err != nil || name == "" || strings.ContainsAny(name, "%:/\\@ ") || numeric(name) {
		return "", errHost
	}
	return name, nil
}

// numeric reports whether resolvers may take a name for an IPv4 address: its
// last label is a number, decimal or hexadecimal. No domain ends so.
func numeric(name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	if hex, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return strings.Trim(last, "0123456789") == ""
}

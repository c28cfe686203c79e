package app

import (
	"context"
	"net"
)

// resolver asks the DNS server at an address and port, "" the system's.
func resolver(at string) *net.Resolver {
	if at == "" {
		return net.DefaultResolver
	}
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, at)
	}}
}

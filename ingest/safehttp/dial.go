package safehttp

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

const (
	dialTimeout   = 10 * time.Second
	headerTimeout = 30 * time.Second
	idleTimeout   = 30 * time.Second
	maxHeader     = 64 << 10
)

// judge decides of an address whether it may be dialled. It is asked when a
// connection is about to be made, after names were resolved: what the DNS said
// to anybody before does not matter.
type judge struct {
	allow []netip.Prefix
	ports []uint16
	plain bool // no TLS: only what is allowed by name of its network
}

func (j judge) may(at netip.AddrPort) error {
	if a := at.Addr().Unmap().WithZone(""); within(a, j.allow) {
		return nil
	}
	if j.plain || !slices.Contains(j.ports, at.Port()) || !Public(at.Addr()) {
		return fault(Address, fmt.Errorf("%s: %w", at, errPublic))
	}
	return nil
}

// control is net.Dialer's: it sees the address of each single attempt.
func (j judge) control(_ context.Context, network, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || network != "tcp4" && network != "tcp6" {
		return fault(Address, errPublic)
	}
	return j.may(at)
}

// transport is one for https, or without TLS. It asks no proxy: the address
// that a proxy dials nobody here could judge.
func transport(o Options, plain bool) *http.Transport {
	j := judge{allow: o.Allow, ports: append([]uint16{443}, o.Ports...), plain: plain}
	dialer := &net.Dialer{Timeout: dialTimeout, ControlContext: j.control, Resolver: o.Resolver}
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            dialer.DialContext,
		TLSClientConfig:        o.TLS,
		TLSHandshakeTimeout:    dialTimeout,
		ResponseHeaderTimeout:  headerTimeout,
		MaxResponseHeaderBytes: maxHeader,
		IdleConnTimeout:        idleTimeout,
		MaxIdleConnsPerHost:    max(o.Idle, 2),
		DisableCompression:     true, // sizes are of what is sent
		ForceAttemptHTTP2:      true,
	}
}

package safehttp

import (
	"net/netip"
	"testing"
)

func TestPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"8.8.8.8": true, "1.1.1.1": true, "172.15.255.255": true, "172.32.0.0": true, "100.63.255.255": true, "100.128.0.0": true,
		"2606:4700::1111": true, "::ffff:8.8.8.8": true, "64:ff9b::8.8.8.8": true, "223.255.255.255": true,

		"0.0.0.0": false, "0.1.2.3": false, "10.0.0.1": false, "127.0.0.1": false, "127.255.255.254": false,
		"100.64.0.1": false, "100.100.100.200": false, "168.63.129.16": false, "169.254.169.254": false, "169.254.170.2": false,
		"172.16.0.1": false, "172.31.255.255": false, "192.0.0.192": false, "192.0.2.1": false, "192.88.99.1": false,
		"192.168.1.1": false, "198.18.0.1": false, "198.19.255.255": false, "198.51.100.7": false, "203.0.113.7": false,
		"224.0.0.1": false, "239.255.255.255": false, "240.0.0.1": false, "255.255.255.255": false,
		"192.31.196.1": false, "192.52.193.1": false, "192.175.48.1": false,

		"::": false, "::1": false, "::7f00:1": false, "::8.8.8.8": false, "::ffff:127.0.0.1": false, "::ffff:169.254.169.254": false,
		"::ffff:0:8.8.8.8": false, "64:ff9b::127.0.0.1": false, "64:ff9b::169.254.169.254": false, "64:ff9b::a00:1": false,
		"64:ff9b:1::8.8.8.8": false, "100::1": false, "2001::1": false, "2001:0:4136:e378::": false, "2001:20::1": false,
		"2001:db8::1": false, "2002:7f00:1::": false, "2002:808:808::1": false, "2620:4f:8000::1": false, "3fff::1": false,
		"4000::1": false, "5f00::1": false, "fc00::1": false, "fd00:ec2::254": false, "fe80::1": false, "fe80::1%eth0": false, "fec0::1": false,
		"ff02::1": false, "2606:4700::1111%eth0": false,
	} {
		if got := Public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: public is %v, want %v", address, got, want)
		}
	}
	if Public(netip.Addr{}) {
		t.Error("no address is public")
	}
}

func TestWhichAddressesMayBeDialled(t *testing.T) {
	inside := []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("::1/128")}
	for _, c := range []struct {
		at    string
		plain bool
		may   bool
	}{
		{"8.8.8.8:443", false, true},
		{"8.8.8.8:8443", false, true},
		{"8.8.8.8:22", false, false},
		{"8.8.8.8:80", false, false},
		{"8.8.8.8:80", true, false},
		{"8.8.8.8:443", true, false},
		{"10.1.2.3:80", true, true},
		{"10.1.2.3:5000", false, true},
		{"[::ffff:10.1.2.3]:80", true, true},
		{"10.2.0.1:443", false, false},
		{"[::1]:80", true, true},
		{"[::2]:443", false, false},
	} {
		j := judge{allow: inside, ports: []uint16{443, 8443}, plain: c.plain}
		if err := j.may(netip.MustParseAddrPort(c.at)); (err == nil) != c.may {
			t.Errorf("%s, plain %v: %v, want %v", c.at, c.plain, err, c.may)
		}
	}
	for _, network := range []string{"tcp", "udp4", "unix"} {
		if err := (judge{}).control(t.Context(), network, "8.8.8.8:443", nil); err == nil {
			t.Errorf("%s may be dialled", network)
		}
	}
}

// FuzzPublic holds what the tables say against what netip knows, and each
// address against the ways to write it as another.
func FuzzPublic(f *testing.F) {
	for _, s := range []string{"8.8.8.8", "127.0.0.1", "2606:4700::1111", "::ffff:10.0.0.1", "fe80::1", "64:ff9b::7f00:1"} {
		f.Add(netip.MustParseAddr(s).AsSlice())
	}
	f.Fuzz(func(t *testing.T, octets []byte) {
		a, ok := netip.AddrFromSlice(octets)
		if !ok || !Public(a) {
			return
		}
		a = a.Unmap()
		if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified() {
			t.Errorf("%s is called public", a)
		}
		if a.Is4() {
			b := a.As4()
			in := append(nat64.Addr().AsSlice()[:12], b[:]...)
			if same, _ := netip.AddrFromSlice(in); !Public(same) || !Public(netip.AddrFrom16(a.As16())) {
				t.Errorf("%s is public, as IPv6 it is not", a)
			}
		}
	})
}

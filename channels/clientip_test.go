package channels_test

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"gatehouse/channels"
)

var proxies = channels.Proxies{Trusted: []netip.Prefix{
	netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8:ff::/48"),
}}

func TestClientIP(t *testing.T) {
	pinned := proxies
	pinned.Header = "Forwarded"
	xff := func(v ...string) http.Header { return http.Header{"X-Forwarded-For": v} }
	forwarded := func(v ...string) http.Header { return http.Header{"Forwarded": v} }
	both := http.Header{"X-Forwarded-For": {"198.51.100.1"}, "Forwarded": {"for=198.51.100.2"}}
	for name, tt := range map[string]struct {
		proxies channels.Proxies
		peer    string
		header  http.Header
		want    string
	}{
		"no proxy":                         {proxies, "192.0.2.9:5", nil, "192.0.2.9"},
		"a stranger's header":              {proxies, "192.0.2.9:5", xff("198.51.100.1"), "192.0.2.9"},
		"nobody is trusted":                {channels.Proxies{}, "127.0.0.1:5", xff("198.51.100.1"), "127.0.0.1"},
		"one proxy":                        {proxies, "127.0.0.1:5", xff("198.51.100.1"), "198.51.100.1"},
		"two proxies":                      {proxies, "127.0.0.1:5", xff("198.51.100.1, 10.1.2.3"), "198.51.100.1"},
		"what the caller put in front":     {proxies, "127.0.0.1:5", xff("203.0.113.7, 198.51.100.1"), "198.51.100.1"},
		"in a line of its own":             {proxies, "127.0.0.1:5", xff("203.0.113.7", "198.51.100.1"), "198.51.100.1"},
		"only proxies":                     {proxies, "127.0.0.1:5", xff("10.0.0.1, 10.0.0.2"), "10.0.0.1"},
		"nonsense stops":                   {proxies, "127.0.0.1:5", xff("198.51.100.1, unknown, 10.0.0.2"), "10.0.0.2"},
		"with a port":                      {proxies, "127.0.0.1:5", xff("198.51.100.1:4711"), "198.51.100.1"},
		"IPv6":                             {proxies, "[2001:db8:ff::1]:5", xff("2001:db8::7"), "2001:db8::7"},
		"IPv6 in brackets":                 {proxies, "127.0.0.1:5", xff("[2001:db8::7]"), "2001:db8::7"},
		"IPv6 with a port":                 {proxies, "127.0.0.1:5", xff("[2001:db8::7]:80"), "2001:db8::7"},
		"IPv6 zone":                        {proxies, "[fe80::1%eth0]:5", nil, "fe80::1"},
		"IPv4 within IPv6":                 {proxies, "[::ffff:127.0.0.1]:5", xff("::ffff:198.51.100.1"), "198.51.100.1"},
		"empty header":                     {proxies, "127.0.0.1:5", xff(""), "127.0.0.1"},
		"Unix socket":                      {proxies, "@", xff("198.51.100.1"), ""},
		"Forwarded":                        {proxies, "127.0.0.1:5", forwarded(`for=203.0.113.7, For="198.51.100.1:80";proto=https;by=10.0.0.1`), "198.51.100.1"},
		"Forwarded IPv6":                   {proxies, "127.0.0.1:5", forwarded(`proto=https; for="[2001:db8::7]:80"`), "2001:db8::7"},
		"Forwarded hidden":                 {proxies, "127.0.0.1:5", forwarded(`for=_hidden, for=10.0.0.3`), "10.0.0.3"},
		"Forwarded without for":            {proxies, "127.0.0.1:5", forwarded(`proto=https`), "127.0.0.1"},
		"both: the common one":             {proxies, "127.0.0.1:5", both, "198.51.100.1"},
		"both: the one that is named":      {pinned, "127.0.0.1:5", both, "198.51.100.2"},
		"the other one where one is named": {pinned, "127.0.0.1:5", xff("203.0.113.7"), "127.0.0.1"},
		"more hops than anybody has":       {proxies, "127.0.0.1:5", xff("198.51.100.1" + strings.Repeat(", 10.0.0.1", 100)), "10.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tt.proxies.ClientIP(&http.Request{RemoteAddr: tt.peer, Header: tt.header}); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// FuzzClientIP: whatever a caller writes in front of what our proxy appends,
// the address is the one that the proxy saw.
func FuzzClientIP(f *testing.F) {
	f.Add("203.0.113.7, 10.0.0.1", "for=203.0.113.7")
	f.Add(`"`, `for="[::1]:80", for="`)
	f.Add("unknown,,", "for=_x;;=,")
	f.Fuzz(func(t *testing.T, xff, forwarded string) {
		for name, written := range map[string]string{"X-Forwarded-For": xff + ", 198.51.100.1", "Forwarded": forwarded + `, for="198.51.100.1"`} {
			p := proxies
			p.Header = name
			r := &http.Request{RemoteAddr: "127.0.0.1:5", Header: http.Header{name: {written}}}
			if got := p.ClientIP(r); got != "198.51.100.1" {
				t.Errorf("%s: %q gives %q", name, written, got)
			}
			r.Header[name] = []string{strings.TrimSuffix(written, ", 198.51.100.1")}
			if ip, err := netip.ParseAddr(p.ClientIP(r)); err != nil || ip.Zone() != "" || ip.Is4In6() {
				t.Errorf("%s: %q gives no plain address: %v %v", name, r.Header[name], ip, err)
			}
		}
	})
}

package app

import (
	"net/netip"
	"slices"
	"testing"

	"gatehouse/cmd/gatehouse/config"
)

func TestOwn(t *testing.T) {
	c := config.Default()
	c.DefaultRegion = "US"
	c.HTTP.PublicURL = "https://Help.Example.org:8443/desk"
	c.HTTP.Trusted = []netip.Prefix{netip.MustParsePrefix("203.0.113.0/29")}
	for _, text := range []string{
		"{name: mail, kind: imap, username: Support@Example.com, password: secret}",
		"{name: other, kind: imap, username: support}",
		"{name: sms, kind: twilio, numbers: ['(555) 010-0123', '+15550100124']}",
	} {
		ch, err := config.NewChannel(text)
		if err != nil {
			t.Fatal(err)
		}
		c.Channels = append(c.Channels, ch)
	}
	own := ownOf(c)
	var keys []string
	for _, id := range own.Addresses {
		keys = append(keys, id.Key())
	}
	if want := []string{"email:support@example.com", "phone:+15550100123", "phone:+15550100124"}; !slices.Equal(keys, want) {
		t.Errorf("addresses %v, want %v", keys, want)
	}
	if want := []string{"example.com", "help.example.org"}; !slices.Equal(own.Domains, want) {
		t.Errorf("domains %v, want %v", own.Domains, want)
	}
	c.HTTP.PublicURL = "http://198.51.100.7:8080"
	if got := ownOf(c).Networks; !slices.Equal(got, append(c.HTTP.Trusted, netip.MustParsePrefix("198.51.100.7/32"))) {
		t.Errorf("networks %v", got)
	}
}

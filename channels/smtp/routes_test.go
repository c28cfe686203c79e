package smtp

import (
	"slices"
	"strings"
	"testing"
)

func TestRoutes(t *testing.T) {
	r, err := newRoutes(map[string]string{
		"support@example.org": "", "Sales@Example.org": "sales", "support+vip@example.org": "vip",
		"@help.example.org": "help", "grüße@bücher.example": "", "@192.0.2.1": "help",
	}, "own")
	if err != nil {
		t.Fatal(err)
	}
	for recipient, want := range map[string]string{
		"support@example.org":          "own support@example.org",
		"SUPPORT@EXAMPLE.ORG.":         "own support@example.org",
		"support+a+b@example.org":      "own support@example.org",
		"support+@example.org":         "own support@example.org",
		"support+VIP@example.org":      "vip support+vip@example.org",
		"sales@example.org":            "sales sales@example.org",
		"a+b@help.example.org":         "help a@help.example.org",
		"+b@help.example.org":          "help +b@help.example.org",
		"Grüße@xn--bcher-kva.example":  "own grüße@xn--bcher-kva.example",
		"support@sub.example.org":      "",
		"supports@example.org":         "",
		"support@example.org@evil.com": "",
		"support":                      "",
		"@example.org":                 "",
		"support@":                     "",
		"":                             "",
		"a b@help.example.org":         "help a b@help.example.org",
	} {
		channel, address, _ := r.find(recipient)
		if got := strings.TrimSpace(channel + " " + address); got != want {
			t.Errorf("%q goes to %q, want %q", recipient, got, want)
		}
	}
	if got := r.channels(); !slices.Equal(got, []string{"help", "own", "sales", "vip"}) {
		t.Errorf("channels %q", got)
	}
	all, err := newRoutes(map[string]string{"*": "all"}, "own")
	if channel, address, _ := all.find("x+y@anywhere.example.net"); err != nil || channel != "all" || address != "x@anywhere.example.net" {
		t.Errorf("to %q as %q, %v", channel, address, err)
	}
}

func TestRoutesThatCannotBe(t *testing.T) {
	for text, says := range map[string]map[string]string{
		"no address":   {"support": ""},
		"no domain":    {"support@": ""},
		"bad domain":   {"support@exa mple.org": ""},
		"twice in all": {"a@example.org": "", "A@example.ORG": ""},
	} {
		if r, err := newRoutes(says, "own"); err == nil {
			t.Errorf("%s: %v", text, r)
		}
	}
}

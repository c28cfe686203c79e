package ingest_test

import (
	"encoding/json"
	"strings"
	"testing"

	"gatehouse/ingest"
)

func TestParseTarget(t *testing.T) {
	for in, want := range map[string]string{
		"everyone":               "everyone",
		" email: Ann@Gmail.com ": "email:ann@gmail.com",
		"domain:@*.Example.com.": "domain:example.com",
		"phone:0049 30 5550100":  "phone:+49305550100",
		"phone_prefix:+1 (55)":   "phone_prefix:+155",
		"visitor:a:b":            "visitor:a:b",
		"telegram:1555":          "telegram:1555",
		"contact:0190163D-8694-739B-AEA5-966C26F8AD91": "contact:0190163d-8694-739b-aea5-966c26f8ad91",
		"ip:2001:DB8::0:1":                 "ip:2001:db8::1",
		"ip:::ffff:192.0.2.7":              "ip:192.0.2.7",
		"ip:fe80::1%eth0":                  "ip:fe80::1",
		"cidr:192.0.2.77/24":               "cidr:192.0.2.0/24",
		"cidr:::ffff:192.0.2.77/120":       "cidr:192.0.2.0/24",
		"cidr:2001:db8::1/32":              "cidr:2001:db8::/32",
		"range:192.0.2.1 - 192.0.2.9":      "range:192.0.2.1-192.0.2.9",
		"range:::ffff:192.0.2.1-192.0.2.9": "range:192.0.2.1-192.0.2.9",
	} {
		target, err := ingest.ParseTarget(in)
		if err != nil || target.String() != want {
			t.Errorf("%q gives %q, %v; want %q", in, target, err, want)
		}
	}
}

func TestParseTargetSaysWhatIsWrong(t *testing.T) {
	for in, says := range map[string]string{
		"":                               "want KIND:VALUE or everyone",
		"ann@example.com":                "want KIND:VALUE or everyone",
		"everyone:else":                  "want KIND:VALUE or everyone",
		"e-mail:ann@example.com":         "no kind of identity",
		"email:ann":                      "no @",
		"domain:":                        "domain is empty",
		"domain:a*b":                     "character that no domain has",
		"domain:ann@example.com":         "character that no domain has",
		"phone:":                         "no digits",
		"phone_prefix:155":               "no + and country code",
		"phone_prefix:+":                 "no digits",
		"phone_prefix:+1234567890123456": "15 digits",
		"phone_prefix:+x":                "'x' in it",
		"contact:7":                      "not an id",
		"ip:192.0.2":                     "no IP address",
		"ip:192.000.002.007":             "no IP address", // decimal or octal: nobody can tell
		"cidr:192.0.02.0/24":             "no network",
		"ip:192.0.2.0/24":                "no IP address",
		"cidr:192.0.2.7":                 "no network",
		"range:192.0.2.7":                "not FIRST-LAST",
		"range:192.0.2.9-192.0.2.1":      "ends before it begins",
		"range:192.0.2.1-2001:db8::":     "from one version of IP to the other",
		"range:x-192.0.2.1":              "no IP address",
		"range:192.0.2.1-x":              "no IP address",
	} {
		target, err := ingest.ParseTarget(in)
		if err == nil || !strings.Contains(err.Error(), says) || !ingest.Invalid(err) || target != (ingest.Target{}) {
			t.Errorf("%q gives %q, %v; want an error that says %q", in, target, err, says)
		}
	}
}

// TestSpecificity lists targets from the most to the least specific; those in
// one line are equals.
func TestSpecificity(t *testing.T) {
	last := 1 << 30
	for _, line := range []string{
		"contact:0190163d-8694-739b-aea5-966c26f8ad91 email:ann@example.com phone:+15550100 visitor:v telegram:1",
		"ip:192.0.2.7 ip:2001:db8::7",
		"cidr:192.0.2.7/32 cidr:2001:db8::7/128 range:192.0.2.7-192.0.2.7",
		"range:192.0.2.0-192.0.2.255 cidr:192.0.2.0/24 range:192.0.2.1-192.0.2.200",
		"cidr:10.0.0.0/8",
		"cidr:2001:db8::/64",
		"range:2001:db8::-2001:dba::",
		"cidr:::/0",
		"domain:a.very.long.example.com",
		"domain:example.com",
		"phone_prefix:+15550",
		"phone_prefix:+1",
		"everyone",
	} {
		for i, s := range strings.Fields(line) {
			target, err := ingest.ParseTarget(s)
			if err != nil {
				t.Fatal(err)
			}
			n := target.Specificity()
			if i == 0 && n >= last || i > 0 && n != last {
				t.Errorf("%s: %d after %d", s, n, last)
			}
			last = n
		}
	}
}

func TestTargetInJSON(t *testing.T) {
	var r ingest.Rule
	if err := json.Unmarshal([]byte(`{"id":"7","target":"email:Ann+x@Example.com"}`), &r); err != nil {
		t.Fatal(err)
	}
	if want := (ingest.Target{Kind: "email", Value: "ann@example.com"}); r.Target != want {
		t.Errorf("reads %+v", r.Target)
	}
	if b, err := json.Marshal(r); err != nil || !strings.Contains(string(b), `"target":"email:ann@example.com"`) {
		t.Errorf("writes %s, %v", b, err)
	}
	if err := json.Unmarshal([]byte(`{"target":"email:ann"}`), &r); !ingest.Invalid(err) {
		t.Errorf("a bad target: %v", err)
	}
}

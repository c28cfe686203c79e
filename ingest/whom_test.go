package ingest_test

import (
	"strings"
	"testing"

	"gatehouse/ingest"
)

func TestWhomARuleIsOn(t *testing.T) {
	for target, want := range map[string]string{
		"everyone":                  "everybody",
		"email:ann@example.com":     "ann@example.com",
		"phone:+15550100001":        "+15550100001",
		"phone_prefix:+155":         "numbers that begin with +155",
		"domain:example.com":        "everybody at example.com",
		"ip:192.0.2.7":              "the network address 192.0.2.7",
		"cidr:192.0.2.0/24":         "the network 192.0.2.0/24",
		"range:192.0.2.1-192.0.2.9": "the network 192.0.2.1-192.0.2.9",
		"telegram:1555":             "telegram 1555",
		"contact:0190163d-8694-739b-aea5-966c26f8ad91": "this person",
		"email:#" + strings.Repeat("ab", 32):           "somebody who was erased",
	} {
		parsed, err := ingest.ParseTarget(target)
		if r := (&ingest.Rule{Target: parsed}); err != nil || r.Whom() != want {
			t.Errorf("%s is %q, %v; want %q", target, r.Whom(), err, want)
		}
	}
	for want, p := range map[string]ingest.Person{"Ann Example": {Name: "Ann Example", Address: "ann@example.com"}, "ann@example.com": {Address: "ann@example.com"},
		"a person without a name": {}} {
		if r := (&ingest.Rule{Target: ingest.Target{Kind: "contact"}, Person: &p}); r.Whom() != want {
			t.Errorf("%+v is %q", p, r.Whom())
		}
	}
}

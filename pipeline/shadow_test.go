package pipeline_test

import (
	"testing"
	"time"

	"gatehouse/ingest"
	"gatehouse/pipeline"
)

// A rule is shadowed only by one that decides first whatever comes from its
// target.
func TestShadows(t *testing.T) {
	soon, later := now.Add(time.Hour), now.Add(2*time.Hour)
	for name, c := range map[string]struct {
		by, r    string // targets
		change   func(by, r *ingest.Rule)
		shadowed bool
	}{
		"a ban over a block":              {"email:ann@example.com", "email:ann@example.com", nil, true},
		"networks":                        {"cidr:192.0.2.0/24", "cidr:192.0.2.0/24", nil, true},
		"an address in a network":         {"cidr:192.0.2.0/24", "ip:192.0.2.1", nil, false},
		"the domain":                      {"domain:example.com", "email:ann@example.com", nil, false},
		"another":                         {"email:eve@example.net", "email:ann@example.com", nil, false},
		"lower in precedence":             {"visitor:v", "visitor:v", func(by, _ *ingest.Rule) { by.Kind = ingest.Blacklist }, false},
		"an allow on mail":                {"email:ann@example.com", "email:ann@example.com", func(by, _ *ingest.Rule) { by.Kind = ingest.Allow }, false},
		"an allow on a visitor":           {"visitor:v", "visitor:v", func(by, _ *ingest.Rule) { by.Kind = ingest.Allow }, true},
		"ended":                           {"visitor:v", "visitor:v", func(by, _ *ingest.Rule) { by.ExpiresAt = &now }, false},
		"the other ended":                 {"visitor:v", "visitor:v", func(_, r *ingest.Rule) { r.ExpiresAt = &now }, false},
		"ends before":                     {"visitor:v", "visitor:v", func(by, r *ingest.Rule) { by.ExpiresAt, r.ExpiresAt = &soon, &later }, false},
		"ends after":                      {"visitor:v", "visitor:v", func(by, r *ingest.Rule) { by.ExpiresAt, r.ExpiresAt = &later, &soon }, true},
		"ends, the other never":           {"visitor:v", "visitor:v", func(by, _ *ingest.Rule) { by.ExpiresAt = &later }, false},
		"spares":                          {"visitor:v", "visitor:v", func(by, _ *ingest.Rule) { by.SpareKnown = true }, false},
		"spares those whom both do":       {"visitor:v", "visitor:v", func(by, r *ingest.Rule) { by.SpareKnown, r.SpareKnown = true, true }, true},
		"spares more":                     {"visitor:v", "visitor:v", func(by, r *ingest.Rule) { by.SpareKnown, r.SpareKnown, by.CreatedAt = true, true, now }, false},
		"only the other spares":           {"visitor:v", "visitor:v", func(_, r *ingest.Rule) { r.SpareKnown = true }, true},
		"everywhere over a channel":       {"visitor:v", "visitor:v", func(_, r *ingest.Rule) { r.Scope = []string{"chat"} }, true},
		"a channel over everywhere":       {"visitor:v", "visitor:v", func(by, _ *ingest.Rule) { by.Scope = []string{"chat"} }, false},
		"two channels over one":           {"visitor:v", "visitor:v", func(by, r *ingest.Rule) { by.Scope, r.Scope = []string{"chat", "kind:sms"}, []string{"kind:sms"} }, true},
		"one channel over two":            {"visitor:v", "visitor:v", func(by, r *ingest.Rule) { by.Scope, r.Scope = []string{"chat"}, []string{"chat", "kind:sms"} }, false},
		"the older of the same elsewhere": {"visitor:v", "visitor:v", func(by, r *ingest.Rule) { by.Kind, r.Scope = ingest.Block, []string{"chat"} }, true},
	} {
		by, r := rule(t, 1, ingest.Ban, c.by), rule(t, 2, ingest.Block, c.r)
		if c.change != nil {
			c.change(&by, &r)
		}
		found := pipeline.NewBook(1, ingest.DefaultSettings(), []ingest.Rule{by, r}).Shadows(now)
		if got := found[2] == 1; got != c.shadowed {
			t.Errorf("%s: shadowed %t, want %t (%v)", name, got, c.shadowed, found)
		}
	}
}

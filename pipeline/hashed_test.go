package pipeline

import (
	"net/netip"
	"testing"
	"time"

	"gatehouse/ingest"
)

// A rule of which only the hash of its address remains does what it did, and
// nobody meets it by being called like the hash.
func TestRulesOnErasedAddresses(t *testing.T) {
	key := ingest.HashKey("the installation's")
	hashed := func(id int64, kind, value string) ingest.Rule {
		return ingest.Rule{ID: id, Kind: ingest.Ban, Target: ingest.Target{Kind: kind, Value: key.Hash(kind, value)}, Key: key}
	}
	lifted := time.Unix(1, 0)
	old := hashed(4, "email", "free@example.com")
	b := NewBook(2, ingest.DefaultSettings(), []ingest.Rule{hashed(1, "email", "ann@example.com"), hashed(2, "phone", "+15550100001"), hashed(3, "ip", "192.0.2.7"), old})
	old.LiftedAt = &lifted
	b = b.With(3, ingest.DefaultSettings(), []ingest.Rule{old})
	for name, c := range map[string]struct {
		kind, value, ip string
		how             ingest.How
		want            int64
	}{
		"the address":              {"email", "ann@example.com", "", ingest.Header, 1},
		"another":                  {"email", "ann@example.org", "", ingest.Header, 0},
		"only claimed":             {"email", "ann@example.com", "", ingest.Claimed, 0},
		"the number":               {"phone", "+15550100001", "", ingest.Verified, 2},
		"the address of the net":   {"visitor", "v1", "192.0.2.7", ingest.Header, 3},
		"another one":              {"visitor", "v1", "192.0.2.8", ingest.Header, 0},
		"somebody called that":     {"phone", key.Hash("phone", "+15550100001"), "", ingest.Header, 0},
		"one whose rule is lifted": {"email", "free@example.com", "", ingest.Header, 0},
	} {
		id := ingest.Identity{Kind: c.kind, Value: c.value, How: c.how}
		m := ingest.Message{Family: ingest.Chat, From: ingest.Sender{Identity: id}, Identities: []ingest.Identity{id}}
		if c.ip != "" {
			m.ClientIP = netip.MustParseAddr(c.ip)
		}
		var got int64
		if w := winner(b.Matching(m, ingest.Facts{Now: time.Unix(10, 0)})); w != nil {
			got = w.ID
		}
		if got != c.want {
			t.Errorf("%s: rule %d, want %d", name, got, c.want)
		}
	}
}

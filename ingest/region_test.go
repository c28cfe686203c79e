package ingest_test

import (
	"strings"
	"testing"

	"gatehouse/ingest"
)

func TestRegionsReadWhatTheirPeopleWrite(t *testing.T) {
	for _, c := range []struct{ region, target, want string }{
		{"DE", "phone:030 5550100", "phone:+49305550100"},
		{"de", "phone:(030) 555-0100 ext. 7", "phone:+49305550100"},
		{"DE", "phone:+1 555 010 0123", "phone:+15550100123"},
		{"DE", "phone:001 555 010 0123", "phone:+15550100123"},
		{"DE", "phone:72345", "phone:72345"},
		{"DE", "phone:49 30 5550100", "phone:+49305550100"},
		{"DE", "phone_prefix:0171", "phone_prefix:+49171"},
		{"DE", "phone_prefix:0044 20", "phone_prefix:+4420"},
		{"US", "phone:(555) 010-0123", "phone:+15550100123"},
		{"US", "phone:1-555-010-0123", "phone:+15550100123"},
		{"US", "phone:011 49 30 5550100", "phone:+49305550100"},
		{"US", "phone_prefix:1 555", "phone_prefix:+1555"},
		{"CA", "phone:555 010 0123", "phone:+15550100123"},
		{"AU", "phone:0011 1 555 010 0123", "phone:+15550100123"},
		{"RU", "phone:8 (955) 501-00-12", "phone:+79555010012"},
		{"RU", "phone:8 10 1 555 010 0123", "phone:+15550100123"},
		{"HU", "phone:06 1 555 0100", "phone:+3615550100"},
		{"ES", "phone:955 501 001", "phone:+34955501001"},
		{"IT", "phone:06 555 0100", "phone:+39065550100"},
		{"DK", "phone:55 50 10 01", "phone:+4555501001"},
		{"DK", "phone:45 55 50 10 01", "phone:+4555501001"},
		{"", "phone:030 5550100", "phone:0305550100"},
		{"DE", "email:Ann@Example.com", "email:ann@example.com"},
		{"DE", "everyone", "everyone"},
	} {
		region, err := ingest.RegionOf(c.region)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := region.ParseTarget(c.target); err != nil || got.String() != c.want {
			t.Errorf("%s in %q: %s, %v; want %s", c.target, c.region, got, err, c.want)
		}
	}
}

func TestRegionsRefuse(t *testing.T) {
	if _, err := ingest.RegionOf("XX"); err == nil || !ingest.Invalid(err) {
		t.Errorf("an unknown region: %v", err)
	}
	de, err := ingest.RegionOf("DE")
	if err != nil {
		t.Fatal(err)
	}
	for target, says := range map[string]string{"phone:": "no digits", "phone:ACME": "in it", "phone_prefix:171": "no +",
		"phone_prefix:": "no digits", "phone:0" + strings.Repeat("5", 15): "15 digits", "": "want KIND:VALUE"} {
		if got, err := de.ParseTarget(target); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, %v; want an error that says %q", target, got, err, says)
		}
	}
	it, _ := ingest.RegionOf("IT")
	if got, err := it.ParseTarget("phone_prefix:"); err == nil {
		t.Errorf("an empty prefix is %v", got)
	}
}

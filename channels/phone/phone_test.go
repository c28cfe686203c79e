package phone_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gatehouse/channels/phone"
	"gatehouse/ingest"
)

func regionOf(t testing.TB, name string) ingest.Region {
	t.Helper()
	r, err := ingest.RegionOf(name)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSender(t *testing.T) {
	for _, c := range []struct{ region, address, want, how string }{
		{"", "+15550100123", "phone:+15550100123", "with a +"},
		{"", "15550100123", "phone:+15550100123", "without one"},
		{"DE", "15550100123", "phone:+15550100123", "without one, for another country"},
		{"US", "15550100123", "phone:+15550100123", "the region's code is the prefix of its own calls, too"},
		{"", "0015550100123", "phone:+15550100123", "00 for the +"},
		{"US", "01149305550100", "phone:+49305550100", "011 for the +"},
		{"DE", "01715550100", "phone:+491715550100", "a national form"},
		{"", "01715550100", "phone:01715550100", "a national form of who knows where"},
		{"US", "(555) 010-0123", "phone:+15550100123", "a national form without a prefix"},
		{"US", "6502530000", "phone:+16502530000", "one that would be no number of another country"},
		{"US", "6581234567", "phone:+6581234567", "ten digits that are a number of another country"},
		{"US", "4520123456", "phone:+4520123456", "ten more"},
		{"ES", "298555010", "phone:+298555010", "nine"},
		{"DE", " +1 555 010 0123\u200b", "phone:+15550100123", "what people put between digits"},
		{"DE", "72345", "phone:72345", "a short code"},
		{"US", "+72345", "phone:72345", "a short code that somebody put a + before"},
		{"US", "123456", "phone:123456", "a short code of six digits"},
		{"US", "911", "phone:911", "one of three"},
		{"US", "ACME", "sms:ACME", "a name"},
		{"US", "Acme Shop", "sms:Acme Shop", "a name of two words"},
		{"GB", "1-800-FLOWERS", "sms:1-800-FLOWERS", "a name that a keypad would make a number of"},
		{"US", "5X5", "sms:5X5", "a name with an x between digits"},
		{"US", "+15550100123x7", "sms:+15550100123x7", "no network writes extensions"},
		{"US", "Аcme", "sms:Аcme", "a name with a Cyrillic letter"},
		{"US", "ann@example.com", "sms:ann@example.com", "mail sent as SMS"},
		{"US", "*123#", "sms:*123#", "neither digits nor letters alone"},
		{"US", "+1234567890123456", "sms:+1234567890123456", "more digits than a number has"},
	} {
		id, err := phone.Sender(c.address, regionOf(t, c.region))
		if err != nil || id.Key() != c.want {
			t.Errorf("%q in %q (%s): %s, %v; want %s", c.address, c.region, c.how, id.Key(), err, c.want)
		}
		if how := map[string]ingest.How{"phone": ingest.Verified, "sms": ingest.Header}[id.Kind]; id.How != how {
			t.Errorf("%q is %s, want %s", c.address, id.How, how)
		}
	}
}

func TestSenderIsSomebody(t *testing.T) {
	for _, address := range []string{"", " ", "\u200b", strings.Repeat("a", 5000)} {
		if id, err := phone.Sender(address, ingest.Region{}); err == nil || !ingest.Invalid(err) {
			t.Errorf("%.20q: %s, %v", address, id.Key(), err)
		}
	}
}

func TestNumberIsANumber(t *testing.T) {
	us := regionOf(t, "US")
	if id, err := phone.Number("(555) 010-0123", us); err != nil || id != (ingest.Identity{Kind: "phone", Value: "+15550100123", How: ingest.Verified}) {
		t.Errorf("%v, %v", id, err)
	}
	if id, err := phone.Number("ACME", us); err == nil {
		t.Errorf("a name is the number %s", id.Value)
	}
}

// However a provider writes a number with its country's code, it is one.
func TestOneNumberHasOneKey(t *testing.T) {
	type plan struct {
		begins string
		digits int // that follow
	}
	plans := rapid.SampledFrom([]plan{{"44770090", 4}, {"4915112", 6}, {"65812", 5}, {"452012", 4}})
	regions := rapid.SampledFrom([]string{"", "US", "DE", "ES", "IT", "RU", "HU", "AU", "SG"})
	rapid.Check(t, func(t *rapid.T) {
		p := plans.Draw(t, "plan")
		digits := p.begins + rapid.StringOfN(rapid.RuneFrom([]rune("0123456789")), p.digits, p.digits, -1).Draw(t, "digits")
		region, err := ingest.RegionOf(regions.Draw(t, "region"))
		if err != nil {
			t.Fatal(err)
		}
		for _, spelling := range []string{digits, "+" + digits, "00" + digits, "+" + digits[:2] + " " + digits[2:], "+" + digits[:2] + "-" + digits[2:]} {
			if strings.HasPrefix(spelling, "00") && region != (ingest.Region{}) {
				continue // what is dialled to leave the country is the region's to say
			}
			id, err := phone.Sender(spelling, region)
			if err != nil || id.Key() != "phone:+"+digits {
				t.Fatalf("%q: %s, %v; want +%s", spelling, id.Key(), err, digits)
			}
		}
	})
}

// FuzzSender holds that who sends is somebody whom a rule can name, and that the
// name read again is the same.
func FuzzSender(f *testing.F) {
	for _, address := range []string{"+15550100123", "15550100123", "0171 5550100", "72345", "+72345", "1-800-FLOWERS", "5X5", "ACME", "6581234567",
		"٠١٧١٥٥٥٠١٠٠", "+", "", "\xff", "+1 555 010 0123,7", "00", "+0", "000000000"} {
		f.Add(address, "US")
		f.Add(address, "DE")
	}
	f.Fuzz(func(t *testing.T, address, name string) {
		region, err := ingest.RegionOf(name)
		if err != nil {
			return
		}
		id, err := phone.Sender(address, region)
		if err != nil {
			if !ingest.Invalid(err) {
				t.Fatalf("%q: %v is not said to be the data's fault", address, err)
			}
			return
		}
		again, err := ingest.ParseIdentity(id.Kind, id.Value, id.How)
		if err != nil || again != id {
			t.Fatalf("%q in %s gives %s, which is %s, %v", address, name, id.Key(), again.Key(), err)
		}
		target, err := region.ParseTarget(id.Key())
		if err != nil || id.Value[0] == '+' && target.String() != id.Key() {
			t.Fatalf("%q in %s gives %s, which a rule in %s writes %s, %v", address, name, id.Key(), name, target, err)
		}
	})
}

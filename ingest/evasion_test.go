package ingest_test

import (
	"strings"
	"testing"
	"time"

	"gatehouse/ingest"
)

// evasions are ways to write an address so that a rule on the plain one might
// not be met. Every one must be.
var evasions = []struct{ rule, writes, why string }{
	{"email:ann@example.com", "email:ANN@EXAMPLE.COM", "capitals"},
	{"email:ann@example.com", "email:Ann@Example.Com.", "the domain's last dot"},
	{"email:ann@example.com", "email: ann@example.com\t", "space around it"},
	{"email:ann@example.com", "email:ann @ example.com", "space within"},
	{"email:ann@example.com", "email:<ann@example.com>", "angle brackets"},
	{"email:ann@example.com", `email:"ann"@example.com`, "quotes that are not needed"},
	{"email:ann@example.com", `email:"a\nn"@example.com`, "escapes that are not needed"},
	{"email:ann@example.com", "email:ann+shop@example.com", "a tag"},
	{"email:ann@example.com", "email:ann+a+b@example.com", "two tags"},
	{"email:ann@example.com", "email:ann+@example.com", "an empty tag"},
	{"email:ann@example.com", `email:"ann+x"@example.com`, "a tag within quotes"},
	{"email:ann@example.com", "email:ann＋x@example.com", "a full-width plus"},
	{"email:ann+shop@example.com", "email:ann@example.com", "a tag in the rule"},
	{"email:ann.lee@gmail.com", "email:a.n.n.l.e.e@gmail.com", "Gmail's dots"},
	{"email:ann.lee@gmail.com", "email:annlee@googlemail.com", "Gmail's other name"},
	{"email:annlee@gmail.com", "email:Ann.Lee.+x@GoogleMail.com.", "everything at Gmail at once"},
	{"email:annlee@gmail.com", "email:ann․lee@gmail.com", "a one dot leader for a dot"},
	{"email:ann@example.com", "email:ａｎｎ@ｅｘａｍｐｌｅ．ｃｏｍ", "full width"},
	{"email:ann@example.com", "email:ann@example。com", "an ideographic full stop"},
	{"email:ann@example.com", "email:ann@example｡com", "a half-width ideographic full stop"},
	{"email:ann@example.com", "email:𝐚𝐧𝐧@example.com", "mathematical bold"},
	{"email:ann@example.com", "email:𝓪𝓷𝓷@𝕖𝕩𝕒𝕞𝕡𝕝𝕖.com", "script and double-struck"},
	{"email:ann@example.com", "email:ⓐⓝⓝ@example.com", "circled letters"},
	{"email:ann@example.com", "email:ᵃⁿⁿ@example.com", "superscripts"},
	{"email:office@example.com", "email:oﬃce@example.com", "a ligature"},
	{"email:kim@example.com", "email:\u212Aim@example.com", "the Kelvin sign"},
	{"email:sam@example.com", "email:ſam@example.com", "the long s"},
	{"email:ann@example.com", "email:a\u200Bnn@example.com", "a zero-width space"},
	{"email:ann@example.com", "email:a\u200Dn\u200Cn@exa\u2060mple.com", "joiners and a word joiner"},
	{"email:ann@example.com", "email:\uFEFFann@example.com", "a byte order mark"},
	{"email:ann@example.com", "email:an\u00ADn@example.com", "a soft hyphen"},
	{"email:ann@example.com", "email:a\u034Fnn@example.com", "a grapheme joiner"},
	{"email:ann@example.com", "email:ann\uFE0F@example.com", "a variation selector"},
	{"email:ann@example.com", "email:\u202Eann\u202C@example.com", "marks of direction"},
	{"email:ann@example.com", "email:ann\u3164@example.com", "a Hangul filler"},
	{"email:ann@example.com", "email:a\x00nn\r\n@example.com", "control characters"},
	{"email:ann@example.com", "email:аnn@example.com", "a Cyrillic а"},
	{"email:ann@example.com", "email:ann@ехаmрlе.com", "Cyrillic letters in the domain"},
	{"email:ann@example.com", "email:ann@xn--ml-6kctd8d6a.com", "the same in Punycode"},
	{"email:ann@example.com", "email:ann@example.соm", "Cyrillic letters in the top level"},
	{"email:anna@example.com", "email:αnnα@example.com", "a Greek α"},
	{"email:bob@example.com", "email:BОB@example.com", "a Cyrillic О among capitals"},
	{"email:bob@example.com", "email:ВОb@example.com", "a Cyrillic В, which looks so as a capital"},
	{"email:tim@example.com", "email:Тіm@example.com", "a Cyrillic Т"},
	{"email:paypal@example.com", "email:pаypаl@example.com", "two of the same"},
	{"email:paypal@example.com", "email:рaурal@example.com", "р and у"},
	{"email:apple@example.com", "email:аррӏе@example.com", "all of it Cyrillic"},
	{"email:ann@apple.example", "email:ann@xn--80ak6aa92e.example", "a famous one in Punycode"},
	{"email:joe@example.com", "email:јое@example.com", "ј, о, е"},
	{"email:six@example.com", "email:ѕіх@example.com", "ѕ, і, х"},
	{"email:nick@example.com", "email:nıck@example.com", "a dotless ı"},
	{"email:gary@example.com", "email:ɡɑry@example.com", "IPA letters"},
	{"email:anna@example.com", "email:ᴀɴɴᴀ@example.com", "small capitals"},
	{"email:oto@example.com", "email:օtօ@example.com", "an Armenian օ"},
	{"email:a-b@example.com", "email:a\u2010b@example.com", "another hyphen"},
	{"email:a-b@ex-ample.com", "email:a\u2212b@ex\u2013ample.com", "a minus and a dash"},
	{"email:привет@example.com", "email:пpивeт@example.com", "Latin letters in a Cyrillic word"},
	{"email:νίκος@example.com", "email:νίκoς@example.com", "a Latin letter in a Greek word"},
	{"email:ann@bücher.example", "email:ann@BÜCHER.example", "capitals beyond ASCII"},
	{"email:ann@bücher.example", "email:ann@xn--bcher-kva.example", "Punycode"},
	{"email:ann@bücher.example", "email:ann@bu\u0308cher.example", "a mark that combines"},
	{"email:ann@пример.example", "email:ann@xn--e1afmkfd.example", "Cyrillic Punycode"},
	{"email:ann@faß.example", "email:ann@xn--fa-hia.example", "ß stays ß"},
	{"domain:example.com", "email:ann@mail.EXAMPLE.com", "a subdomain"},
	{"domain:example.com", "email:ann@а.b.exаmple.com", "a deep one, look-alike"},
	{"domain:*.example.com", "email:ann@example.com", "a rule with a star"},
	{"domain:@Example.COM.", "email:ann@example.com", "a rule as people write it"},
	{"domain:googlemail.com", "email:ann@gmail.com", "Gmail's other name in a rule"},
	{"phone:+15550100123", "phone:+1 (555) 010-0123", "how people write numbers"},
	{"phone:+15550100123", "phone:001 555 010 0123", "00 for +"},
	{"phone:+15550100123", "phone:15550100123", "no +"},
	{"phone:+15550100123", "phone:＋１５５５０１００１２３", "full width"},
	{"phone:+15550100123", "phone:+١٥٥٥٠١٠٠١٢٣", "Arabic digits"},
	{"phone:+15550100123", "phone:tel:+1.555.010.0123;ext=7", "a tel URI"},
	{"phone:+15550100123", "phone:\u202A+1\u00A0555\u2011010\u20110123\u202C", "as copied from a contact card"},
	{"phone:+442079460123", "phone:+44 (0)20 7946 0123", "the (0)"},
	{"phone_prefix:+1555", "phone:001-555-010-0123", "00 for + under a prefix"},
	{"phone_prefix:+1 555", "phone:+15550100", "a prefix with a space"},
	{"visitor:v-1", "visitor: v-1\x00 ", "what cannot be seen in an opaque id"},
}

func TestEvasions(t *testing.T) {
	for _, e := range evasions {
		r := rule(t, e.rule)
		if !r.Matches(from(t, e.writes), ingest.Facts{Now: time.Unix(0, 0)}) {
			t.Errorf("%s: %q evades %s", e.why, e.writes, r.Target)
		}
	}
}

// strangers are people whom a rule must not take for another.
var strangers = []struct{ rule, writes, why string }{
	{"email:ann@example.com", "email:anna@example.com", "another name"},
	{"email:ann@example.com", "email:ann@example.org", "another domain"},
	{"email:ann@example.com", "email:ann@mail.example.com", "a subdomain is another mailbox"},
	{"email:a.b@example.com", "email:ab@example.com", "dots count but at Gmail"},
	{"email:ann1@example.com", "email:annl@example.com", "1 and l"},
	{"email:bob@example.com", "email:b0b@example.com", "o and 0"},
	{"email:+ann@example.com", "email:ann@example.com", "a + at the beginning is no tag"},
	{"email:ann@example.com", "email:änn@example.com", "an accent"},
	{"email:ann@fass.example", "email:ann@faß.example", "ß is not ss"},
	{"email:mockba@example.com", "email:москва@example.com", "honest Cyrillic"},
	{"email:ann@mockba.example", "email:ann@москва.example", "an honest Cyrillic domain"},
	{"email:ann@example.com", "visitor:ann@example.com", "another kind"},
	{"domain:example.com", "email:ann@badexample.com", "not below, beside"},
	{"domain:example.com", "email:ann@example.com.example.net", "the same words elsewhere"},
	{"domain:mail.example.com", "email:ann@example.com", "above"},
	{"domain:example.com", "phone:+15550100", "no domain at all"},
	{"phone:+15550100", "phone:+15550101", "another number"},
	{"phone_prefix:+155", "phone:+154550100", "another prefix"},
	{"phone_prefix:+7", "phone:72345", "a short code has no country"},
	{"phone_prefix:+49", "phone:0495550100", "nor has a national number"},
	{"visitor:v-1", "visitor:V-1", "opaque ids keep their case"},
	{"telegram:15550100", "phone:15550100", "another kind with the same digits"},
}

func TestStrangers(t *testing.T) {
	for _, e := range strangers {
		r := rule(t, e.rule)
		if r.Matches(from(t, e.writes), ingest.Facts{Now: time.Unix(0, 0)}) {
			t.Errorf("%s: %q is taken for %s", e.why, e.writes, r.Target)
		}
	}
}

func rule(t *testing.T, target string) *ingest.Rule {
	t.Helper()
	parsed, err := ingest.ParseTarget(target)
	if err != nil {
		t.Fatal(err)
	}
	return &ingest.Rule{ID: 1, Kind: ingest.Block, Target: parsed}
}

// from is a message of who writes under this address.
func from(t *testing.T, address string) ingest.Message {
	t.Helper()
	kind, value, _ := strings.Cut(address, ":")
	id, err := ingest.ParseIdentity(kind, value, ingest.Header)
	if err != nil {
		t.Fatalf("%q: %v", address, err)
	}
	return ingest.Message{Channel: "a", Family: ingest.Email, Identities: []ingest.Identity{id}, From: ingest.Sender{Identity: id}}
}

package ingest_test

import (
	"strings"
	"testing"

	"gatehouse/ingest"
)

func TestParseIdentity(t *testing.T) {
	for _, c := range []struct{ kind, address, want string }{
		{"email", "Ann.Lee+news@GMAIL.com", "annlee@gmail.com"},
		{"email", "...@gmail.com", "...@gmail.com"},
		{"email", "+@example.com", "+@example.com"},
		{"email", `"ann lee"@example.com`, `"ann lee"@example.com`},
		{"email", `"a\"b\\c"@example.com`, `"a\"b\\c"@example.com`},
		{"email", "a@b@example.com", `"a@b"@example.com`},
		{"email", `"ann@example.com`, `"\"ann"@example.com`},
		{"email", "ann@[192.0.2.1]", "ann@[192.0.2.1]"},
		{"email", "ann@[IPv6:2001:DB8::1]", "ann@[ipv6:2001:db8::1]"},
		{"email", "ann@localhost", "ann@localhost"},
		{"email", "ann@under_score.example", "ann@under_score.example"},
		{"email", "ann@-odd-.example", "ann@-odd-.example"},
		{"email", "ann@xn--bad!!.example", "ann@xn--bad!!.example"},
		{"email", "анна@пример.example", "анна@xn--e1afmkfd.example"},
		{"email", "ann.анна@example.com", "ann.анна@example.com"},
		{"email", "j\xffj@example.com", "j\uFFFDj@example.com"},
		{"phone", "+1 555 0100", "+15550100"},
		{"phone", "72345", "72345"},
		{"phone", "030 555 0100", "0305550100"},
		{"phone", "0049 30 5550100", "+49305550100"},
		{"visitor", " V-1 ", "V-1"},
		{"telegram", "1555", "1555"},
	} {
		id, err := ingest.ParseIdentity(c.kind, c.address, ingest.Verified)
		if want := (ingest.Identity{Kind: c.kind, Value: c.want, How: ingest.Verified}); err != nil || id != want {
			t.Errorf("%s %q gives %q, %v; want %q", c.kind, c.address, id.Value, err, c.want)
		}
	}
}

func TestParseIdentityErrors(t *testing.T) {
	long := strings.Repeat("a", ingest.MaxValue)
	for _, c := range []struct {
		kind, address string
		how           ingest.How
		says          string
	}{
		{"email", "ann", ingest.Header, "no @"},
		{"email", "@example.com", ingest.Header, "nothing before the @"},
		{"email", `""@example.com`, ingest.Header, "nothing before the @"},
		{"email", "ann@", ingest.Header, "domain is empty"},
		{"email", "ann@.", ingest.Header, "domain is empty"},
		{"email", "ann@a..b", ingest.Header, "two dots"},
		{"email", "ann@.example.com", ingest.Header, "two dots"},
		{"email", "ann@exam ple.com", ingest.Header, "character that no domain has"},
		{"email", "ann@exa>mple.com", ingest.Header, "character that no domain has"},
		{"email", long + "@example.com", ingest.Header, "longer than"},
		{"phone", "", ingest.Header, "no digits"},
		{"phone", "+", ingest.Header, "no digits"},
		{"phone", "ACME", ingest.Header, `'a' in it`},
		{"phone", "+1+2", ingest.Header, "+ that is not at its beginning"},
		{"phone", "1234567890123456", ingest.Header, "15 digits"},
		{"visitor", " \x00", ingest.Header, "empty"},
		{"visitor", long + "a", ingest.Header, "longer than"},
		{"visitor", strings.Repeat(" ", 9*ingest.MaxValue), ingest.Header, "longer than"},
		{"domain", "example.com", ingest.Header, "no kind of identity"},
		{"Email", "ann@example.com", ingest.Header, "lower-case word"},
		{"", "ann@example.com", ingest.Header, "lower-case word"},
		{"email", "ann@example.com", "rumoured", "not verified, header or claimed"},
	} {
		id, err := ingest.ParseIdentity(c.kind, c.address, c.how)
		if err == nil || !strings.Contains(err.Error(), c.says) || !ingest.Invalid(err) || id != (ingest.Identity{}) {
			t.Errorf("%s %.40q gives %v, %v; want an error that says %q", c.kind, c.address, id, err, c.says)
		}
	}
}

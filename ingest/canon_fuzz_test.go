package ingest_test

import (
	"encoding/json"
	"testing"

	"gatehouse/ingest"
)

// FuzzParseIdentity holds that what is canonical stays so: the key that is
// printed, parsed again, is the same.
func FuzzParseIdentity(f *testing.F) {
	for _, kind := range []string{"email", "phone", "visitor", "telegram"} {
		for _, a := range []string{
			"Ann@Example.com", `"a\"b c"@example.com`, "ann+x@googlemail.com", "а@xn--80ak6aa92e.com", "+1 555 010-0000",
			"00 49 (0)30 1", "@", "a@[192.0.2.1]", "ａｎｎ@ｅｘａｍｐｌｅ。com", "вОb@пример.рф", "\x00\xff@\u200b", "İ@ß.example",
		} {
			f.Add(kind, a)
		}
	}
	f.Fuzz(func(t *testing.T, kind, address string) {
		id, err := ingest.ParseIdentity(kind, address, ingest.Header)
		if err != nil {
			return
		}
		again, err := ingest.ParseIdentity(id.Kind, id.Value, ingest.Header)
		if err != nil || again != id {
			t.Fatalf("%q gives %q, which gives %q, %v", address, id.Key(), again.Key(), err)
		}
		target, err := ingest.ParseTarget(id.Key())
		if err != nil || target.String() != id.Key() {
			t.Fatalf("%q as a target is %q, %v", id.Key(), target, err)
		}
		if len(id.Value) > ingest.MaxValue || id.Value == "" {
			t.Fatalf("value of %d octets", len(id.Value))
		}
	})
}

// FuzzParseTarget holds that a target is printed as it is parsed, as text and
// in JSON, and that its specificity lies within its tier.
func FuzzParseTarget(f *testing.F) {
	for _, s := range []string{
		"everyone", "email:Ann@example.com", "domain:*.Example.COM.", "phone:+1 555 0100", "phone_prefix:0044",
		"phone_prefix:+155", "visitor: v ", "ip:::ffff:192.0.2.7", "ip:fe80::1%eth0", "cidr:192.0.2.77/24",
		"cidr:::ffff:192.0.2.0/120", "range:192.0.2.9-192.0.2.1", "range:2001:db8::1-2001:db8::ff",
		"contact:0190163d-8694-739b-aea5-966c26f8ad91", ":", "ip:", "everyone:x", "X:y",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		target, err := ingest.ParseTarget(s)
		if err != nil {
			if !ingest.Invalid(err) {
				t.Fatalf("%q: %v is not said to be the data's fault", s, err)
			}
			return
		}
		again, err := ingest.ParseTarget(target.String())
		if err != nil || again != target {
			t.Fatalf("%q gives %q, which gives %q, %v", s, target, again, err)
		}
		b, err := json.Marshal(target)
		if err != nil {
			t.Fatal(err)
		}
		var read ingest.Target
		if err := json.Unmarshal(b, &read); err != nil || read != target {
			t.Fatalf("%s reads as %q, %v", b, read, err)
		}
		if n := target.Specificity(); n < 0 || n > 8000 || (n == 0) != (target.Kind == ingest.Everyone) {
			t.Fatalf("%q has specificity %d", target, n)
		}
	})
}

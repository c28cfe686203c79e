package mime

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"gatehouse/ingest"
)

// A zone is a DNS of our own: names to records. A record "down" is a trouble,
// "mute" is no answer at all.
type zone struct {
	records map[string]string
	asked   atomic.Int64
}

func (z *zone) lookup(ctx context.Context, name string) ([]string, error) {
	z.asked.Add(1)
	switch record, ok := z.records[name]; {
	case !ok:
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	case record == "down":
		return nil, &net.DNSError{Err: "server misbehaving", Name: name, IsTemporary: true}
	case record == "mute":
		<-ctx.Done()
		return nil, ctx.Err()
	default:
		return []string{record}, nil
	}
}

var (
	_, signingKey, _ = ed25519.GenerateKey(bytes.NewReader(bytes.Repeat([]byte("a key of the test"), 4)))
	keyRecord        = "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(signingKey.Public().(ed25519.PublicKey))
)

const letter = "From: Ann <ann@example.com>\r\nTo: support@example.org\r\nSubject: Order\r\nMessage-ID: <1@example.com>\r\n\r\nWhere is it?\r\n"

// sign has a domain sign a mail.
func sign(t testing.TB, mail, domain string) string {
	t.Helper()
	var out bytes.Buffer
	o := &dkim.SignOptions{Domain: domain, Selector: "s", Signer: signingKey, HeaderCanonicalization: "relaxed", BodyCanonicalization: "relaxed"}
	if err := dkim.Sign(&out, strings.NewReader(mail), o); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func checked(t testing.TB, s Senders, raw string) ingest.Message {
	t.Helper()
	m := Read([]byte(raw), Options{}).Message()
	s.Tell(t.Context(), []byte(raw), &m)
	if m.Origin == nil {
		t.Fatalf("nothing is known of\n%s", raw)
	}
	return m
}

// TestDomainsSign holds what signatures, and the lack of them, say of From.
func TestDomainsSign(t *testing.T) {
	const ours, theirs = "s._domainkey.example.com", "s._domainkey.example.net"
	const policy, strict = "_dmarc.example.com", "v=DMARC1; p=reject"
	signed := sign(t, letter, "example.com")
	broken := strings.Replace(signed, "Where is it?", "Send money!", 1)
	sub := sign(t, strings.Replace(letter, "ann@example.com", "ann@mail.example.com", 1), "example.com")
	for name, c := range map[string]struct {
		raw  string
		zone map[string]string
		want ingest.Check
		says string
	}{
		"signed":                             {signed, map[string]string{ours: keyRecord}, "pass", "signed by example.com"},
		"signed for a subdomain":             {sub, map[string]string{ours: keyRecord}, "pass", "signed by example.com"},
		"signed, with line feeds":            {strings.ReplaceAll(signed, "\r\n", "\n"), map[string]string{ours: keyRecord}, "pass", ""},
		"signed, and then by a list":         {sign(t, signed, "example.net"), map[string]string{ours: keyRecord, theirs: keyRecord}, "pass", ""},
		"signed by another":                  {sign(t, letter, "example.net"), map[string]string{theirs: keyRecord}, "none", "no signature of example.com"},
		"signed by another, strict":          {sign(t, letter, "example.net"), map[string]string{theirs: keyRecord, policy: strict}, "fail", "policy is reject"},
		"broken":                             {broken, map[string]string{ours: keyRecord}, "none", "body hash did not verify"},
		"broken, on trial":                   {broken, map[string]string{ours: keyRecord, policy: "v=DMARC1; p=none"}, "none", ""},
		"broken, strict":                     {broken, map[string]string{ours: keyRecord, policy: strict}, "fail", "body hash did not verify"},
		"broken, quarantine":                 {broken, map[string]string{ours: keyRecord, policy: "v=DMARC1; p=quarantine"}, "fail", ""},
		"broken, strict in part":             {broken, map[string]string{ours: keyRecord, policy: strict + "; pct=20"}, "none", ""},
		"another subject":                    {strings.Replace(signed, "Subject: Order", "Subject: Won", 1), map[string]string{ours: keyRecord, policy: strict}, "fail", ""},
		"another From":                       {strings.Replace(signed, "Ann <ann@", "Ann <eve@", 1), map[string]string{ours: keyRecord, policy: strict}, "fail", ""},
		"the key is revoked":                 {signed, map[string]string{ours: "v=DKIM1; k=ed25519; p=", policy: strict}, "fail", "key revoked"},
		"there is no key":                    {signed, map[string]string{policy: strict}, "fail", ""},
		"unsigned":                           {letter, nil, "none", "no signature of example.com"},
		"unsigned, strict":                   {letter, map[string]string{policy: strict}, "fail", "policy is reject"},
		"unsigned, the organisation strict":  {strings.Replace(letter, "@example.com>", "@shop.example.com>", 1), map[string]string{policy: strict}, "fail", ""},
		"unsigned, subdomains not":           {strings.Replace(letter, "@example.com>", "@shop.example.com>", 1), map[string]string{policy: strict + "; sp=none"}, "none", ""},
		"a policy nobody can read":           {letter, map[string]string{policy: "v=DMARC1; p=often"}, "none", ""},
		"no key to be had":                   {signed, map[string]string{ours: "down", policy: strict}, "unknown", "temporary"},
		"no policy to be had":                {broken, map[string]string{ours: keyRecord, policy: "down"}, "unknown", "temporary"},
		"unsigned, and no policy to be had":  {letter, map[string]string{policy: "down"}, "unknown", "temporary"},
		"no key, but another signature":      {sign(t, signed, "mail.example.com"), map[string]string{ours: "down", "s._domainkey.mail.example.com": keyRecord}, "pass", ""},
		"a slow signer that does not count":  {sign(t, letter, "example.net"), map[string]string{theirs: "mute", policy: strict}, "fail", ""},
		"garbage in the signature":           {"DKIM-Signature: v=1; a=;;=\r\n" + letter, map[string]string{policy: strict}, "fail", ""},
		"a body length, which anybody grows": {strings.Replace(signed, "; v=1", "; l=5; v=1", 1), map[string]string{ours: keyRecord, policy: strict}, "fail", ""},
	} {
		z := &zone{records: c.zone}
		m := checked(t, Senders{Keys: NewKeys(z.lookup, time.Now)}, c.raw)
		if m.Origin.Check != c.want || !strings.Contains(m.Origin.Says, c.says) || m.Unproven != (c.want == ingest.CheckFailed) {
			t.Errorf("%s: %+v, unproven %t; want %s", name, *m.Origin, m.Unproven, c.want)
		}
		if (m.From.How == ingest.Verified) != (c.want == ingest.CheckPassed) {
			t.Errorf("%s: %s", name, m.From.How)
		}
	}
}

// TestResultsBeforeSignatures holds that the DNS is asked only where the
// believed server did not look.
func TestResultsBeforeSignatures(t *testing.T) {
	signed := sign(t, letter, "example.com")
	for name, c := range map[string]struct {
		header string
		want   ingest.Check
		asks   bool
	}{
		"it says pass":        {"Authentication-Results: mx.example.org; dmarc=pass header.from=example.com\r\n", "pass", false},
		"it says fail":        {"Authentication-Results: mx.example.org; dmarc=fail header.from=example.com\r\n", "fail", false},
		"it says broken":      {"Authentication-Results: mx.example.org; dkim=fail header.d=example.com\r\n", "none", false},
		"it did not look":     {"Authentication-Results: mx.example.org; spf=softfail smtp.mailfrom=example.com\r\n", "pass", true},
		"it says nothing":     {"", "pass", true},
		"another says broken": {"Authentication-Results: mx.example.net; dmarc=fail header.from=example.com\r\n", "pass", true},
	} {
		z := &zone{records: map[string]string{"s._domainkey.example.com": keyRecord}}
		m := checked(t, Senders{AuthServID: "mx.example.org", Keys: NewKeys(z.lookup, time.Now)}, c.header+signed)
		if m.Origin.Check != c.want || (z.asked.Load() > 0) != c.asks {
			t.Errorf("%s: %+v after %d questions", name, *m.Origin, z.asked.Load())
		}
	}
}

// TestQuestionsAreBounded holds that a mail with many signatures asks a few
// questions, that answers are remembered, and troubles for a while.
func TestQuestionsAreBounded(t *testing.T) {
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	z := &zone{records: map[string]string{"_dmarc.example.com": "v=DMARC1; p=reject"}}
	s := Senders{Keys: NewKeys(z.lookup, func() time.Time { return now })}
	many := letter
	for i := range 40 {
		many = fmt.Sprintf("DKIM-Signature: v=1; a=ed25519-sha256; d=example.com; s=s%d; h=from; bh=AA==; b=AA==\r\n", i) + many
	}
	if m := checked(t, s, many); m.Origin.Check != ingest.CheckFailed || z.asked.Load() > maxQuestions {
		t.Errorf("%+v after %d questions", *m.Origin, z.asked.Load())
	}
	asked := z.asked.Load()
	if checked(t, s, many); z.asked.Load() != asked {
		t.Errorf("%d questions more for the same", z.asked.Load()-asked)
	}
	z.records["_dmarc.example.com"] = "down"
	now = now.Add(remembered)
	if m := checked(t, s, letter); m.Origin.Check != ingest.CheckUnknown {
		t.Errorf("in trouble: %+v", *m.Origin)
	}
	z.records["_dmarc.example.com"] = "v=DMARC1; p=reject"
	if m := checked(t, s, letter); m.Origin.Check != ingest.CheckUnknown {
		t.Errorf("right after: %+v", *m.Origin)
	}
	now = now.Add(troubled)
	if m := checked(t, s, letter); m.Origin.Check != ingest.CheckFailed {
		t.Errorf("later: %+v", *m.Origin)
	}
}

// TestMuteDNS holds that a DNS that never answers leaves mail unknown, and is
// waited for ever shorter.
func TestMuteDNS(t *testing.T) {
	z := &zone{records: map[string]string{}}
	s := Senders{Keys: NewKeys(z.lookup, time.Now)}
	for i := range downAfter + 1 {
		z.records[fmt.Sprintf("_dmarc.n%d.example", i)] = "mute"
		q, cancel := s.Keys.about(t.Context())
		deadline, _ := q.ctx.Deadline()
		if short := time.Until(deadline) <= impatience; short != (i >= downAfter) {
			t.Errorf("after %d domains: %v", i, time.Until(deadline))
		}
		cancel()
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond) // ends what would last
		raw := strings.Replace(letter, "@example.com>", fmt.Sprintf("@n%d.example>", i), 1)
		m := Read([]byte(raw), Options{}).Message()
		s.Tell(ctx, []byte(raw), &m)
		cancel()
		if m.Origin.Check != ingest.CheckUnknown || m.Unproven {
			t.Errorf("%d: %+v", i, m.Origin)
		}
	}
	checked(t, s, letter) // the DNS answers for this one
	if q, cancel := s.Keys.about(t.Context()); true {
		if deadline, _ := q.ctx.Deadline(); time.Until(deadline) <= impatience {
			t.Error("it is still not waited for")
		}
		cancel()
	}
}

// TestNoQuestionOutOfBounds holds that only names go to the DNS.
func TestNoQuestionOutOfBounds(t *testing.T) {
	z := &zone{}
	q, cancel := NewKeys(z.lookup, time.Now).about(t.Context())
	defer cancel()
	for _, name := range []string{"", ".", "a..b", "a b.example.com", "a\x00.example.com", strings.Repeat("a", 64) + ".com", strings.Repeat("a.", 130) + "com", "ä.example.com"} {
		if _, err := q.txt(name); !errors.Is(err, errNoName) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if z.asked.Load() != 0 {
		t.Errorf("%d questions", z.asked.Load())
	}
}

// FuzzTell holds that whoever the sender is told to be can be stored, whatever
// the bytes.
func FuzzTell(f *testing.F) {
	signed := sign(f, letter, "example.com")
	f.Add([]byte(signed))
	f.Add([]byte("Authentication-Results: mx.example.org; dkim = (x) pass header.d=example.com; dmarc=fail\r\n" + letter))
	f.Add([]byte("X-Original-From: \"a\" <b@example.net>\r\nReply-To: c@example.net\r\n" + letter))
	z := &zone{records: map[string]string{"s._domainkey.example.com": keyRecord, "_dmarc.example.com": "v=DMARC1; p=reject"}}
	s := Senders{AuthServID: "mx.example.org", Forms: Addresses{every}, Gateways: Addresses{"example.com"}, Marks: []string{"secret"}}
	f.Fuzz(func(t *testing.T, raw []byte) {
		s.Keys = NewKeys(z.lookup, time.Now)
		m := Read(raw, Options{}).Message()
		s.Tell(t.Context(), raw, &m)
		if m.Origin == nil {
			return
		}
		if o := *m.Origin; o.Check == ingest.CheckFailed && (!m.Unproven || m.From.How == ingest.Verified) || len(o.Says) > 1500 || clean(o.Says) != o.Says {
			t.Errorf("%+v", o)
		}
		if m.From.How == ingest.Verified && !aligned(asciiDomain(m.From.Address), asciiDomain(m.From.Address)) {
			t.Errorf("%+v is verified", m.From)
		}
	})
}

// BenchmarkTell measures what a sender check costs beside reading the mail.
func BenchmarkTell(b *testing.B) {
	raw := []byte(sign(b, letter+strings.Repeat("A line of some text in the body of a mail.\r\n", 500), "example.com"))
	z := &zone{records: map[string]string{"s._domainkey.example.com": keyRecord}}
	m := Read(raw, Options{}).Message()
	for name, s := range map[string]Senders{
		"mark": {Marks: []string{"secret"}}, "results": {AuthServID: "mx.example.org"}, "signature": {Keys: NewKeys(z.lookup, time.Now)},
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			for b.Loop() {
				again := m
				s.Tell(b.Context(), raw, &again)
			}
		})
	}
	b.Run("reading", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		for b.Loop() {
			Read(raw, Options{})
		}
	})
}

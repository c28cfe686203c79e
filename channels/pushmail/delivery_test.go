package pushmail_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gatehouse/channels"
	"gatehouse/channels/pushmail"
	"gatehouse/ingest"
)

const plain = "Message-ID: <a@example.com>\r\nFrom: Ann <ann@example.com>\r\nTo: desk@example.net\r\nSubject: s\r\n\r\nHello\r\n"

// TestRead is what raw mail and its envelope become.
func TestRead(t *testing.T) {
	token := ingest.ReplySecrets{"s"}.Token(42)
	d := pushmail.Delivery{By: "acme", Envelope: ingest.Envelope{From: "ann@example.com", To: []string{"desk+" + token + "@example.net", "b@example.net"}}}
	r, err := pushmail.Read(stamp, []byte(plain), d)
	if err != nil {
		t.Fatal(err)
	}
	m := r.Message
	if m.Technical.Envelope.From != "ann@example.com" || !cmp.Equal(m.Tokens, []string{token}) || m.Thread != "a@example.com" ||
		len(r.Keys) != 2 || !m.SentAt.Equal(stamp.At) || m.Origin != nil {
		t.Errorf("%+v, keys %q", m, r.Keys)
	}
	d.Envelope.To = []string{"B@example.net", d.Envelope.To[0]}
	again, err := pushmail.Read(stamp, []byte(plain), d)
	if err != nil || !cmp.Equal(again.Keys, r.Keys) || again.Content != r.Content {
		t.Errorf("%q, was %q (%v)", again.Keys, r.Keys, err)
	}
	other, err := pushmail.Read(stamp, []byte(plain+"!"), d)
	if err != nil || other.Keys[0] == r.Keys[0] {
		t.Errorf("other bytes have the same key %q (%v)", other.Keys, err)
	}
	if r, err := pushmail.Read(stamp, []byte("\r\n"), pushmail.Delivery{ID: "x"}); err == nil || r.Keys[0] != "x" {
		t.Errorf("no mail: %q, %v", r.Keys, err)
	}
}

// TestID is a mail that its provider names: whole or in fields, it is the same.
func TestID(t *testing.T) {
	d := pushmail.Delivery{By: "acme", ID: "x", Keys: []string{"y"}}
	whole, err := pushmail.Read(stamp, []byte(plain), d)
	if err != nil {
		t.Fatal(err)
	}
	m := pushmail.Mail{Header: []pushmail.Field{{"Message-ID", "<a@example.com>"}, {"From", "ann@example.com"}}}
	fields, err := m.Read(stamp, d)
	if err != nil || whole.Content != fields.Content || !cmp.Equal(fields.Keys, []string{"x", "y"}) {
		t.Errorf("%v and %v, %q (%v)", whole.Content, fields.Content, fields.Keys, err)
	}
}

// TestVerdicts judges what a provider found of a sender, and what the sender
// wrote in its name.
func TestVerdicts(t *testing.T) {
	forged := "Authentication-Results: acme; spf=pass smtp.mailfrom=example.com\r\n"
	for name, c := range map[string]struct {
		raw      string
		verdicts []pushmail.Verdict
		settings pushmail.Settings
		want     ingest.Check
		how      ingest.How
	}{
		"none":                {raw: plain, how: ingest.Header},
		"spf":                 {raw: plain, verdicts: []pushmail.Verdict{{"spf", "pass", "mail.example.com"}}, want: ingest.CheckPassed, how: ingest.Verified},
		"spf of another":      {raw: plain, verdicts: []pushmail.Verdict{{"spf", "pass", "example.org"}}, want: ingest.CheckNone, how: ingest.Header},
		"dkim":                {raw: plain, verdicts: []pushmail.Verdict{{"spf", "fail", "example.com"}, {"dkim", "pass", "example.com"}}, want: ingest.CheckPassed, how: ingest.Verified},
		"dmarc fails":         {raw: plain, verdicts: []pushmail.Verdict{{"dmarc", "fail", "example.com"}}, want: ingest.CheckFailed, how: ingest.Header},
		"no word":             {raw: plain, verdicts: []pushmail.Verdict{{"spf", "pass", "example.org; dkim=pass header.d=example.com"}}, want: ingest.CheckNone, how: ingest.Header},
		"forged":              {raw: forged + plain, verdicts: []pushmail.Verdict{{"spf", "fail", "example.com"}}, want: ingest.CheckNone, how: ingest.Header},
		"forged, no verdicts": {raw: forged + plain, how: ingest.Header},
		"another server":      {raw: strings.ReplaceAll(forged, "acme", "mx.example.net") + plain, settings: pushmail.Settings{AuthServID: "mx.example.net"}, want: ingest.CheckPassed, how: ingest.Verified},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := pushmail.Read(stamp, []byte(c.raw), pushmail.Delivery{By: "acme", Verdicts: c.verdicts, Settings: c.settings})
			got := ingest.Check("")
			if r.Message.Origin != nil {
				got = r.Message.Origin.Check
			}
			if err != nil || got != c.want || r.Message.From.How != c.how || r.Message.Unproven != (c.want == ingest.CheckFailed) {
				t.Errorf("%+v, %+v (%v)", r.Message.Origin, r.Message.From, err)
			}
		})
	}
}

// TestMarks knows the desk's own mail when it comes.
func TestMarks(t *testing.T) {
	s := stamp
	s.Marks = []string{"secret"}
	raw := fmt.Sprintf("%s: %s\r\n%s", ingest.MarkHeader, ingest.Mark("secret", "x"), plain)
	if r, err := pushmail.Read(s, []byte(raw), pushmail.Delivery{By: "acme"}); err != nil || r.Message.Auto != ingest.AutoLoop {
		t.Errorf("%q, %v", r.Message.Auto, err)
	}
}

// TestReader reads a mail by the kit: its own files first, then those that are elsewhere.
func TestReader(t *testing.T) {
	reader := channels.Reader(func(s channels.Stamp, element []byte) (channels.Reading, error) {
		m := pushmail.Mail{Header: []pushmail.Field{{"From", "a@example.com"}}, Files: []pushmail.File{{Name: "a", Bytes: element}, {Name: "b"}}}
		return m.Read(s, pushmail.Delivery{By: "acme", Files: []channels.File{{URL: "https://example.com/c"}}})
	})
	a := reader.Arrival(stamp, []byte("bytes"))
	if a.Problem != "" || len(a.Message.Attachments) != 3 || a.Derived || len(a.Prints) != 1 {
		t.Fatalf("%+v", a)
	}
	if a.Message.Attachments[2].Index != 2 || a.Message.Attachments[2].Status != ingest.FilePending || a.Message.Thread != "" {
		t.Errorf("%+v", a.Message)
	}
	if b, err := reader.Attachment(a.Raw, 0); err != nil || string(b) != "bytes" {
		t.Errorf("%q, %v", b, err)
	}
	if b, err := reader.Attachment(a.Raw, 1); err != nil || b == nil || len(b) != 0 {
		t.Errorf("%q, %v", b, err)
	}
	if f, err := reader.File(a.Raw, 2); err != nil || f.URL != "https://example.com/c" {
		t.Errorf("%+v, %v", f, err)
	}
	for _, index := range []int{-1, 3} {
		if _, err := reader.File(a.Raw, index); err == nil {
			t.Errorf("there is a file %d", index)
		}
	}
	if m, err := reader.Reread(a.Raw); err != nil || !cmp.Equal(m.Attachments, a.Message.Attachments) {
		t.Errorf("%+v, %v", m, err)
	}
}

// TestReceivedSPF believes only what a sender cannot have written.
func TestReceivedSPF(t *testing.T) {
	pass := []pushmail.Verdict{{"spf", "pass", "example.com"}}
	const tail = " identity=mailfrom; client-ip=192.0.2.7; helo=mx.example.com; "
	for name, c := range map[string]struct {
		values []string
		want   []pushmail.Verdict
	}{
		"none":               {nil, nil},
		"one":                {[]string{"Pass (sender SPF authorized)" + tail + "envelope-from=ann@Example.com; receiver=x"}, pass},
		"quoted":             {[]string{`pass (x) envelope-from="<ann@example.com>"; receiver=x`}, pass},
		"twice the same":     {[]string{"Pass envelope-from=a@example.com", "Pass envelope-from=b@example.com"}, pass},
		"two":                {[]string{"Fail envelope-from=a@example.com", "Pass envelope-from=a@example.com"}, nil},
		"of the greeting":    {[]string{"Pass (x) identity=helo; helo=example.org; envelope-from=a@example.com"}, nil},
		"in the comment":     {[]string{`Pass (domain of "envelope-from=a@example.com; "@example.org)` + tail}, nil},
		"in both":            {[]string{`Pass (domain of "envelope-from=a@example.com; "@example.org)` + tail + `envelope-from=x@example.org`}, nil},
		"out of the comment": {[]string{`Pass (domain of "x) envelope-from=a@example.com; ("@example.org)` + tail}, nil},
		"in the address":     {[]string{`Pass (x)` + tail + `envelope-from="x; envelope-from=a@example.com; "@example.org`}, nil},
		"nobody":             {[]string{"Pass (x)" + tail}, nil},
	} {
		var h pushmail.Header
		for _, value := range c.values {
			h = append(h, pushmail.Field{Name: "Received-SPF", Value: value})
		}
		if diff := cmp.Diff(c.want, h.ReceivedSPF()); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
}

// TestManyFiles bounds the files that are with the provider.
func TestManyFiles(t *testing.T) {
	for _, n := range []int{1000, 1001} {
		r, err := pushmail.Read(stamp, []byte(plain), pushmail.Delivery{ID: "x", Files: make([]channels.File, n)})
		limited := slices.ContainsFunc(r.Message.Defects, func(d ingest.Defect) bool { return d.Code == "limit_attachments" })
		if err != nil || len(r.Files) != 1000 || limited != (n > 1000) {
			t.Errorf("%d: %d files, %+v, %v", n, len(r.Files), r.Message.Defects, err)
		}
	}
}

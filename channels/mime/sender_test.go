package mime

import (
	"testing"

	"gatehouse/ingest"
)

// told reads a mail and tells its sender without asking anybody.
func told(s Senders, raw string) ingest.Message {
	m := Read([]byte(raw), Options{}).Message()
	s.TellByHeader([]byte(raw), &m)
	return m
}

// TestBelievedResults holds whose results are believed, and what they say.
func TestBelievedResults(t *testing.T) {
	const from = "From: Ann <ann@example.com>\nSubject: Hello\n\nHello\n"
	const ar = "Authentication-Results: "
	const received = "Received: from mx.example.org by mail.example.org; Fri, 20 Nov 2026 09:00:00 +0000\n"
	for name, c := range map[string]struct {
		header string
		want   ingest.Check
	}{
		"none":                              {"", "none"},
		"dmarc passes":                      {ar + "mx.example.org; dmarc=pass header.from=example.com\n", "pass"},
		"dmarc fails":                       {ar + "mx.example.org; spf=pass smtp.mailfrom=example.net; dmarc=fail header.from=example.com\n", "fail"},
		"dmarc fails in spite of a dkim":    {ar + "mx.example.org; dkim=pass header.d=example.com; dmarc=fail (p=reject) header.from=example.com\n", "fail"},
		"another name, other case":          {ar + "MX.Example.ORG 1; dmarc=PASS header.from=Example.COM\n", "pass"},
		"comments and blanks":               {ar + "(it) mx.example.org (says) ;\n dmarc (policy) = (so) pass (p=none; dis=none)\n header.from (a) = example.com\n", "pass"},
		"a version nobody knows":            {ar + "mx.example.org 2; dmarc=pass header.from=example.com\n", "none"},
		"for another From":                  {ar + "mx.example.org; dmarc=pass header.from=example.net\n", "none"},
		"signed by From":                    {ar + "mx.example.org; dkim=pass header.d=example.com\n", "pass"},
		"signed by its organisation":        {ar + "mx.example.org; dkim=pass header.i=@mail.example.com; dmarc=none\n", "pass"},
		"signed by another":                 {ar + "mx.example.org; dkim=pass header.d=example.net\n", "none"},
		"signed by a suffix":                {ar + "mx.example.org; dkim=pass header.d=com\n", "none"},
		"sent by From":                      {ar + "mx.example.org; spf=pass smtp.mailfrom=bounces@mail.example.com\n", "pass"},
		"sent by another":                   {ar + "mx.example.org; spf=pass smtp.mailfrom=ann@example.net\n", "none"},
		"greeted by From alone":             {ar + "mx.example.org; spf=pass smtp.helo=example.com\n", "none"},
		"a signature broke":                 {ar + "mx.example.org; dkim=fail header.d=example.com\n", "none"},
		"one of two broke":                  {ar + "mx.example.org; dkim=fail header.d=example.com; dkim=pass header.d=example.com\n", "pass"},
		"a trouble":                         {ar + "mx.example.org; dkim=temperror header.d=example.com; dmarc=temperror header.from=example.com\n", "unknown"},
		"a trouble and a pass":              {ar + "mx.example.org; dkim=temperror header.d=example.com; spf=pass smtp.mailfrom=example.com\n", "pass"},
		"another server":                    {ar + "mx.example.net; dmarc=pass header.from=example.com\n", "none"},
		"another server's failure":          {ar + "mx.example.net; dmarc=fail header.from=example.com\n", "none"},
		"a name that begins so":             {ar + "mx.example.org.example.net; dmarc=pass header.from=example.com\n", "none"},
		"a forged one below":                {ar + "mx.example.org; dmarc=fail header.from=example.com\n" + received + ar + "mx.example.org; dmarc=pass header.from=example.com\n", "fail"},
		"a forged one right below":          {ar + "mx.example.org; dmarc=fail header.from=example.com\n" + ar + "mx.example.org; dmarc=pass header.from=example.com\n", "fail"},
		"a forged one above another server": {ar + "mx.example.org; dmarc=none\n" + received + ar + "mx.example.org; dmarc=pass header.from=example.com\n", "none"},
		"one field a method":                {ar + "mx.example.org; spf=fail smtp.mailfrom=example.com\n" + ar + "mx.example.org; dkim=pass header.d=example.com\n", "pass"},
		"below what relays added":           {received + "X-Relay: yes\n" + ar + "mx.example.org; dmarc=pass header.from=example.com\n", "pass"},
		"quoted":                            {ar + "mx.example.org; spf=fail reason=\"no; dmarc=pass header.from=example.com\" smtp.mailfrom=example.net\n", "none"},
		"in a comment":                      {ar + "mx.example.org; spf=fail (of x; dmarc=pass header.from=example.com) smtp.mailfrom=example.net\n", "none"},
		"out of a comment":                  {ar + "mx.example.org; spf=fail (of \"x); dkim=pass header.d=example.com (\"@example.net) smtp.mailfrom=example.net\n", "none"},
		"the sender's own name of a result": {"X-Authentication-Results: mx.example.org; dmarc=pass\nARC-Authentication-Results: i=1; mx.example.org; dmarc=pass\n", "none"},
		"nothing found":                     {ar + "mx.example.org; none\n", "none"},
	} {
		m := told(Senders{AuthServID: "mx.example.org"}, c.header+from)
		if m.Origin == nil || m.Origin.Check != c.want || m.Origin.Says == "" {
			t.Errorf("%s: %+v, want %s", name, m.Origin, c.want)
			continue
		}
		how := ingest.Header
		if c.want == ingest.CheckPassed {
			how = ingest.Verified
		}
		if m.Unproven != (c.want == ingest.CheckFailed) || m.From.How != how || m.Identities[0].How != how {
			t.Errorf("%s: unproven %t, %s, %s", name, m.Unproven, m.From.How, m.Identities[0].How)
		}
		if m := told(Senders{}, c.header+from); m.Origin != nil || m.Unproven || m.From.How != ingest.Header {
			t.Errorf("%s: %+v although no server is believed", name, m.Origin)
		}
	}
}

// TestNamelessResults holds that results without a server's name are believed
// where that is wanted, and only there.
func TestNamelessResults(t *testing.T) {
	const tail = "From: ann@example.com\n\nHello\n"
	const passed = "spf=pass (sender IP is 192.0.2.1)\n smtp.mailfrom=example.com; dkim=pass (it was verified)\n header.d=example.com;dmarc=pass action=none\n header.from=example.com;compauth=pass reason=100\n"
	const failed = "spf=fail (sender IP is 192.0.2.1) smtp.mailfrom=example.net; dmarc=fail action=none header.from=example.com;\n"
	for header, want := range map[string]ingest.Check{
		"Authentication-Results: " + passed:                                                           "pass",
		"Authentication-Results: " + failed:                                                           "fail",
		"Authentication-Results: " + failed + "Received: x\nAuthentication-Results: " + passed:        "fail",
		"Authentication-Results: -; " + passed:                                                        "none",
		"Authentication-Results: mx.example.org; " + passed:                                           "none",
		"Authentication-Results: ;" + passed:                                                          "none",
		"Authentication-Results-Original: " + passed + "Authentication-Results: spf=none (x); x.y;\n": "none",
	} {
		if m := told(Senders{AuthServID: nameless}, header+tail); m.Origin.Check != want {
			t.Errorf("%s: %+v, want %s", header, *m.Origin, want)
		}
		if m := told(Senders{AuthServID: "spf=pass"}, header+tail); m.Origin.Check != ingest.CheckNone {
			t.Errorf("%s is believed by a name: %+v", header, *m.Origin)
		}
	}
}

// TestLookAlikesAreNotVouchedFor holds that a domain that looks like another
// never passes for it, and that authors that are several pass for none.
func TestLookAlikesAreNotVouchedFor(t *testing.T) {
	for name, from := range map[string]string{
		"a Cyrillic letter": "ann@ex\u0430mple.com", "the same in Punycode": "ann@xn--exmple-4nf.com",
		"no domain": "ann", "an address": "ann@[192.0.2.1]", "two authors": "ann@example.com, eve@example.org",
	} {
		raw := "Authentication-Results: mx.example.org; dkim=pass header.d=xn--exmple-4nf.com; dmarc=pass\nFrom: " + from + "\n\nHello\n"
		if m := told(Senders{AuthServID: "mx.example.org"}, raw); m.From.How == ingest.Verified {
			t.Errorf("%s: %+v is verified: %+v", name, m.From, m.Origin)
		}
	}
}

// TestNamedSenders holds from which header the sender is taken, and when.
func TestNamedSenders(t *testing.T) {
	s := Senders{Forms: Addresses{"forms@example.org", "shop.example.org"}, Gateways: Addresses{"lists.example.net", "talk@example.org"}}
	for name, c := range map[string]struct{ header, address, name, header2 string }{
		"a form":                    {"From: Form <forms@example.org>\nReply-To: Ann <ann@example.com>\n", "ann@example.com", "Ann", "Reply-To"},
		"a form's domain":           {"From: x@eu.shop.example.org\nReply-To: ann@example.com\n", "ann@example.com", "", "Reply-To"},
		"a copy for the person":     {"From: forms@example.org\nReply-To: ann@example.com\nCc: ann@example.com\n", "ann@example.com", "", "Reply-To"},
		"a form that names nobody":  {"From: forms@example.org\n", "forms@example.org", "", ""},
		"a form that names itself":  {"From: forms@example.org\nReply-To: forms+1@example.org\n", "forms@example.org", "", ""},
		"a form that names two":     {"From: forms@example.org\nReply-To: ann@example.com, eve@example.com\n", "forms@example.org", "", ""},
		"no form":                   {"From: ann@example.com\nReply-To: eve@example.com\n", "ann@example.com", "", ""},
		"another domain":            {"From: x@notshop.example.org\nReply-To: eve@example.com\n", "x@notshop.example.org", "", ""},
		"two authors":               {"From: forms@example.org, x@example.com\nReply-To: eve@example.com\n", "forms@example.org", "", ""},
		"a gateway":                 {"From: 'Ann Lee' via Talk <talk@example.org>\nX-Original-From: Ann Lee <ann@example.com>\nReply-To: talk@example.org\n", "ann@example.com", "Ann Lee", "X-Original-From"},
		"a gateway, sender":         {"From: Ann Lee via Talk <talk@example.org>\nX-Original-Sender: ann@example.com\n", "ann@example.com", "Ann Lee", "X-Original-Sender"},
		"a gateway, reply":          {"From: Ann Lee via Talk <t@lists.example.net>\nReply-To: talk@example.com, ann@example.com\nTo: talk@example.com\n", "ann@example.com", "Ann Lee", "Reply-To"},
		"a stranger's X-Original":   {"From: Eve <eve@example.com>\nX-Original-From: ann@example.com\nX-Original-Sender: ann@example.com\n", "eve@example.com", "Eve", ""},
		"a form with an X-Original": {"From: forms@example.org\nX-Original-From: eve@example.com\nReply-To: ann@example.com\n", "ann@example.com", "", "Reply-To"},
	} {
		m := told(s, c.header+"\nHello\n")
		header := ""
		if m.Origin != nil {
			header = m.Origin.Header
		}
		if m.From.Address != c.address || m.From.Name != c.name && c.name != "" || header != c.header2 {
			t.Errorf("%s: %+v by %q", name, m.From, header)
		}
		if header != "" && (len(m.Identities) != 1 || m.Identities[0] != m.From.Identity || m.From.How != ingest.Header) {
			t.Errorf("%s: identities %+v", name, m.Identities)
		}
	}
}

// TestNamedAndChecked holds that whom a form names is no more proven by the
// form's signature, and is not taken from a form that is forged.
func TestNamedAndChecked(t *testing.T) {
	s := Senders{AuthServID: "mx.example.org", Forms: Addresses{every}}
	mail := "From: forms@example.org\nReply-To: ann@example.com\n\nHello\n"
	m := told(s, "Authentication-Results: mx.example.org; dkim=pass header.d=example.org\n"+mail)
	if m.From.Value != "ann@example.com" || m.From.How != ingest.Header || m.Origin.Check != ingest.CheckPassed || m.Origin.From != "forms@example.org" {
		t.Errorf("a form: %+v, %+v", m.From, m.Origin)
	}
	m = told(s, "Authentication-Results: mx.example.org; dmarc=fail header.from=example.org\n"+mail)
	if m.From.Value != "forms@example.org" || !m.Unproven || m.Origin.Header != "" {
		t.Errorf("a forged form: %+v, %+v", m.From, m.Origin)
	}
}

func TestAddressesSetting(t *testing.T) {
	set := func(v any) (Addresses, error) {
		var a Addresses
		err := a.UnmarshalYAML(func(into any) error {
			switch into := into.(type) {
			case *bool:
				if b, ok := v.(bool); ok {
					*into = b
					return nil
				}
			case *string:
				if s, ok := v.(string); ok {
					*into = s
					return nil
				}
			case *[]string:
				if l, ok := v.([]string); ok {
					*into = l
					return nil
				}
			}
			return errNoName
		})
		return a, err
	}
	forms := ingest.Identity{Kind: "email", Value: "forms@shop.example.org", How: ingest.Header}
	for name, c := range map[string]struct {
		v       any
		has, ok bool
	}{
		"all": {true, true, true}, "none": {false, false, true}, "an address": {"Forms+x@shop.example.org", true, true},
		"domains": {[]string{"example.net", "EXAMPLE.org"}, true, true}, "another": {[]string{"op.example.org"}, false, true},
		"no address": {[]string{"a b@"}, false, false}, "a number": {7, false, false},
		"a number as a text": {"7", false, false}, "yes": {"yes", false, false}, "a whole top-level domain": {[]string{"org"}, false, false},
	} {
		if a, err := set(c.v); a.Has(forms) != c.has || (err == nil) != c.ok {
			t.Errorf("%s: %q, %v", name, a, err)
		}
	}
}

// TestSignedMark holds that mail with our own mark goes round in a loop, and mail
// with anybody else's does not.
func TestSignedMark(t *testing.T) {
	s := Senders{Marks: []string{"old secret", "new secret"}}
	mark := ingest.Mark("old secret", "mail-7")
	for name, c := range map[string]struct {
		header string
		want   ingest.Auto
	}{
		"ours":            {ingest.MarkHeader + ": " + mark, ingest.AutoLoop},
		"folded":          {ingest.MarkHeader + ": " + mark[:20] + "\n " + mark[20:], ingest.AutoNone},
		"at a blank":      {ingest.MarkHeader + ": v1\n mail-7\n " + mark[len("v1 mail-7 "):], ingest.AutoLoop},
		"below another":   {ingest.MarkHeader + ": v1 x y\n" + ingest.MarkHeader + ": " + mark, ingest.AutoLoop},
		"another secret":  {ingest.MarkHeader + ": " + ingest.Mark("theirs", "mail-7"), ingest.AutoNone},
		"another label":   {ingest.MarkHeader + ": v1 mail-8 " + mark[len("v1 mail-7 "):], ingest.AutoNone},
		"somebody's loop": {"X-Loop: support@example.org", ingest.AutoNone},
		"an answer to it": {"In-Reply-To: <mail-7@example.org>", ingest.AutoNone},
	} {
		if m := told(s, c.header+"\nFrom: ann@example.com\n\nHello\n"); m.Auto != c.want {
			t.Errorf("%s: %s, want %s", name, m.Auto, c.want)
		}
	}
	if m := told(Senders{}, ingest.MarkHeader+": "+ingest.Mark("", "x")+"\nFrom: ann@example.com\n\nHello\n"); m.Auto != ingest.AutoNone {
		t.Errorf("without a secret: %s", m.Auto)
	}
	if m := told(Senders{Marks: []string{""}}, ingest.MarkHeader+": "+ingest.Mark("", "x")+"\nFrom: ann@example.com\n\nHello\n"); m.Auto != ingest.AutoNone {
		t.Errorf("with an empty secret: %s", m.Auto)
	}
}

package main

import (
	"testing"
	"time"

	"gatehouse/channels/mime"
	"gatehouse/ingest"
)

// mailEvasions are headers that hide who writes. Each is read from its bytes,
// and must meet a block of ann@example.com.
var mailEvasions = []struct{ header, why string }{
	{"From: ann@example.com", "plain"},
	{"From: ANN@EXAMPLE.COM", "capitals"},
	{"FROM: ann@example.com", "the field in capitals"},
	{"from : ann@example.com", "a blank before the colon"},
	{"From:\r\n ann@example.com", "folded at once"},
	{"From: Ann\r\n\t<ann@example.com>", "folded before the address"},
	{"From: <ann@\r\n example.com>", "folded within the address"},
	{"From: Ann <ann@example.com>", "a name"},
	{`From: "bob@example.org" <ann@example.com>`, "a name that shows another address"},
	{`From: "Bob <bob@example.org>" <ann@example.com>`, "a name that shows another in brackets"},
	{"From: bob@example.org <ann@example.com>", "the same without quotes"},
	{"From: =?utf-8?Q?bob=40example.org?= <ann@example.com>", "the same as an encoded word"},
	{"From: =?utf-8?B?Ym9iQGV4YW1wbGUub3Jn?= <ann@example.com>", "the same in Base64"},
	{"From: =?utf-8?Q?Ann_=3Cann=40example=2Ecom=3E?=", "all of it an encoded word"},
	{"From: =?utf-8?B?YW5uQGV4YW1wbGUuY29t?=", "the address in Base64"},
	{"From: <=?utf-8?Q?ann?=@example.com>", "an encoded word for a local part"},
	{"From: ann@example.com (bob@example.org)", "a comment that shows another address"},
	{"From: (bob@example.org) ann@example.com", "a comment before it"},
	{"From: ann(x)@(y)example.com", "comments within"},
	{"From: ann@example(a(b)c).com", "a nested comment"},
	{"From: Ann <ann(home)@example.com>", "a comment in brackets"},
	{"From: <<ann@example.com>>", "brackets twice"},
	{"From: <ann@example.com", "a bracket left open"},
	{"From: Ann <ann@example.com>;", "a semicolon behind"},
	{"From: <ann@example.com>,", "a comma behind"},
	{"From: <@relay.example.net:ann@example.com>", "a route"},
	{"From: <@a.example.net,@b.example.net:ann@example.com>", "a long route"},
	{"From: <mailto:ann@example.com>", "a link"},
	{`From: "ann"@example.com`, "needless quotes"},
	{`From: <"a\nn"@example.com>`, "needless escapes"},
	{"From: 'ann@example.com'", "apostrophes"},
	{"From: ann @ example.com", "blanks around the @"},
	{"From: ann+shop@example.com", "a tag"},
	{"From: a\u200Bnn@example.com", "a zero-width space in UTF-8"},
	{"From: <а" + "nn@example.com>", "a Cyrillic а in UTF-8"},
	{"From: =?koi8-r?Q?=C1nn=40example=2Ecom?=", "a Cyrillic а in KOI8-R"},
	{"From: <ann@ｅｘａｍｐｌｅ．com>", "full width"},
	{"From: <ann@xn--ml-6kctd8d6a.com>", "a look-alike domain in Punycode"},
	{"From: ann@example.com\r\nFrom: bob@example.org", "a second From"},
	{"From: bob@example.org\r\nFrom: ann@example.com", "as the second From"},
	{"From: bob@example.org\r\nSubject: x\r\nFROM: Ann <ann@example.com>", "as a second From further down"},
	{"From: ann@example.com, bob@example.org", "two authors"},
	{"From: bob@example.org, ann@example.com", "two authors, the other way round"},
	{"From: Bob <bob@example.org>, Ann <ANN@example.com>, eve@example.net", "three authors"},
	{"From: bob@example.org; ann@example.com", "a semicolon between them"},
	{"From: Friends: bob@example.org, ann@example.com;", "a group"},
	{"From: Nobody:; , ann@example.com", "an empty group before"},
	{"From: A: ann@example.com;, B: bob@example.org;", "two groups"},
	{"Sender: ann@example.com", "only a Sender"},
	{"From: Ann\r\nSender: ann@example.com", "a From without an address"},
	{"From: undisclosed:;\r\nSender: Ann <ann@example.com>", "an empty group and a Sender"},
	{"Return-Path: <ann@example.com>", "only a Return-Path"},
}

// headed reads a mail with this header.
func headed(header string) ingest.Message {
	m := mime.Read([]byte(header+"\r\nTo: support@example.net\r\n\r\nhello\r\n"), mime.Options{}).Message()
	m.Channel = "mail"
	return m
}

func blocks(t *testing.T, target string, m ingest.Message) bool {
	t.Helper()
	parsed, err := ingest.ParseTarget(target)
	if err != nil {
		t.Fatal(err)
	}
	r := ingest.Rule{ID: 1, Kind: ingest.Block, Target: parsed}
	return r.Matches(m, ingest.Facts{Now: time.Unix(0, 0), Kind: "imap"})
}

func TestMailEvasions(t *testing.T) {
	for _, e := range mailEvasions {
		if m := headed(e.header); !blocks(t, "email:ann@example.com", m) || !blocks(t, "domain:example.com", m) {
			t.Errorf("%s: %q evades; its identities are %v", e.why, e.header, m.Identities)
		}
	}
}

// TestMailStrangers holds that whom a header only shows is not taken for its
// author.
func TestMailStrangers(t *testing.T) {
	for _, e := range []struct{ header, why string }{
		{`From: "ann@example.com" <bob@example.org>`, "a name"},
		{`From: "Ann <ann@example.com>" <bob@example.org>`, "a name with brackets"},
		{"From: =?utf-8?Q?ann=40example.com?= <bob@example.org>", "a name in an encoded word"},
		{"From: bob@example.org (ann@example.com)", "a comment"},
		{"From: <@example.com:bob@example.org>", "a route"},
		{"From: bob@example.org\r\nReply-To: ann@example.com", "Reply-To"},
		{"From: bob@example.org\r\nSender: ann@example.com", "a Sender beside a From"},
		{"From: bob@example.org\r\nReturn-Path: <ann@example.com>", "a Return-Path beside a From"},
		{"From: bob@example.org\r\nTo: ann@example.com\r\nCc: ann@example.com", "recipients"},
		{"From: bob@example.org\r\nX-From: ann@example.com", "a field of another name"},
		{"From: bob@example.org\r\nSubject: From: ann@example.com", "a subject"},
		{"From: bob@example.org\r\n\r\nFrom: ann@example.com", "the text"},
		{"From: bob@notexample.com", "a domain that ends alike"},
		{"From: ann@example.com.example.org", "a domain that begins alike"},
		{`From: "ann@example.com"@example.org`, "a quoted local part"},
	} {
		m := headed(e.header)
		if blocks(t, "email:ann@example.com", m) || blocks(t, "domain:example.com", m) {
			t.Errorf("%s: %q is taken for ann; its identities are %v", e.why, e.header, m.Identities)
		}
	}
}

// Who of several authors wrote a mail nobody can tell: rules meet each, none is
// allowed by it, and none gets a contact.
func TestSeveralAuthorsAreUnproven(t *testing.T) {
	for header, want := range map[string]bool{
		"From: ann@example.com":                            false,
		"From: ann@example.com\r\nFrom: ANN@example.com":   false,
		"From: Ann <ann@example.com>, ann+x@example.com":   false,
		"From: ann@example.com\r\nFrom: bob@example.org":   true,
		"From: Friends: ann@example.com, bob@example.org;": true,
	} {
		if got := headed(header).Unproven; got != want {
			t.Errorf("%q: unproven is %v", header, got)
		}
	}
}

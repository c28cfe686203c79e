package mime

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"gatehouse/ingest"
)

func TestParseAddresses(t *testing.T) {
	box := func(name, address string) ingest.Mailbox { return ingest.Mailbox{Name: name, Address: address} }
	for field, want := range map[string][]ingest.Mailbox{
		`ann@example.com`: {box("", "ann@example.com")},
		`Ann Lee <ann@example.com>, bob@example.com`:       {box("Ann Lee", "ann@example.com"), box("", "bob@example.com")},
		`"Lee, Ann" <ann@example.com>`:                     {box("Lee, Ann", "ann@example.com")},
		`Lee, Ann <ann@example.com>`:                       {box("Lee, Ann", "ann@example.com")},
		`ann@example.com (Ann (the first))`:                {box("Ann (the first)", "ann@example.com")},
		`"john doe"@example.com`:                           {box("", `"john doe"@example.com`)},
		`"john"@example.com`:                               {box("", `john@example.com`)},
		`<"john doe"@example.com>`:                         {box("", `"john doe"@example.com`)},
		`Ann <@a.example,@b.example:ann@example.com>`:      {box("Ann", "ann@example.com")},
		`Ann <<ann@example.com>>,`:                         {box("Ann", "ann@example.com")},
		`Ann <ann@example.com`:                             {box("Ann", "ann@example.com")},
		`ann @ example.com`:                                {box("", "ann@example.com")},
		`'ann@example.com'`:                                {box("", "ann@example.com")},
		`Ann ann@example.com`:                              {box("Ann", "ann@example.com")},
		`team:a@example.com,b@example.com;, c@example.com`: {box("", "a@example.com"), box("", "b@example.com"), box("", "c@example.com")},
		`undisclosed-recipients:;`:                         nil,
		`Nobody`:                                           {box("Nobody", "")},
		`=?utf-8?q?A=2C_B?= <a@example.com>`:               {box("A, B", "a@example.com")},
		`=?utf-8?Q?Ann <ann@example.com>?=`:                {box("Ann", "ann@example.com")},
		`"=?utf-8?b?SsO2?=" <j@example.com>`:               {box("Jö", "j@example.com")},
		`"Ann \"A\" Lee" <ann@example.com>`:                {box(`Ann "A" Lee`, "ann@example.com")},
		`jörg@example.com`:                                 {box("", "jörg@example.com")},
		`"ann@example.com" <ann@example.com>`:              {box("ann@example.com", "ann@example.com")},
		`ann@example.com.`:                                 {box("", "ann@example.com")},
		`":sys"@ a . b, A.(x) Lee @(y)Example.COM`:         {box("", `":sys"@a.b`), box("", "A.Lee@Example.COM")},
		`Pete(a \) b) <pete(c)@example.com(d)>`:            {box("Pete", "pete@example.com")},
		`ann(x)@example.com`:                               {box("", "ann@example.com")},
		`ann@example.com (A) (B)`:                          {box("A", "ann@example.com")},
		`x: a, b <b@example.com>; (the end)`:               {box("a, b", "b@example.com")},
		`a, b, c, d, e`:                                    {box("a", ""), box("b", ""), box("c", ""), box("d", ""), box("e", "")},
		`"X:;" <unlisted-recipients:; (none)>`:             nil,
		`ann@example.com bob@example.com`:                  {box("", "ann@example.com"), box("", "bob@example.com")},
		`Ann <ann@example.com> Bob <bob@example.com>`:      {box("Ann", "ann@example.com"), box("Bob", "bob@example.com")},
		`Ann <ann@example.com;bob@example.com>`:            {box("Ann", "ann@example.com"), box("", "bob@example.com")},
		`Ann <ann@example.com, Bob <bob@example.com>`:      {box("Ann", "ann@example.com"), box("Bob", "bob@example.com")},
		`<"Ann" <ann@example.com>>`:                        {box("Ann", "ann@example.com")},
		`"Ann <ann@example.com>, Bob <bob@example.com>`:    {box("Ann", "ann@example.com"), box("Bob", "bob@example.com")},
		`"Ann <ann@example.com>, "Bob" <bob@example.com>`:  {box("Ann", "ann@example.com"), box("Bob", "bob@example.com")},
		`Ann" <ann@example.com>, "Bob" <bob@example.com>`:  {box("Ann", "ann@example.com"), box("Bob", "bob@example.com")},
		`"Ann <a@example.com>" <ann@example.com>`:          {box("Ann <a@example.com>", "ann@example.com")},
		`Ann [mailto:ann@example.com]`:                     {box("Ann", "ann@example.com")},
		`<mailto:ann@example.com?subject=x>`:               {box("", "ann@example.com")},
		`Ann <ann at example.com>`:                         {box("Ann", "ann@example.com")},
		`ann at example.com (Ann)`:                         {box("Ann", "ann@example.com")},
		`ann@@example.com`:                                 {box("", "ann@@example.com")},
		`ann@[IPv6:2001:db8::1], b@example.com`:            {box("", "ann@[IPv6:2001:db8::1]"), box("", "b@example.com")},
		`/G=Ann/S=Lee/ADMD= /C=gb/@example.com`:            {box("", "/G=Ann/S=Lee/ADMD=/C=gb/@example.com")},
		`Ann \"A\" Lee <ann@example.com>`:                  {box(`Ann "A" Lee`, "ann@example.com")},
		`"Ann\, Lee" <ann@example.com>`:                    {box("Ann, Lee", "ann@example.com")},
		`Ann (Lee <ann@example.com>`:                       {box("Ann (Lee", "ann@example.com")},
		"\x1b$B;3ED\x1b(B <y@example.com>":                 {box("山田", "y@example.com")},
		"\x95\x5c\x8e\xa6\x82\xcc <y@example.com>":         {box("表示の", "y@example.com")},
		`<>`: nil,
		``:   nil,
	} {
		got, over := parseAddresses(field, "")
		if diff := cmp.Diff(want, got); diff != "" || over {
			t.Errorf("%s (-want +got)\n%s", field, diff)
		}
	}
}

func TestParseDate(t *testing.T) {
	for s, want := range map[string]string{
		"Fri, 1 Mar 2024 09:05:00 +0530":           "2024-03-01T09:05:00+05:30",
		"Fri, 01 Mar 2024 09:05:00 +0000 (UTC)":    "2024-03-01T09:05:00Z",
		"1 Mar 2024 09:05 -0800":                   "2024-03-01T09:05:00-08:00",
		"1 Mar 24 09:05:00 EST":                    "2024-03-01T09:05:00-05:00",
		"1 Mar 99 09:05:00 GMT":                    "1999-03-01T09:05:00Z",
		"Fri Mar  1 09:05:00 2024":                 "2024-03-01T09:05:00Z",
		"Fri Mar  1 09:05:00 PST 2024":             "2024-03-01T09:05:00-08:00",
		"2024-03-01T09:05:00+05:30":                "2024-03-01T09:05:00+05:30",
		"2024-03-01 09:05:00":                      "2024-03-01T09:05:00Z",
		"Fri, 1 Mar 2024 9:05:00 PM +0100":         "2024-03-01T21:05:00+01:00",
		"Fri, 1 Mar 2024 09:05:00 GMT+0200":        "2024-03-01T09:05:00+02:00",
		"Friday, March 1, 2024 09:05:00 +02:00":    "2024-03-01T09:05:00+02:00",
		"Fri, 1-Mar-2024 09:05:00 +0000":           "2024-03-01T09:05:00Z",
		"17-6-2008 17:10:08":                       "2008-06-17T17:10:08Z",
		"3/1/2024 9:05:07 PM":                      "2024-03-01T21:05:07Z",
		"13/1/2024 21:05:07":                       "2024-01-13T21:05:07Z",
		"01.03.2024 09:05":                         "2024-03-01T09:05:00Z",
		"20240301T090500Z":                         "2024-03-01T09:05:00Z",
		"2024-03-01T09:05:00,123+01":               "2024-03-01T09:05:00+01:00",
		"01/Mar/2024:09:05:00 +0100":               "2024-03-01T09:05:00+01:00",
		"Fri, 1 Mar 2024 09.05.00 +0100":           "2024-03-01T09:05:00+01:00",
		"Fri, 1 Mar 2024 0905 +0100":               "2024-03-01T09:05:00+01:00",
		"Fri, 1 Mar 2024 09:05:00 0200":            "2024-03-01T09:05:00+02:00",
		"Fri, 1 Mar 2024 09:05:00 + 0100":          "2024-03-01T09:05:00+01:00",
		"Fri, 1 Mar 2024 09:05:00 GMT-05:00":       "2024-03-01T09:05:00-05:00",
		"Fri, 1 Mar 2024 09:05:00 +0100 GMT":       "2024-03-01T09:05:00+01:00",
		"Fri, 1 Mar 2024 09:05:00 EST5EDT":         "2024-03-01T09:05:00-05:00",
		"Fri, 28 Feb 2025 23:59:60 -0500":          "2025-02-28T23:59:59-05:00",
		"Wed, 31 Dec 1969 19:00:00 -0500":          "1969-12-31T19:00:00-05:00",
		"Fr, 1. März 2024 09:05 +0100":             "2024-03-01T09:05:00+01:00",
		"mar., 12 déc. 2023 09:05:00 +0100":        "2023-12-12T09:05:00+01:00",
		"Пт, 1 мар 2024 09:05:00 +0300":            "2024-03-01T09:05:00+03:00",
		"maanantai 4. maaliskuuta 2024 9:05":       "2024-03-04T09:05:00Z",
		"2024年3月1日(金) 9:05:07":                     "2024-03-01T09:05:07Z",
		"2024년 3월 1일 금요일 오후 9:05":                  "2024-03-01T21:05:00Z",
		"星期五, 1 三月 2024 09:05:07 +0800":            "2024-03-01T09:05:07+08:00",
		"March 1st, 2024 9:05 p.m.":                "2024-03-01T21:05:00Z",
		"=?utf-8?q?Fri,_1_Mar_2024_09:05:00_Z?=":   "2024-03-01T09:05:00Z",
		"Wed, 15 Dec 2010    59:10 -0500":          "",
		"Sat, 8 dogs did while 8 cats hid":         "",
		"1709283900":                               "",
		"Fri, 31 Feb 2024 09:05:00 +0000":          "",
		"Fri, 1 Mar 2024 29:05:00 +0000":           "",
		"tomorrow":                                 "",
		"":                                         "",
		"0":                                        "",
		"Thu, 1 Jan 1900 00:00:00 +0000":           "",
		"Fri, 1 Mar 2024 09:05:00 +9999":           "2024-03-01T09:05:00Z",
		"(comment) Fri, 1 Mar 2024 09:05:00 +0100": "2024-03-01T09:05:00+01:00",
	} {
		got := ""
		if at, ok := parseDate(s); ok {
			got = at.Format("2006-01-02T15:04:05Z07:00")
		}
		if got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

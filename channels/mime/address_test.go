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
		`<>`:                                               nil,
		``:                                                 nil,
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

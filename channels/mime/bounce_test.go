package mime

import (
	"strings"
	"testing"
)

func TestStatusCode(t *testing.T) {
	for in, want := range map[string]string{
		"5.1.1":                            "5.1.1",
		"smtp;550 5.7.750 blocked":         "5.7.750",
		"(#4.4.1)":                         "4.4.1",
		"said 550-5.1.1 <a@b>. 5.2.2":      "5.1.1",
		"5.1.1.":                           "5.1.1",
		"5.1.1.7":                          "", // an address
		"192.5.1.1":                        "",
		"Postfix 3.5.4":                    "",
		"Server 5.65.1":                    "",
		"5.1.2024":                         "", // a date
		"5.8.1":                            "",
		"2.1.5 ok":                         "",
		"5.1":                              "",
		"Server version 5.1.1beta is busy": "",
	} {
		if got := statusCode(in, "45"); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := statusCode("2.1.5 ok", "245"); got != "2.1.5" {
		t.Errorf("a delivered status: %q", got)
	}
}

func TestReplyCode(t *testing.T) {
	for in, want := range map[string]string{
		"550 no such user":                           "550",
		"<<< 452 try later":                          "452",
		"host mx.example.net said: 554 refused":      "554",
		"ERROR_CODE :550, no":                        "",
		"(reason: 550 5.1.1 unknown)":                "550",
		"421-first line":                             "421",
		"after RCPT TO:<a@b>: 550 gone":              "550",
		"Remote server returned '550 5.1.10 gone'":   "550",
		"Your order of 550 pieces":                   "",
		"call 555 0100 for help":                     "",
		"no reply from 192.0.2.450 within 5 minutes": "",
		"600 is no code":                             "",
	} {
		if got := replyCode(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestGuessStatus(t *testing.T) {
	for in, want := range map[string]string{
		"550 User unknown":               "5.1.1",
		"452 mailbox full":               "4.2.2",
		"552 no":                         "5.2.2",
		"550 Host unknown":               "5.1.2",
		"Unrouteable address":            "5.1.2",
		"message too large for this box": "5.3.4",
		"554 too many hops, user unknown to the counter": "5.4.6",
		"retry timeout exceeded":                         "5.4.7",
		"550 relaying denied":                            "5.7.1",
		"550 no":                                         "",
		"something else":                                 "",
	} {
		class := byte('5')
		if strings.HasPrefix(replyCode(in), "4") {
			class = '4'
		}
		if got := guessStatus(in, class); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestRecipientOf(t *testing.T) {
	for in, want := range map[string]string{
		"<a@example.com>: why":                   "a@example.com",
		"  a@example.com":                        "a@example.com",
		"a@example.com<mailto:a@example.com>":    "a@example.com",
		"a@example.com... User unknown":          "a@example.com",
		"a@example.com [User unknown]":           "a@example.com",
		"a@example.com is unknown":               "a@example.com",
		"550 <a@example.com>... User unknown":    "a@example.com",
		"<<< 550 5.1.1 <a@example.com>: unknown": "a@example.com",
		">>> RCPT TO:<a@example.com>":            "a@example.com",
		"Recipient: [SMTP:a@example.com]":        "a@example.com",
		"收件人：a@example.com":                      "a@example.com",
		"a@example.com wrote to you":             "",
		"From: a@example.com":                    "",
		"Original Sender: <a@example.com>":       "",
		"http://a@example.com/":                  "",
		"MAIL FROM:<a@example.com>":              "",
		"nobody":                                 "",
	} {
		if got, _ := recipientOf(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// bounceHostile makes reports that are cheap to send and, read carelessly,
// dear to read; n scales their size.
var bounceHostile = map[string]func(n int) string{
	"continued field":  func(n int) string { return asStatus("Diagnostic-Code: x\n" + strings.Repeat(" y\n", n)) },
	"fields of nobody": func(n int) string { return asStatus(strings.Repeat("Status: 5.1.1\n", n)) },
	"lone recipients":  func(n int) string { return asStatus(strings.Repeat("Original-Recipient: rfc822; a@b\n\n", n)) },
	"recipients":       func(n int) string { return asReport(strings.Repeat("<a@example.com>: no\n", n)) },
	"one long line":    func(n int) string { return asReport(strings.Repeat("<a@example.com> 550 5.1.1 ", n)) },
	"codes":            func(n int) string { return asReport(strings.Repeat("550 5.1. 5.1.\n", n)) },
	"brackets":         func(n int) string { return asReport(strings.Repeat("<", n)) },
	"rules":            func(n int) string { return asReport(strings.Repeat("-", n) + " original message") },
	"received lines":   func(n int) string { return asReport("x\n\n" + strings.Repeat("Received: by x\n", n)) },
	"indented": func(n int) string {
		return asReport("x\nOriginal message:\n" + strings.Repeat(" ", n) + "\n" + strings.Repeat(" a:b\n", n))
	},
	"phrases": func(n int) string { return "Subject: x\n\n" + strings.Repeat("an automated message ", n) },
	"labels":  func(n int) string { return asReport(strings.Repeat("Recipient:", n)) },
}

func asReport(text string) string {
	return "From: MAILER-DAEMON@example.com\nSubject: failure notice\n\n" + text
}

func asStatus(fields string) string {
	return "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n" + fields
}

// TestBounceHostile reads them as TestHostile does: what eight times the size
// takes may not be more than eight times as much.
func TestBounceHostile(t *testing.T) {
	for name, make := range bounceHostile {
		t.Run(name, func(t *testing.T) {
			a, b := []byte(make(4_000)), []byte(make(32_000))
			checkInvariants(t, b, Read(b, Options{}))
			if few, many := allocated(a), allocated(b); many > 12*few+1<<20 {
				t.Errorf("%d octets take %d, %d take %d", len(a), few, len(b), many)
			}
		})
	}
}

// checkBounce checks what holds of every bounce.
func checkBounce(t testing.TB, b *Bounce) {
	t.Helper()
	if b == nil {
		return
	}
	if len(b.Recipients) > maxFailures {
		t.Errorf("%d recipients", len(b.Recipients))
	}
	for _, f := range b.Recipients {
		if f.Address == "" || f.Action == "" || f.Action != strings.ToLower(f.Action) {
			t.Errorf("recipient %q is %q", f.Address, f.Action)
		}
		if f.Status != "" && statusCode(f.Status, "245") != f.Status {
			t.Errorf("status %q", f.Status)
		}
	}
}

// FuzzBounce reads bytes as a delivery status and as a report in words.
func FuzzBounce(f *testing.F) {
	for _, s := range []string{
		"Final-Recipient: rfc822; a@example.com\nAction: failed\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; b@example.com\nStatus: 4.2.2\n",
		"<a@example.com>:\n550 5.1.1 no\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <o1@example.org>\n",
		"  ----- Transcript of session follows -----\n>>> RCPT TO:<a@example.com>\n<<< 550 no\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, raw := range []string{asStatus(s), asReport(s)} {
			m := read([]byte(raw), Options{})
			checkInvariants(t, []byte(raw), m)
			checkBounce(t, m.Bounce)
		}
	})
}

// TestSaysBounce reads mails that speak of failures and delays; many are no
// failure notices.
func TestSaysBounce(t *testing.T) {
	for raw, want := range map[string]string{
		"From: postmaster@example.com\nSubject: Power failure on Friday\n\nThe servers rest.\n":                                                                                                                                    "none",
		"From: System Administrator <it@example.com>\nSubject: Your mailbox is full\n\nQuota exceeded. Click here.\n":                                                                                                              "none",
		"Return-Path: <>\nFrom: shop@example.com\nSubject: Your order 550\n\nYour order has been delayed.\n":                                                                                                                       "none",
		"From: noreply@example.com\nSubject: Delivery failed\n\nWe could not be let in; the parcel was not delivered.\n":                                                                                                           "none",
		"From: Ann <ann@example.com>\nSubject: Undelivered mail\n\nMy mail was not delivered: 550 5.1.1 <a@example.net> user unknown\n":                                                                                            "none",
		"From: Ann <ann@example.com>\nSubject: Fwd: Undelivered Mail Returned to Sender\n\n<a@example.net>: 550 5.1.1 user unknown\n":                                                                                              "none",
		"From: postmaster@example.com\nSubject: Re: failure notice\nIn-Reply-To: <q1@example.org>\n\nIt is undeliverable because he left.\n":                                                                                       "none",
		"Return-Path: <>\nFrom: ann@example.com\nSubject: Re: Your order\nIn-Reply-To: <q1@example.org>\nAuto-Submitted: auto-replied\n\nBack on Monday.\n":                                                                        "auto_reply",
		"From: news@example.com\nList-Id: <news.example.com>\nPrecedence: bulk\nSubject: Spring\n\nGo on holiday with us.\n":                                                                                                       "list",
		"From: MAILER-DAEMON@example.com\nSubject: Re: failure notice\n\n<a@example.net>:\n550 5.1.1 no\n":                                                                                                                         "bounce",
		"From: Eva <postmaster@example.com>\nSubject: Re: Undelivered mail\nIn-Reply-To: <q1@example.org>\n\nHe left.\n\nOn Fri, 1 Mar 2024 at 08:00, Help <help@example.org> wrote:\n> <a@example.net>: 550 5.1.1 no such user\n": "none",
		"From: MAILER-DAEMON@example.com\nSubject: Hello\n\nYour mail could not be delivered.\n":                                                                                                                                   "bounce",
		"Return-Path: <>\nFrom: relay@example.com\nSubject: Hello\n\nYour mail could not be delivered to\n<a@example.net>\n":                                                                                                       "bounce",
		"Received: (qmail 7 invoked for bounce); 1 Mar 2024 09:00:00 -0000\nFrom: relay@example.com\nSubject: Hello\n\nYour mail could not be delivered.\n":                                                                        "bounce",
		"From: relay@example.com\nX-Failed-Recipients: a@example.net\nSubject: Hello\n\nSorry.\n":                                                                                                                                  "bounce",
		"From: MAILER-DAEMON@example.com\nSubject: Mail delivery\n\nNobody is called that.\n<a@example.net>\n":                                                                                                                     "bounce",
		"From: Outlook <microsoftexchange329e71ec88ae4615bbc36ab6ce41109e@example.com>\nSubject: Undeliverable: Hello\n\nDelivery has failed to these people.\n":                                                                   "bounce",
	} {
		if got := Read([]byte(raw), Options{}); got.Auto != want {
			t.Errorf("%q is %s %v, want %s", raw, got.Auto, got.AutoReasons, want)
		}
	}
}

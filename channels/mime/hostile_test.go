package mime

import (
	"bytes"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"gatehouse/ingest"
)

// hostile makes mails that are cheap to send and, read carelessly, dear to
// read; n scales their size.
var hostile = map[string]func(n int) string{
	"parts": func(n int) string {
		return "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\nx\n", n) + "--b--\n"
	},
	"nested multiparts": func(n int) string {
		var b strings.Builder
		for i := range n / 10 {
			fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\nfirst\n--b%d\n", i, i)
		}
		return b.String() + "\ntext\n"
	},
	"same boundary nested": func(n int) string {
		return strings.Repeat("Content-Type: multipart/mixed; boundary=b\n\n--b\n", n)
	},
	"quote lines": func(n int) string { return "Subject: x\n\nmine\n" + strings.Repeat("> quoted\n", n) },
	"quotes and gaps": func(n int) string {
		return "Subject: x\n\nOn 1.3.2024 a@b wrote:\n" + strings.Repeat("> q\n\n\nown\n\n", n)
	},
	"attributions": func(n int) string {
		return "Subject: x\n\n" + strings.Repeat("On On On a@example.com 9:05\n", n) + "wrote:\n"
	},
	"wrote without end": func(n int) string { return "Subject: x\n\n" + strings.Repeat("On Friday 2024 Ann wrote:\nand\n", n) },
	"header blocks":     func(n int) string { return "Subject: x\n\n" + strings.Repeat("From: a\nSent: b\n", n) },
	"rules":             func(n int) string { return "Subject: x\n\n" + strings.Repeat("______\n\n\n", n) },
	"signature marks":   func(n int) string { return "Subject: x\n\ntext\n" + strings.Repeat("-- \n", n) },
	"less-than signs":   func(n int) string { return "Content-Type: text/html\n\n" + strings.Repeat("<", n) },
	"nested tags": func(n int) string {
		return "Content-Type: text/html\n\n" + strings.Repeat("<div><blockquote><a href=http://x.example>x", n)
	},
	"hidden tags": func(n int) string {
		return "Content-Type: text/html\n\n" + strings.Repeat("<div style=display:none>x", n)
	},
	"open comments":   func(n int) string { return "Content-Type: text/html\n\n" + strings.Repeat("<!--", n) },
	"cid references":  func(n int) string { return "Content-Type: text/html\n\n" + strings.Repeat("<img src=cid:", n) },
	"parentheses":     func(n int) string { return "From: " + strings.Repeat("(", n) + "\n\nx" },
	"comments":        func(n int) string { return "From: " + strings.Repeat("(a)", n) + "\n\nx" },
	"angle brackets":  func(n int) string { return "To: " + strings.Repeat("<", n) + "\n\nx" },
	"colons":          func(n int) string { return "To: " + strings.Repeat("x", n) + "@" + strings.Repeat(":", n) + "\n\nx" },
	"open angles":     func(n int) string { return "To: " + strings.Repeat("<a@b,", n) + "\n\nx" },
	"nested angles":   func(n int) string { return "To: " + strings.Repeat("a <b@c, ", n) + "\n\nx" },
	"stray quotes":    func(n int) string { return "To: " + strings.Repeat("a\"<@>\"", n) + "\n\nx" },
	"escaped quotes":  func(n int) string { return "To: \"" + strings.Repeat("\\\"", n) + "\n\nx" },
	"open literals":   func(n int) string { return "To: a@" + strings.Repeat("[", n) + "\n\nx" },
	"mailto brackets": func(n int) string { return "To: " + strings.Repeat("[mailto:", n) + "\n\nx" },
	"closed comments": func(n int) string { return "To: " + strings.Repeat("(", n) + strings.Repeat(")", n) + "\n\nx" },
	"addresses":       func(n int) string { return "To: " + strings.Repeat("a@b ", n) + "\n\nx" },
	"dotted blanks": func(n int) string {
		return "To: " + strings.Repeat("a . ", n) + "a@" + strings.Repeat("b . ", n) + "\n\nx"
	},
	"routes":         func(n int) string { return "To: <" + strings.Repeat("@a,", n) + ":b@c>\n\nx" },
	"bytes of words": func(n int) string { return "Subject: " + strings.Repeat("=?utf-8?b?YQ?= =?utf-8?q?=?= ", n) + "\n\nx" },
	"unknown words": func(n int) string {
		return "Subject: " + strings.Repeat("=?x-a?q?=e9=d8?= =?x-b?q?=c7=d6=f5=e4?= ", n/10) + "\n\nx"
	},
	"unknown names":  func(n int) string { return "To: " + strings.Repeat("=?x-a?q?=e9=d8=c7=d6?= <a@b>,", n/10) + "\n\nx" },
	"long word":      func(n int) string { return "Subject: =?utf-8?b?" + strings.Repeat("YWFh", n) + "\n\nx" },
	"words of names": func(n int) string { return "To: " + strings.Repeat("=?utf-8?q?a", n) + "\n\nx" },
	"long field":     func(n int) string { return "Subject: " + strings.Repeat("words and ", 25*n) + "\n\nx" },
	"raw field":      func(n int) string { return "Subject: x\nTo: " + strings.Repeat("\xc4\xe3\xba\xc3", n) + "\n\nx" },
	"raw fields":     func(n int) string { return strings.Repeat("X-A: \xc4\xe3\n", n) + "Subject: \xc4\xe3\n\nx" },
	"escapes":        func(n int) string { return "Subject: " + strings.Repeat("\x1b$B", n) + "\n\nx" },
	"designators": func(n int) string {
		return "Content-Type: text/plain; charset=iso-2022-cn\n\n" + strings.Repeat("\x1b$)A\x0e", n)
	},
	"date digits":   func(n int) string { return "Date: " + strings.Repeat("1:", n) + "\n\nx" },
	"date letters":  func(n int) string { return "Date: " + strings.Repeat("é", n) + "\n\nx" },
	"received":      func(n int) string { return strings.Repeat("Received: x; nonsense of a day\n", n) + "\nx" },
	"id brackets":   func(n int) string { return "References: " + strings.Repeat("<", n) + "\n\nx" },
	"strange lines": func(n int) string { return "Subject: x\n" + strings.Repeat("x\n", n) + "From: a@b\n\nx" },
	"blank folds":   func(n int) string { return "Subject: x\n" + strings.Repeat(" \n y\n", n) + "From: a@b\n\nx" },
	"equals":        func(n int) string { return "Content-Type: a/b; a=" + strings.Repeat(" b=", n) + "\n\nx" },
	"raw names": func(n int) string {
		return "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\nContent-Type: a/b; name=\"\xe9\"\n\nx\n", n) + "--b--\n"
	},
	"commas":          func(n int) string { return "To: " + strings.Repeat("a,", n) + "<b@example.com>\n\nx" },
	"quotes":          func(n int) string { return "To: " + strings.Repeat(`"`, n) + "\n\nx" },
	"recipients":      func(n int) string { return "To: " + strings.Repeat("a@example.com, ", n) + "\n\nx" },
	"encoded words":   func(n int) string { return "Subject: " + strings.Repeat("=?utf-8?q?a?= ", n) + "\n\nx" },
	"open words":      func(n int) string { return "Subject: " + strings.Repeat("=?u?q?a", n) + " x\n\nx" },
	"word beginnings": func(n int) string { return "From: " + strings.Repeat("=?", n) + "\n\nx" },
	"continuations":   func(n int) string { return "Content-Type: text/plain" + segments(n) + "\n\nx" },
	"parameters":      func(n int) string { return "Content-Type: text/plain" + strings.Repeat("; a=b", n) + "\n\nx" },
	"references":      func(n int) string { return "References: " + strings.Repeat("<a@b> <", n) + "\n\nx" },
	"distinct ids":    func(n int) string { return "References: " + distinct(n) + "\n\nx" },
	"fields":          func(n int) string { return strings.Repeat("a:\n", n) + "\nx" },
	"part fields": func(n int) string {
		return "Content-Type: multipart/mixed; boundary=b\n\n--b\n" + strings.Repeat("a:\n", n) + "\nx\n--b--\n"
	},
	"folded field":   func(n int) string { return "Subject: x\n" + strings.Repeat(" y\n", n) + "\nx" },
	"broken lines":   func(n int) string { return "Subject: x\n" + strings.Repeat("no colon\nA: b\n", n) + "\nx" },
	"date words":     func(n int) string { return "Date: " + strings.Repeat("1 ", n) + "\n\nx" },
	"begin lines":    func(n int) string { return "Subject: x\n\n" + strings.Repeat("begin 644 x\n", n) },
	"uu files":       func(n int) string { return "Subject: x\n\n" + strings.Repeat("begin 644 x\nend\n", n) },
	"base64 padding": func(n int) string { return "Content-Transfer-Encoding: base64\n\n" + strings.Repeat("=", n) },
	"soft breaks": func(n int) string {
		return "Content-Transfer-Encoding: quoted-printable\n\n" + strings.Repeat("=\n", n)
	},
	"utf-7 plus":     func(n int) string { return "Content-Type: text/plain; charset=utf-7\n\n" + strings.Repeat("+", n) },
	"high octets":    func(n int) string { return "Subject: x\n\n" + strings.Repeat("\xe4\xb8", n) },
	"blank lines":    func(n int) string { return strings.Repeat("\n", n) },
	"bare boundary":  func(n int) string { return "Content-Type: multipart/mixed\n\n" + strings.Repeat("--\n", n) },
	"delimiter dust": func(n int) string { return "Content-Type: multipart/mixed; boundary=-\n\n" + strings.Repeat("-", n) },
	"status groups": func(n int) string {
		return "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n" +
			strings.Repeat("Final-Recipient: rfc822; a@b\n\n", n)
	},
}

func segments(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "; name*%d=x", n-i)
	}
	return b.String()
}

func distinct(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<%d@example.com>\n ", i)
	}
	return b.String()
}

// allocated returns the octets that reading raw takes from the heap.
func allocated(raw []byte) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	Read(raw, Options{})
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestHostile reads mails made to be dear. Eight times the size may take
// eight times the memory, and half again for rounding; a quadratic step would
// take sixty-four times, or not return before the test's deadline.
func TestHostile(t *testing.T) {
	const small, large = 5_000, 40_000
	for name, make := range hostile {
		t.Run(name, func(t *testing.T) {
			a, b := []byte(make(small)), []byte(make(large))
			checkInvariants(t, b, read(b, Options{}))
			few, many := allocated(a), allocated(b)
			if many > 12*few+1<<20 {
				t.Errorf("%d octets take %d, %d take %d", len(a), few, len(b), many)
			}
			if per := many / uint64(len(b)+1<<16); per > 200 {
				t.Errorf("%d octets for each of the mail", per)
			}
		})
	}
}

// TestHostileLarge reads the named cases at the sizes the design speaks of.
func TestHostileLarge(t *testing.T) {
	for name, n := range map[string]int{
		"parts": 100_000, "nested multiparts": 10_000, "quote lines": 200_000, "less-than signs": 300_000,
		"parentheses": 100_000, "encoded words": 30_000, "continuations": 20_000, "recipients": 50_000, "long field": 8_000, "fields": 300_000, "part fields": 1_000_000,
	} {
		raw := []byte(hostile[name](n))
		checkInvariants(t, raw, Read(raw, Options{}))
	}
}

// TestTextIsCut reads a body that is larger than the text a mail may have.
func TestTextIsCut(t *testing.T) {
	m := Read([]byte("Subject: x\n\n"+strings.Repeat("0123456 89\n", maxText/11+100)), Options{})
	if len(m.Defects) == 0 || len(m.Text) != maxText {
		t.Fatalf("%d octets of text, %v", len(m.Text), m.Defects)
	}
	if i := slices.IndexFunc(m.Defects, func(d ingest.Defect) bool { return d.Code == "limit_size" }); i < 0 {
		t.Errorf("no limit_size in %v", m.Defects)
	}
}

func TestLimits(t *testing.T) {
	for name, want := range map[string]string{
		"parts": "limit_parts", "nested multiparts": "limit_depth", "recipients": "limit_addresses",
		"fields": "limit_header", "part fields": "limit_header", "long field": "limit_header",
	} {
		m := Read([]byte(hostile[name](20_000)), Options{})
		n := 0
		for _, d := range m.Defects {
			if d.Code == want {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%s: %d times %s in %v", name, n, want, m.Defects)
		}
	}
}

// TestAttachmentsAreNotKept reads a large attachment within a small part of
// its size.
func TestAttachmentsAreNotKept(t *testing.T) {
	var raw bytes.Buffer
	raw.WriteString("Content-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n--b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\n")
	for range 200_000 {
		raw.WriteString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhg\n")
	}
	raw.WriteString("--b--\n")
	if got := allocated(raw.Bytes()); got > uint64(raw.Len()/50) {
		t.Errorf("%d octets of mail take %d of memory", raw.Len(), got)
	}
}

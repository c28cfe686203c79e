package mime

import (
	"fmt"
	"strings"
	"testing"
)

// hostileParts are mails whose structure is made to be dear to read.
var hostileParts = map[string]func(n int) string{
	"rfc822 parts": func(n int) string {
		return "Content-Type: multipart/digest; boundary=b\n\n" + strings.Repeat("--b\nContent-Type: message/rfc822\n\nSubject: x\n\nx\n", n) + "--b--\n"
	},
	"rfc822 in rfc822": func(n int) string { return strings.Repeat("Content-Type: message/rfc822\n\n", n) },
	"alternatives": func(n int) string {
		var b strings.Builder
		for i := range n / 10 {
			fmt.Fprintf(&b, "Content-Type: multipart/alternative; boundary=b%d\n\n--b%d\n\nplain\n--b%d\n", i, i, i)
		}
		return b.String()
	},
	"relateds": func(n int) string {
		var b strings.Builder
		for i := range n / 10 {
			fmt.Fprintf(&b, "Content-Type: multipart/related; start=\"<x>\"; boundary=b%d\n\n--b%d\nContent-ID: <y>\n\nplain\n--b%d\n", i, i, i)
		}
		return b.String()
	},
	"closing delimiters": func(n int) string {
		return "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n" + strings.Repeat("--b--\n", n) + "--b\nContent-Type: text/plain\n\ny\n"
	},
	"closed and opened": func(n int) string {
		return "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\nContent-Type: text/plain\n\nx\n--b--\n", n)
	},
	"wrong boundaries": func(n int) string {
		return "Content-Type: multipart/mixed; boundary=a\n\n" + strings.Repeat("--b\nContent-Type: multipart/mixed; boundary=c\n\n", n)
	},
	"multiparts in quoted-printable": func(n int) string {
		var b strings.Builder
		for i := range min(n/100, 2000) {
			fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=\"b%d=\"\nContent-Transfer-Encoding: quoted-printable\n\n--b%d=3D\n", i, i)
		}
		return b.String() + strings.Repeat("x=3D\n", n)
	},
	"yEnc without end": func(n int) string { return "Subject: x\n\n" + strings.Repeat("=ybegin line=128 size=9 name=x\n", n) },
	"yEnc files":       func(n int) string { return "Subject: x\n\n" + strings.Repeat("=ybegin size=1 name=x\nk\n=yend\n", n) },
	"BinHex marks": func(n int) string {
		return "Subject: x\n\n" + strings.Repeat("(This file must be converted with BinHex 4.0)\n:\n", n)
	},
	"BinHex run": func(n int) string {
		return "Subject: x\n\n(This file must be converted with BinHex 4.0)\n:" + strings.Repeat("$8", n) + ":\n"
	},
	"uu lines without end": func(n int) string { return "Subject: x\n\n" + strings.Repeat("begin 644 x\n#86)C\n", n) },
	"uu strange lines":     func(n int) string { return "Subject: x\n\nbegin 644 x\n#86)C\n" + strings.Repeat("nothing of it\n", n) },
	"uu as encoding": func(n int) string {
		return "Content-Transfer-Encoding: x-uuencode\n\n" + strings.Repeat("begin 644 x\nprose\n", n)
	},
	"armour": func(n int) string {
		return "Subject: x\n\n" + strings.Repeat(armourSigned+"\n\nx\n"+armourSignature+"\n", n)
	},
	"tags":   func(n int) string { return "Content-Type: text/html\n\n" + strings.Repeat("<b>", n) },
	"tables": func(n int) string { return "Content-Type: text/html\n\n" + strings.Repeat("<table><tr><td>", n) + "x" },
	"open links": func(n int) string {
		return "Content-Type: text/html\n\n" + strings.Repeat("<a href=http://x.example>", n)
	},
	"attributes":   func(n int) string { return "Content-Type: text/html\n\n<p " + strings.Repeat("a=b ", n) + ">x" },
	"style words":  func(n int) string { return "Content-Type: text/html\n\n<p style='" + strings.Repeat("a:b;", n) + "'>x" },
	"entities":     func(n int) string { return "Content-Type: text/html\n\n" + strings.Repeat("&#x41;&nbsp;", n) },
	"cid entities": func(n int) string { return "Content-Type: text/html\n\n" + strings.Repeat("cid:&amp", n) },
}

// TestHostileParts holds memory to the size of the mail, as TestHostile does.
func TestHostileParts(t *testing.T) {
	const small, large = 2_000, 16_000
	for name, make := range hostileParts {
		t.Run(name, func(t *testing.T) {
			a, b := []byte(make(small)), []byte(make(large))
			m := read(b, Options{})
			checkInvariants(t, b, m)
			SafeHTML(m.HTML)
			few, many := allocated(a), allocated(b)
			if many > 12*few+1<<20 {
				t.Errorf("%d octets take %d, %d take %d", len(a), few, len(b), many)
			}
		})
	}
}

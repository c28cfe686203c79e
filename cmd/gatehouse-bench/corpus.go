package main

import (
	"encoding/base64"
	"fmt"
	"math"
	"mime/quotedprintable"
	"strings"
	"time"
)

// corpus is n mails, the same each time, of the sizes that a support mailbox
// has: a median of about 6 KB, one in ten beyond 20 KB, one in 25 with an
// attachment of 100 KiB to 2 MiB. Seven of ten are multipart/alternative, the
// others plain text; three of ten answer an earlier one; 5,000 senders.
func corpus(n int) [][]byte {
	w := newWords("mail")
	list := make([][]byte, n)
	for i := range list {
		list[i] = w.mail(i)
	}
	return list
}

func mailID(i int) string { return fmt.Sprintf("<%d@mail.example.org>", i) }

var corpusBegin = time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)

// mail is the i-th mail.
func (w words) mail(i int) []byte {
	var b strings.Builder
	sender := w.IntN(5000)
	fmt.Fprintf(&b, "Received: from mx.example.org by mail.example.com; %s\r\n", corpusBegin.Format(time.RFC1123Z))
	fmt.Fprintf(&b, "From: \"Customer %d\" <customer%d@example.org>\r\nTo: Support <support@example.com>\r\n", sender, sender)
	fmt.Fprintf(&b, "Date: %s\r\nMessage-ID: %s\r\n", corpusBegin.Add(time.Duration(i)*time.Minute).Format(time.RFC1123Z), mailID(i))
	if i > 0 && w.IntN(10) < 3 {
		before := mailID(w.IntN(i))
		fmt.Fprintf(&b, "In-Reply-To: %s\r\nReferences: %s\r\n", before, before)
	}
	fmt.Fprintf(&b, "Subject: Order %d\r\nMIME-Version: 1.0\r\n", w.IntN(100000))
	switch kind := w.IntN(100); {
	case kind < 4:
		w.attached(&b)
	case kind < 75:
		w.alternative(&b)
	default:
		w.plain(&b, w.size(5000, 1))
	}
	return []byte(b.String())
}

// size is a length whose median is given: most are near it, a few far above.
func (w words) size(median, spread float64) int {
	return min(int(median*math.Exp(w.NormFloat64()*spread)), 200_000)
}

func (w words) plain(b *strings.Builder, size int) {
	b.WriteString("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	quoted(b, w.text(size)+"\nViele Grüße")
}

func (w words) alternative(b *strings.Builder) {
	text := w.text(w.size(2000, 0.9))
	b.WriteString("Content-Type: multipart/alternative; boundary=alt\r\n\r\n--alt\r\n")
	b.WriteString("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	quoted(b, text+"\nViele Grüße")
	b.WriteString("\r\n--alt\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	quoted(b, "<html><head><style>p {margin: 0 0 1em; font-family: sans-serif}</style></head><body>\n<p>"+
		strings.ReplaceAll(text, "\n", "</p>\n<p class=\"text\">")+"</p>\n<p>Viele Grüße</p></body></html>")
	b.WriteString("\r\n--alt--\r\n")
}

func (w words) attached(b *strings.Builder) {
	b.WriteString("Content-Type: multipart/mixed; boundary=mix\r\n\r\n--mix\r\n")
	w.plain(b, w.size(2000, 0.9))
	b.WriteString("\r\n--mix\r\nContent-Type: image/jpeg; name=\"parcel.jpg\"\r\n")
	b.WriteString("Content-Disposition: attachment; filename=\"parcel.jpg\"\r\nContent-Transfer-Encoding: base64\r\n\r\n")
	lines := int(100<<10*math.Pow(20, w.Float64())) / 78 // 100 KiB to 2 MiB, smaller ones more often
	data := make([]byte, 57*lines)
	for i := range data {
		data[i] = byte(w.Uint32())
	}
	for line := data; len(line) > 0; line = line[57:] {
		b.WriteString(base64.StdEncoding.EncodeToString(line[:57]))
		b.WriteString("\r\n")
	}
	b.WriteString("--mix--\r\n")
}

func quoted(b *strings.Builder, text string) {
	w := quotedprintable.NewWriter(b)
	_, _ = w.Write([]byte(text)) // a strings.Builder takes everything
	_ = w.Close()
}

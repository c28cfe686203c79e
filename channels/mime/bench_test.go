package mime

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/emersion/go-message"
)

// ordinaryHeader is what a mail that came over three servers looks like.
const ordinaryHeader = "Return-Path: <ann@example.com>\r\n" +
	"Received: from mx.example.org (mx.example.org [192.0.2.1])\r\n\tby box.example.org with LMTP id 4x1\r\n\tfor <help@example.org>; Fri, 1 Mar 2024 03:35:09 +0000\r\n" +
	"Received: from out.example.com (out.example.com [192.0.2.7])\r\n\tby mx.example.org with ESMTPS id abc;\r\n\tFri, 1 Mar 2024 03:35:08 +0000\r\n" +
	"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=s1;\r\n\th=from:to:subject:date:message-id; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\r\n\tb=dzdVyOfAKCdLXdJOc9G2q8LoXSlEniSbav+yuU4zGeeruD00lszZVoG4ZHRNiYzR\r\n" +
	"Authentication-Results: mx.example.org; dkim=pass header.d=example.com; dmarc=pass\r\n" +
	"From: =?utf-8?q?Ann_L=C3=A9e?= <ann@example.com>\r\nTo: Help Desk <help@example.org>\r\nCc: bob@example.com\r\n" +
	"Subject: =?utf-8?q?Gr=C3=B6=C3=9Fe?= of order 17\r\nDate: Fri, 1 Mar 2024 09:05:07 +0530\r\n" +
	"Message-ID: <CAF17abc@mail.example.com>\r\nIn-Reply-To: <r2@example.org>\r\nReferences: <r1@example.org>\r\n <r2@example.org>\r\nMIME-Version: 1.0\r\n"

// benchMails are the mails that reading is measured on.
func benchMails() map[string][]byte {
	prose := strings.Repeat("The parcel has not arrived yet, although the tracker says so since Monday.\r\n", 25)
	quote := "\r\nOn Fri, Mar 1, 2024 at 9:05 AM Help Desk <help@example.org> wrote:\r\n" + strings.Repeat("> Did you look at the tracker? It says where the parcel is.\r\n", 10)
	html := "<html><body><p>" + strings.ReplaceAll(prose, "\r\n", "=\r\n<br>") + "</p></body></html>"
	picture := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("\x89PNG0123456789abcdef"), 1<<20/20))
	var lines strings.Builder
	for ; len(picture) > 76; picture = picture[76:] {
		lines.WriteString(picture[:76] + "\r\n")
	}
	part := func(kind, encoding, body string) string {
		return fmt.Sprintf("--b\r\nContent-Type: %s\r\nContent-Transfer-Encoding: %s\r\n\r\n%s\r\n", kind, encoding, body)
	}
	return map[string][]byte{
		"plain-4k": []byte(ordinaryHeader + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + prose + quote),
		"alternative-6k": []byte(ordinaryHeader + "Content-Type: multipart/alternative; boundary=b\r\n\r\n" +
			part("text/plain; charset=utf-8", "quoted-printable", prose+quote) + part("text/html; charset=utf-8", "quoted-printable", html) + "--b--\r\n"),
		"html-4k": []byte(ordinaryHeader + "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + html),
		"attachment-1m": []byte(ordinaryHeader + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" +
			part("text/plain", "7bit", prose) + part("image/png; name=p.png", "base64", lines.String()) + "--b--\r\n"),
	}
}

func BenchmarkRead(b *testing.B) {
	for name, raw := range benchMails() {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				if m := Read(raw, Options{}); m.From == nil {
					b.Fatal("no sender")
				}
			}
		})
	}
}

// BenchmarkPrints is what recognising a mail costs beside reading it.
func BenchmarkPrints(b *testing.B) {
	for name, raw := range benchMails() {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			for b.Loop() {
				Prints(raw)
			}
		})
	}
}

// BenchmarkBare is go-message alone on the same mails: every part decoded,
// nothing made of it.
func BenchmarkBare(b *testing.B) {
	for name, raw := range benchMails() {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				e, err := message.Read(bytes.NewReader(raw))
				if err != nil && !message.IsUnknownCharset(err) {
					b.Fatal(err)
				}
				err = e.Walk(func(_ []int, e *message.Entity, _ error) error {
					if e.MultipartReader() != nil {
						return nil
					}
					_, err := io.ReadAll(e.Body)
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

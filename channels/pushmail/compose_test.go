package pushmail_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"gatehouse/channels"
	"gatehouse/channels/mime"
	"gatehouse/channels/pushmail"
	"gatehouse/ingest"
)

// TestCompose reads mails that were made of fields.
func TestCompose(t *testing.T) {
	m := pushmail.Mail{
		Header: []pushmail.Field{
			{"Received", "from mx.example.com\r\n\tby mx.example.net; Fri, 20 Nov 2026 10:00:00 +0000"},
			{"Message-ID", "<a@example.com>"}, {"From", "Zoë Ö. <zoe@example.com>"}, {"Subject", "Grüße\nan alle"},
			{"References", "<x@example.com>\r\n <y@example.com>"}, {"In-Reply-To", "<y@example.com>"},
			{"Content-Type", "multipart/signed; boundary=theirs"}, {"Content-Transfer-Encoding", "base64"},
			{"Bad name", "x"}, {"", "x"}, {"To", "desk@example.com"},
		},
		Text: pushmail.Body{Octets: "caf\xe9\r\n\r\n> quoted", Charset: "iso-8859-1"}, HTML: pushmail.Body{Octets: "<p>café</p>"},
		Files: []pushmail.File{
			{Name: "Überblick \"1\".txt", Type: "text/plain; charset=x", CID: "<i1>", Bytes: []byte("\x00\r\n--\n")},
			{Name: "i.png", Type: "image/png", CID: "ii 9", Bytes: []byte{}},
			{Type: "multipart/mixed; boundary=b", Bytes: []byte("--b\r\n\r\nx\r\n--b--")},
			{Name: "m.eml", Type: "message/rfc822", Bytes: []byte("Subject: x\r\n\r\n")},
		},
	}
	raw := m.Compose()
	got := mime.Read(raw, mime.Options{})
	type file struct{ name, media, how, cid, bytes string }
	var files []file
	for i, f := range got.Attachments {
		b, err := mime.Attachment(raw, i)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file{f.Filename, f.ContentType, f.Disposition, f.ContentID, string(b)})
	}
	want := []file{
		{`Überblick "1".txt`, "text/plain", "attachment", "i1", "\x00\r\n--\n"}, {"i.png", "image/png", "inline", "ii9", ""},
		{"", "application/octet-stream", "attachment", "", "--b\r\n\r\nx\r\n--b--"}, {"m.eml", "message/rfc822", "attachment", "", "Subject: x\r\n\r\n"},
	}
	if diff := cmp.Diff(want, files, cmp.AllowUnexported(file{})); diff != "" {
		t.Errorf("files: -want +got\n%s", diff)
	}
	if got.Subject != "Grüße an alle" || got.From.Name != "Zoë Ö." || got.ReplyText != "café" || got.HTML != "<p>café</p>" ||
		got.MessageID != "a@example.com" || len(got.References) != 2 {
		t.Errorf("%+v\n%s", got, raw)
	}
	if !bytes.Equal(raw, m.Compose()) {
		t.Error("the same fields make another mail")
	}
}

// TestFilesAreExact composes mails of any octets: each file comes out as it went in,
// and nothing of it is anything else.
func TestFilesAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		octets := rapid.OneOf(rapid.SliceOf(rapid.Byte()), rapid.Map(rapid.SliceOf(rapid.SampledFrom([]string{"\r", "\n", "\r\n", "--", "m-", "a", "begin 644 x", "=ybegin line=1 size=1 name=x", "\x00"})),
			func(s []string) []byte { return []byte(strings.Join(s, "")) }))
		types := rapid.SampledFrom([]string{"", "image/png", "text/plain", "text/html; charset=x", "message/rfc822", "multipart/mixed", "bad", "application/octet-stream; name=y"})
		m := pushmail.Mail{Header: []pushmail.Field{{rapid.String().Draw(t, "name"), rapid.String().Draw(t, "value")}}}
		m.Text.Octets = rapid.String().Draw(t, "text")
		m.HTML.Octets = rapid.SampledFrom([]string{"", "<b>x</b>"}).Draw(t, "html")
		for range rapid.IntRange(0, 3).Draw(t, "files") {
			m.Files = append(m.Files, pushmail.File{Name: rapid.String().Draw(t, "file"), Type: types.Draw(t, "type"),
				CID: rapid.SampledFrom([]string{"", "<c>"}).Draw(t, "cid"), Bytes: octets.Draw(t, "octets")})
		}
		raw := m.Compose()
		got := mime.Read(raw, mime.Options{})
		inText := len(got.Attachments) - len(m.Files) // files within the text stand first
		if inText < 0 || m.Text.Octets == "" && inText != 0 {
			t.Fatalf("%d files of %d", len(got.Attachments), len(m.Files))
		}
		for i, f := range m.Files {
			b, err := mime.Attachment(raw, inText+i)
			if err != nil || !bytes.Equal(b, f.Bytes) {
				t.Fatalf("file %d is %q, was %q (%v)", i, b, f.Bytes, err)
			}
		}
	})
}

// TestReport keeps a report what it is.
func TestReport(t *testing.T) {
	m := pushmail.Mail{
		Header: []pushmail.Field{
			{"From", "MAILER-DAEMON@example.com"}, {"Subject", "Undelivered"},
			{"Content-Type", "multipart/report; report-type=delivery-status; boundary=theirs"},
		},
		Text: pushmail.Body{Octets: "It could not be delivered."},
		Files: []pushmail.File{
			{Name: "details.txt", Type: "message/delivery-status", Bytes: []byte("Reporting-MTA: dns; example.com\r\n\r\nFinal-Recipient: rfc822; a@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\n")},
			{Name: "header.txt", Type: "text/rfc822-headers", Bytes: []byte("Message-ID: <sent@example.com>\r\n\r\n")},
		},
	}
	r, err := m.Read(stamp, pushmail.Delivery{By: "acme"})
	if err != nil || r.Message.Auto != ingest.AutoBounce || !cmp.Equal(r.Message.Answers, []string{"sent@example.com"}) {
		t.Errorf("%+v, %v", r.Message, err)
	}
}

var stamp = channels.Stamp{At: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)}

// TestLongHeader reads fields that are longer than a line may be.
func TestLongHeader(t *testing.T) {
	m := pushmail.Mail{Header: []pushmail.Field{{"From", "a@example.com"}, {"X-Long", strings.Repeat("x", 20000)}, {"Subject", strings.Repeat("wort ", 3000)}}}
	got := mime.Read(m.Compose(), mime.Options{})
	if got.From.Address != "a@example.com" || len(got.Subject) < 10000 {
		t.Errorf("%v, %d", got.From, len(got.Subject))
	}
}

func TestMailbox(t *testing.T) {
	for _, c := range [][3]string{
		{"Zoë, Ö.", "z@example.com", "Zoë, Ö."}, {`a "b" \c`, "z@example.com", `a "b" \c`}, {"", "z@example.com", ""},
		{"Evil\r\nBcc: x@example.net", "<z@example.com>\r\nX: y", ""},
	} {
		m := pushmail.Mail{Header: []pushmail.Field{{"From", pushmail.Mailbox(c[0], c[1])}}}
		got := mime.Read(m.Compose(), mime.Options{})
		if !strings.HasPrefix(got.From.Address, "z@example.com") || c[2] != "" && got.From.Name != c[2] || len(got.BCC) != 0 {
			t.Errorf("%q: %+v", c, got.From)
		}
	}
}

func TestParseHeader(t *testing.T) {
	got := pushmail.ParseHeader(" stray\r\nA: 1\r\n\t2\r\nno field\nB:x\n")
	if diff := cmp.Diff(pushmail.Header{{"A", "1\n\t2"}, {"B", "x"}}, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestParseLongField reads a field of as many lines as a header may have, which
// takes hours if each of them copies those before it.
func TestParseLongField(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	done := make(chan pushmail.Header, 1)
	go func() { done <- pushmail.ParseHeader("A: 1\n" + strings.Repeat(" \n", 8<<20) + "B: 2\n") }()
	select {
	case got := <-done:
		if len(got) != 2 || got[1] != (pushmail.Field{Name: "B", Value: "2"}) {
			t.Errorf("%d fields", len(got))
		}
	case <-ctx.Done():
		t.Fatal("it takes too long")
	}
}

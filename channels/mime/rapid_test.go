package mime

import (
	stdmime "mime"
	"net/mail"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gatehouse/ingest"
)

// Parts of well-formed mail. Names hold what has to be quoted or encoded.
var (
	anyLocal  = rapid.StringMatching(`[a-z0-9]{1,8}([.+_-][a-z0-9]{1,5}){0,2}`)
	anyDomain = rapid.StringMatching(`[a-z0-9]{1,8}\.example\.(com|org|net)`)
	anyName   = rapid.StringMatching(`([A-Z][a-z]{0,7}|Größe|日本語|Ив|O'N|\(x\)|A, B|"q"|=\?)( ([A-Z]\.|[a-z]{1,8}|ß|é)){0,3}`)
	anyWords  = rapid.StringMatching(`[A-Za-z0-9äß日и:?=_!,;()"\[\]-]{1,12}( [A-Za-z0-9äß日и:?=_!.-]{1,12}){0,8}`)
	anyID     = rapid.StringMatching(`[A-Za-z0-9._+-]{1,30}@[a-z0-9]{1,10}\.example\.com`)
)

func drawMailbox(t *rapid.T) mail.Address {
	box := mail.Address{Address: anyLocal.Draw(t, "local") + "@" + anyDomain.Draw(t, "domain")}
	if rapid.Bool().Draw(t, "named") {
		box.Name = anyName.Draw(t, "name")
	}
	return box
}

func drawDate(t *rapid.T) time.Time {
	zone := time.FixedZone("", rapid.IntRange(-12*4, 14*4).Draw(t, "quarters")*15*60)
	return time.Unix(rapid.Int64Range(24*3600, 4e9).Draw(t, "second"), 0).In(zone)
}

func drawEncoded(t *rapid.T, s string) string {
	enc := rapid.SampledFrom([]stdmime.WordEncoder{stdmime.QEncoding, stdmime.BEncoding}).Draw(t, "encoding")
	return enc.Encode("utf-8", s)
}

// folded breaks a field's value at some of its blanks.
func folded(t *rapid.T, s string) string {
	return strings.ReplaceAll(s, " ", rapid.SampledFrom([]string{" ", "\r\n ", "\r\n\t"}).Draw(t, "fold"))
}

// TestAsTheStandardLibrary writes well-formed mail and reads it beside net/mail
// and mime.WordDecoder: addresses, date and subject are the same.
func TestAsTheStandardLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list []string
		for range rapid.IntRange(1, 5).Draw(t, "recipients") {
			box := drawMailbox(t)
			list = append(list, box.String())
		}
		from := drawMailbox(t)
		date := drawDate(t).Format("Mon, 2 Jan 2006 15:04:05 -0700")
		subject := drawEncoded(t, anyWords.Draw(t, "subject"))
		id := anyID.Draw(t, "id")
		raw := "From: " + from.String() + "\r\nTo: " + folded(t, strings.Join(list, ", ")) + "\r\nDate: " + date +
			"\r\nSubject: " + subject + "\r\nMessage-ID: <" + id + ">\r\nReferences: " + folded(t, "<1@x> <2@x>") + "\r\n\r\nx\r\n"
		compareStandard(t, raw, Read([]byte(raw), Options{}))
	})
}

func compareStandard(t *rapid.T, raw string, got Mail) {
	want, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Defects) > 0 && !onlyLong(got) {
		t.Errorf("defects %v in\n%s", got.Defects, raw)
	}
	from, err := want.Header.AddressList("From")
	if err != nil || got.From == nil || !sameBox(*got.From, from[0]) {
		t.Errorf("from %v, want %v (%v) in\n%s", got.From, from, err, raw)
	}
	to, err := want.Header.AddressList("To")
	if err != nil || len(to) != len(got.To) {
		t.Fatalf("to %v, want %v (%v) in\n%s", got.To, to, err, raw)
	}
	for i := range to {
		if !sameBox(got.To[i], to[i]) {
			t.Errorf("to %v, want %v in\n%s", got.To[i], to[i], raw)
		}
	}
	if date, err := want.Header.Date(); err != nil || got.Date != date.Format(time.RFC3339) {
		t.Errorf("date %s, want %v (%v) in\n%s", got.Date, date, err, raw)
	}
	subject, err := new(stdmime.WordDecoder).DecodeHeader(want.Header.Get("Subject"))
	if err != nil || got.Subject != strings.TrimSpace(subject) {
		t.Errorf("subject %q, want %q (%v)", got.Subject, subject, err)
	}
	if "<"+got.MessageID+">" != want.Header.Get("Message-ID") || strings.Join(got.References, " ") != "1@x 2@x" {
		t.Errorf("ids %q %q in\n%s", got.MessageID, got.References, raw)
	}
}

func onlyLong(m Mail) bool {
	for _, d := range m.Defects {
		if d.Code != "line_too_long" {
			return false
		}
	}
	return true
}

// sameBox compares names by their words: runs of blanks mean nothing in one.
func sameBox(got ingest.Mailbox, want *mail.Address) bool {
	return got.Address == want.Address && got.Name == strings.Join(strings.Fields(want.Name), " ")
}

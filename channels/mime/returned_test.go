package mime

import (
	"slices"
	"testing"
)

// TestReportsAnswer holds that a report answers what it is about: the mail that
// it gives back, and what that answered.
func TestReportsAnswer(t *testing.T) {
	report := func(kind, status, media, given string) string {
		return "From: MAILER-DAEMON@example.net\nSubject: Report\nMessage-ID: <r@example.net>\nMIME-Version: 1.0\n" +
			"Content-Type: multipart/report; report-type=" + kind + "; boundary=b\n\n--b\n\nIt says:\n\n" + status +
			"--b\nContent-Type: " + media + "\n\n" + given + "\n--b--\n"
	}
	dsn := "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 5.1.1\n\n"
	mdn := "--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; ann@example.com\nOriginal-Message-ID: <desk-1@example.org>\nDisposition: manual-action/MDN-sent-manually; displayed\n\n"
	given := "Message-ID: <desk-1@example.org>\nIn-Reply-To: <ann-2@example.com>\nReferences: <ann-1@example.com>\n <ann-2@example.com>\nSubject: Re: Order\n"
	all := []string{"desk-1@example.org", "ann-2@example.com", "ann-1@example.com"}
	for name, c := range map[string]struct {
		raw  string
		want []string
	}{
		"the whole mail":      {report("delivery-status", dsn, "message/rfc822", given+"\nHello"), all},
		"its header":          {report("delivery-status", dsn, "text/rfc822-headers", given), all},
		"a receipt":           {report("disposition-notification", mdn, "text/plain", "Seen."), all[:1]},
		"nothing given back":  {report("delivery-status", dsn, "text/plain", "Sorry."), []string{}},
		"a person's forward":  {"From: ann@example.com\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nLook.\n--b\nContent-Type: message/rfc822\n\n" + given + "\nHello\n--b--\n", []string{}},
		"what it says itself": {"In-Reply-To: <desk-1@example.org>\n" + report("delivery-status", dsn, "message/rfc822", given+"\nHello"), all},
	} {
		if got := Read([]byte(c.raw), Options{}).Message().Answers; !slices.Equal(got, c.want) {
			t.Errorf("%s: answers %q, want %q", name, got, c.want)
		}
	}
}

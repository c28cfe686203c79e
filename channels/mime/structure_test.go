package mime

import (
	"strings"
	"testing"
)

// TestWhatIsBody reads small mails whose parts are written as bodies, of which
// those named "shown" are to be shown.
func TestWhatIsBody(t *testing.T) {
	const text, html = "Content-Type: text/plain", "Content-Type: text/html"
	for name, c := range map[string]struct{ raw, text, html, files string }{
		"an attached multipart": {
			mixed("o", text+"\n\nshown", "Content-Disposition: attachment\n"+mixed("i", text+"\n\nhidden", html+"\n\n<p>hidden</p>")),
			"shown", "", "text/plain text/html"},
		"an attached multipart that begins the mail": {
			mixed("o", "Content-Disposition: attachment\n"+mixed("i", text+"\n\nshown")), "shown", "", ""},
		"an attached root":         {"Content-Disposition: attachment\n" + mixed("o", text+"\n\nshown"), "shown", "", ""},
		"a named text in the root": {text + "; name=a.txt\n\nshown", "shown", "", ""},
		"a named text nested first": {
			mixed("o", mixed("i", text+"; name=a.txt\n\nshown"), text+"; name=b.txt\n\nfile"), "shown", "", "text/plain"},
		"a named text behind a picture": {mixed("o", "Content-Type: image/png\n\nx", text+"; name=a.txt\n\nfile"), "", "", "image/png text/plain"},
		"a root that is a file":         {text + "\nContent-Disposition: attachment\n\nfile", "", "", "text/plain"},
		"nothing":                       {mixed("o", "", ""), "", "", ""},
		"a part without a header":       {mixed("o", "\nshown"), "shown", "", ""},
		"html inside a named root":      {html + "; name=a.html\nContent-Disposition: inline\n\n<p>shown</p>", "shown", "<p>shown</p>", ""},
	} {
		m := Read([]byte("From: a@example.com\n"+c.raw), Options{})
		var files []string
		for _, f := range m.Attachments {
			files = append(files, f.ContentType)
		}
		if got := strings.TrimSpace(m.Text); got != c.text || strings.TrimSpace(m.HTML) != c.html || strings.Join(files, " ") != c.files {
			t.Errorf("%s: text %q, html %q, files %q", name, got, m.HTML, files)
		}
	}
}

// TestFirstWithinSignature unwraps a signed mail whose only text has a name:
// it is the first leaf for all that, and so the body.
func TestFirstWithinSignature(t *testing.T) {
	data := der(tagSequence, der(tagOID, oidPlainObject)+der(tagExplicit, der(tagOctets, "Content-Type: text/plain; name=a.txt\n\nshown")))
	signed := der(tagSequence, der(0x02, "\x01")+der(tagSet, "")+data)
	whole := der(tagSequence, der(tagOID, oidSignedData)+der(tagExplicit, signed))
	m := Read([]byte("From: a@example.com\nContent-Type: application/pkcs7-mime; smime-type=signed-data\n\n"+whole), Options{})
	if m.Text != "shown" || len(m.Attachments) > 0 {
		t.Errorf("text %q, attachments %v", m.Text, m.Attachments)
	}
}

// der writes an element of less than 256 octets.
func der(tag byte, inside string) string {
	return string([]byte{tag, 0x81, byte(len(inside))}) + inside
}

// mixed writes a multipart/mixed.
func mixed(boundary string, parts ...string) string {
	var b strings.Builder
	b.WriteString("Content-Type: multipart/mixed; boundary=" + boundary + "\n\n")
	for _, part := range parts {
		b.WriteString("--" + boundary + "\n" + part + "\n")
	}
	b.WriteString("--" + boundary + "--\n")
	return b.String()
}

package pushmail

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"strings"
)

// Compose writes the mail (RFC 5322, RFC 2046). Its parts are binary: what a
// file holds stands there octet by octet, but for base64.
func (m *Mail) Compose() []byte {
	c := &composer{mark: m.mark()}
	c.out.Grow(m.size())
	for _, f := range m.Header {
		if f.kept() {
			c.field(f.Name, f.Value)
		}
	}
	c.field("MIME-Version", "1.0")
	c.field("Content-Type", m.wrapper(c.boundary("m")))
	c.line("")
	c.body(m)
	for _, f := range m.Files {
		c.file(f)
	}
	c.line("--" + c.boundary("m") + "--")
	return c.out.Bytes()
}

// composer is a mail being written.
type composer struct {
	out  bytes.Buffer
	mark string
}

// mark is what boundaries are made of: who could write it into the mail would
// know a text that holds its own hash.
func (m *Mail) mark() string {
	h := sha256.New()
	for _, f := range m.Header {
		h.Write([]byte(f.Name + ":" + f.Value + "\n"))
	}
	h.Write([]byte(m.Text.Octets + "\x00" + m.HTML.Octets))
	for _, f := range m.Files {
		h.Write([]byte{0})
		h.Write(f.Bytes)
		h.Write([]byte(f.Base64))
	}
	return hex.EncodeToString(h.Sum(nil)[:20])
}

func (m *Mail) size() int {
	n := 1<<12 + len(m.Text.Octets) + len(m.HTML.Octets)
	for _, f := range m.Header {
		n += len(f.Name) + len(f.Value) + 8
	}
	for _, f := range m.Files {
		n += len(f.Bytes) + len(f.Base64) + 512
	}
	return n
}

func (c *composer) boundary(of string) string { return of + "-" + c.mark }

func (c *composer) line(s string) { c.out.WriteString(s + "\r\n") }

// field writes one of a header's; only a blank can begin a further line of it
// (RFC 5322 §2.2.3).
func (c *composer) field(name, value string) {
	c.out.WriteString(name + ": ")
	for i, line := range strings.Split(strings.ReplaceAll(value, "\r\n", "\n"), "\n") {
		switch {
		case i == 0:
		case strings.TrimSpace(line) == "":
			continue // a line of blanks could end the header
		case line[0] == ' ' || line[0] == '\t':
			c.out.WriteString("\r\n")
		default:
			c.out.WriteString("\r\n ")
		}
		c.out.WriteString(strings.ReplaceAll(line, "\r", " "))
	}
	c.out.WriteString("\r\n")
}

// kept reports whether the field is still true of the composed mail: what it
// says of parts and their encoding is not.
func (f Field) kept() bool {
	for _, c := range []byte(f.Name) {
		if c <= ' ' || c > '~' || c == ':' {
			return false
		}
	}
	name := strings.ToLower(f.Name)
	return name != "" && name != "mime-version" && !strings.HasPrefix(name, "content-")
}

// wrapper is the type of the whole: a report's stays one (RFC 6522), since its
// parts say what it reports.
func (m *Mail) wrapper(boundary string) string {
	params := map[string]string{"boundary": boundary}
	media, declared, _ := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if media != "multipart/report" {
		return mime.FormatMediaType("multipart/mixed", params)
	}
	if kind := declared["report-type"]; kind != "" {
		params["report-type"] = kind
	}
	return cmp.Or(mime.FormatMediaType(media, params), mime.FormatMediaType("multipart/mixed", params))
}

// body writes what there is of text and html, each saying the same; at least a
// text, so that no file is taken for one.
func (c *composer) body(m *Mail) {
	within, both := "m", m.Text.Octets != "" && m.HTML.Octets != ""
	if both {
		within = "a"
		c.part("m", "multipart/alternative; boundary="+c.boundary("a"))
		c.line("")
	}
	if m.Text.Octets != "" || m.HTML.Octets == "" {
		c.text(within, "text/plain", m.Text)
	}
	if m.HTML.Octets != "" {
		c.text(within, "text/html", m.HTML)
	}
	if both {
		c.line("--" + c.boundary("a") + "--")
	}
}

func (c *composer) part(within, media string) {
	c.line("--" + c.boundary(within))
	c.field("Content-Type", media)
}

func (c *composer) text(within, media string, b Body) {
	charset := mime.FormatMediaType(media, map[string]string{"charset": cmp.Or(b.Charset, "utf-8")})
	c.part(within, cmp.Or(charset, media))
	c.octets("binary", []byte(b.Octets))
}

func (c *composer) octets(encoding string, b []byte) {
	c.field("Content-Transfer-Encoding", encoding)
	c.line("")
	c.out.Write(b)
	c.line("")
}

func (c *composer) file(f File) {
	media, how := f.media(), "attachment"
	c.part("m", media)
	if id := strings.Trim(strings.Join(strings.Fields(f.CID), ""), "<>"); id != "" {
		c.field("Content-ID", "<"+id+">")
		if !strings.HasPrefix(media, "text/") { // that would be more of the body
			how = "inline"
		}
	}
	if f.Name != "" {
		how = mime.FormatMediaType(how, map[string]string{"filename": f.Name})
	}
	c.field("Content-Disposition", how)
	if f.Base64 != "" {
		c.octets("base64", []byte(f.Base64))
		return
	}
	c.octets("binary", f.Bytes)
}

// media is the declared type, where it is one of a file.
func (f File) media() string {
	media, _, err := mime.ParseMediaType(f.Type)
	kind, sub, found := strings.Cut(media, "/")
	if err != nil || !found || kind == "multipart" || sub == "" {
		return "application/octet-stream"
	}
	return media
}

package mime

import (
	"bytes"
	"strings"
)

// assemble fills in text, html and attachments.
func (r *reader) assemble(m *Mail, root *entity) {
	plain, htmls := r.shown(r.collect(root))
	texts := make([]string, 0, len(plain))
	for _, e := range plain {
		texts = append(texts, r.plainText(e))
	}
	m.Text, m.TextSource = strings.Join(texts, "\n"), "plain"
	pages := make([]string, 0, len(htmls))
	for _, e := range htmls {
		pages = append(pages, r.htmlText(e))
	}
	m.HTML = strings.Join(pages, "\n")
	if strings.TrimSpace(m.Text) == "" || isPointer(m.Text) {
		if text := htmlToText(m.HTML); text != "" || m.HTML != "" && strings.TrimSpace(m.Text) == "" {
			m.Text, m.TextSource = text, "html"
		}
	}
	if strings.TrimSpace(m.Text) == "" {
		m.Text, m.TextSource = "", "none"
	}
	m.Attachments = r.describe(enclosures(root), m.HTML)
}

// plainText decodes a text/plain leaf. Files encoded in it come out.
func (r *reader) plainText(e *entity) string {
	raw := r.withoutInner(e, r.octets(e))
	text := newlines(r.decode(e, raw, e.param.get("charset")))
	if strings.EqualFold(e.param.get("format"), "flowed") {
		text = unflow(text, strings.EqualFold(e.param.get("delsp"), "yes"))
	}
	if strings.Contains(text, "-----BEGIN PGP MESSAGE-----") {
		r.flaw("encrypted", e.path, "OpenPGP in the text")
	}
	return text
}

func (r *reader) htmlText(e *entity) string {
	raw := r.octets(e)
	charset := e.param.get("charset")
	if charset == "" {
		charset = metaCharset(raw)
	}
	return newlines(r.decode(e, raw, charset))
}

func (r *reader) decode(e *entity, raw []byte, charset string) string {
	d := decodeBytes(raw, charset)
	if bytes.IndexByte(raw, 0) >= 0 && !shifts(normalLabel(charset)) {
		r.flaw("nul_bytes", e.path, "text")
	}
	if d.defect != "" {
		r.flaw(d.defect, e.path, charset)
	}
	return strings.TrimPrefix(d.text, "\uFEFF")
}

// octets undoes the transfer encoding of a text leaf, up to maxText.
func (r *reader) octets(e *entity) []byte {
	name := r.transferName(e)
	body := e.body
	if name == "base64" && isProse(body) {
		r.flaw("bad_base64", e.path, "the text is not encoded")
		name = ""
	}
	if name == "" {
		if len(body) > maxText {
			r.limit("limit_size", e.path, "text cut")
			body = body[:maxText]
		}
		return body
	}
	var out bytes.Buffer
	out.Grow(min(len(body), maxText))
	w := &cappedWriter{buf: &out, left: maxText}
	if defect := transfer(w, name, body); defect != "" {
		r.flaw(defect, e.path, "")
	}
	if w.left < 0 {
		r.limit("limit_size", e.path, "text cut")
	}
	return out.Bytes()
}

// transferName is the leaf's transfer encoding. An unknown one is listed, and
// found out from the body.
func (r *reader) transferName(e *entity) string {
	label := e.head.Get("Content-Transfer-Encoding")
	name, ok := transferOf(label)
	if !ok {
		r.flaw("unknown_transfer_encoding", e.path, label)
		return guessTransfer(e.body)
	}
	return name
}

// cappedWriter keeps the first octets and counts the rest away.
type cappedWriter struct {
	buf  *bytes.Buffer
	left int
}

func (w *cappedWriter) Write(p []byte) (int, error) {
	if w.left > 0 {
		w.buf.Write(p[:min(len(p), w.left)])
	}
	w.left -= len(p)
	return len(p), nil
}

// newlines makes every line end a line feed.
func newlines(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	var out strings.Builder
	out.Grow(len(s))
	for {
		line, rest, found := strings.Cut(s, "\r")
		out.WriteString(line)
		if !found {
			return out.String()
		}
		out.WriteByte('\n')
		s = strings.TrimPrefix(rest, "\n")
	}
}

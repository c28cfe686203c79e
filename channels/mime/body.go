package mime

import (
	"bytes"
	"slices"
	"strings"
)

// content is what the leaves below a part show. What they do not show is
// marked as attached.
type content struct {
	plain, html []*entity
}

func (c *content) add(d content) {
	c.plain = append(c.plain, d.plain...)
	c.html = append(c.html, d.html...)
}

// collect sorts the leaves below e as a mail reader would show them.
func (r *reader) collect(e *entity) content {
	switch {
	case len(e.kids) == 0:
		return r.leaf(e)
	case e.media == "multipart/alternative":
		return r.alternative(e)
	case e.media == "multipart/related":
		return r.related(e)
	case e.media == "multipart/encrypted":
		r.flaw("encrypted", e.path, "")
		return attachAll(e)
	case e.media == "multipart/appledouble":
		return attachAll(e) // RFC 1740: both forks of one file
	}
	var c content
	for _, kid := range e.kids {
		c.add(r.collect(kid))
	}
	return c
}

// leaf is body if it is text without the looks of a file.
func (r *reader) leaf(e *entity) content {
	switch {
	case e.looksFiled():
		e.attached = true
		return content{}
	case e.media == "text/html":
		return content{html: []*entity{e}}
	}
	return content{plain: []*entity{e}}
}

// looksFiled reports a leaf that is shown as a file: no text, declared as an
// attachment, or named and not the first. Branches of an alternative say the
// same again, so a name does not take them out of the body; nor does a
// disposition that nobody knows out of the first text.
func (e *entity) looksFiled() bool {
	if e.media != "text/plain" && e.media != "text/html" {
		return true
	}
	if value, _ := e.declaredDisposition(); value == "attachment" {
		return true
	}
	return !e.first && (e.disposition() == "attachment" || !e.branch && e.filename() != "")
}

// alternative takes text from the first branch that has any and html from the
// last that has; text of the other branches says the same again.
func (r *reader) alternative(e *entity) content {
	var c content
	for _, kid := range e.kids {
		kid.branch = true
		branch := r.collect(kid)
		if !r.anyText(c.plain) && len(branch.plain) > 0 {
			c.plain = branch.plain
		}
		if len(branch.html) > 0 && (len(c.html) == 0 || r.anyText(branch.html)) {
			c.html = branch.html
		}
	}
	return c
}

// related shows its root and attaches what goes with it.
func (r *reader) related(e *entity) content {
	root := e.root()
	var c content
	for _, kid := range e.kids {
		if kid.inRelated = true; kid == root || kid.isMultipart() {
			c.add(r.collect(kid))
		} else {
			kid.attached = true
		}
	}
	return c
}

// root is the part of a multipart/related that is shown: the one its start
// parameter names, else the first (RFC 2387 §3.2), unless that is none to show
// and another is.
func (e *entity) root() *entity {
	if start := bareCID(e.param.get("start")); start != "" {
		for _, kid := range e.kids {
			if kid.contentID() == start {
				return kid
			}
		}
	}
	for _, kid := range e.kids {
		if kid.isMultipart() || kid.media == "text/html" || kid.media == "text/plain" {
			return kid
		}
	}
	return e.kids[0]
}

func attachAll(e *entity) content {
	for _, leaf := range leaves(e, nil) {
		leaf.attached = true
	}
	return content{}
}

func leaves(e *entity, into []*entity) []*entity {
	if len(e.kids) == 0 {
		return append(into, e)
	}
	for _, kid := range e.kids {
		into = leaves(kid, into)
	}
	return into
}

// anyText reports leaves that are not blank. Long ones are not decoded to see.
func (r *reader) anyText(list []*entity) bool {
	for _, e := range list {
		body := bytes.TrimSpace(e.body)
		if len(body) > 0 && len(body) < 200 {
			var out bytes.Buffer
			name, _ := transferOf(e.head.Get("Content-Transfer-Encoding"))
			transfer(&out, name, body)
			body = bytes.TrimSpace(out.Bytes())
		}
		if len(body) > 0 {
			return true
		}
	}
	return false
}

// shown is the text leaves without the spare ones, if there are others.
func (r *reader) shown(c content) (plain, html []*entity) {
	isSpare := func(e *entity) bool { return e.spare }
	own := slices.DeleteFunc(slices.Concat(c.plain, c.html), isSpare)
	if !r.anyText(own) {
		return c.plain, c.html
	}
	return slices.DeleteFunc(slices.Clone(c.plain), isSpare), slices.DeleteFunc(slices.Clone(c.html), isSpare)
}

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
		m.TextSource = "none"
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
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.ReplaceAll(s, "\r", "\n")
}

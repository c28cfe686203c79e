package mime

import (
	"bytes"
	"slices"
	"strings"
)

// content is what a part comes to: leaves to show and leaves to attach.
type content struct {
	plain, html []*entity
	files       []*entity
}

func (c *content) add(d content) {
	c.plain = append(c.plain, d.plain...)
	c.html = append(c.html, d.html...)
	c.files = append(c.files, d.files...)
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
		return content{files: leaves(e, nil)}
	}
	var c content
	for _, kid := range e.kids {
		c.add(r.collect(kid))
	}
	return c
}

// leaf is body if it is text without the looks of a file.
func (r *reader) leaf(e *entity) content {
	if e.media != "text/plain" && e.media != "text/html" || e.disposition() == "attachment" ||
		e.filename() != "" && e.path != "" && e.path != "1" {
		return content{files: []*entity{e}}
	}
	if e.media == "text/html" {
		return content{html: []*entity{e}}
	}
	return content{plain: []*entity{e}}
}

// alternative takes text from the first branch that has any and html from the
// last that has; text of the other branches says the same again.
func (r *reader) alternative(e *entity) content {
	var c content
	for _, kid := range e.kids {
		branch := r.collect(kid)
		if !anyText(c.plain) && len(branch.plain) > 0 {
			c.plain = branch.plain
		}
		if len(branch.html) > 0 {
			c.html = branch.html
		}
		c.files = append(c.files, branch.files...)
	}
	return c
}

// related shows its root (RFC 2387 §3.2: the start parameter, else the first
// part) and attaches what goes with it.
func (r *reader) related(e *entity) content {
	root := e.kids[0]
	if start := bareCID(e.param.get("start")); start != "" {
		for _, kid := range e.kids {
			if kid.contentID() == start {
				root = kid
			}
		}
	}
	var c content
	for _, kid := range e.kids {
		if kid == root || kid.isMultipart() {
			c.add(r.collect(kid))
		} else {
			kid.inRelated = true
			c.files = append(c.files, kid)
		}
	}
	return c
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

func anyText(list []*entity) bool {
	for _, e := range list {
		if len(bytes.TrimSpace(e.body)) > 0 {
			return true
		}
	}
	return false
}

// shown is the text leaves without the spare ones, if there are others.
func (c content) shown() (plain, html []*entity) {
	isSpare := func(e *entity) bool { return e.spare }
	own := slices.DeleteFunc(slices.Concat(c.plain, c.html), isSpare)
	if !anyText(own) {
		return c.plain, c.html
	}
	return slices.DeleteFunc(slices.Clone(c.plain), isSpare), slices.DeleteFunc(slices.Clone(c.html), isSpare)
}

// assemble fills in text, html and attachments.
func (r *reader) assemble(m *Mail, c content) {
	c.plain, c.html = c.shown()
	var files []File
	texts := make([]string, 0, len(c.plain))
	for _, e := range c.plain {
		text, inner := r.plainText(e)
		texts, files = append(texts, text), append(files, inner...)
	}
	m.Text, m.TextSource = strings.Join(texts, "\n"), "plain"
	htmls := make([]string, 0, len(c.html))
	for _, e := range c.html {
		htmls = append(htmls, r.htmlText(e))
	}
	m.HTML = strings.Join(htmls, "\n")
	if strings.TrimSpace(m.Text) == "" {
		m.Text, m.TextSource = htmlToText(m.HTML), "html"
	}
	if strings.TrimSpace(m.Text) == "" {
		m.TextSource = "none"
	}
	m.Attachments = append(files, r.describe(c.files, m.HTML)...)
	if m.Attachments == nil {
		m.Attachments = []File{}
	}
}

// plainText decodes a text/plain leaf; files uuencoded in it come out.
func (r *reader) plainText(e *entity) (string, []File) {
	raw := r.octets(e)
	var files []File
	if bytes.Contains(raw, []byte("begin ")) {
		raw, files = r.takeUU(e, raw)
	}
	text := newlines(r.decode(e, raw, e.param.get("charset")))
	if strings.EqualFold(e.param.get("format"), "flowed") {
		text = unflow(text, strings.EqualFold(e.param.get("delsp"), "yes"))
	}
	return text, files
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

// transferName is the leaf's transfer encoding; an unknown one is listed.
func (r *reader) transferName(e *entity) string {
	label := e.head.Get("Content-Transfer-Encoding")
	name, ok := transferOf(label)
	if !ok {
		r.flaw("unknown_transfer_encoding", e.path, label)
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

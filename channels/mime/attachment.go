package mime

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"html"
	"io"
	"net/url"
	"strings"

	"gatehouse/ingest"
)

// Attachment decodes the attachment of that index out of a mail. The index is
// that of Mail.Attachments; another is ingest.ErrNotFound.
func Attachment(raw []byte, index int) ([]byte, error) {
	r := newReader(Options{})
	root := r.parse(tidy(r, raw))
	plain, _ := r.shown(r.collect(root))
	for _, e := range plain {
		e.inner = innerFiles(r.octets(e))
	}
	list := enclosures(root)
	if index < 0 || index >= len(list) {
		return nil, fmt.Errorf("attachment %d: %w", index, ingest.ErrNotFound)
	}
	var out bytes.Buffer
	list[index].decode(r, &out)
	return out.Bytes(), nil
}

// enclosure is something attached: a part, or a file within a part's text.
type enclosure struct {
	part  *entity
	inner *innerFile
}

// enclosures lists what a mail attaches, in the order of its parts.
func enclosures(root *entity) (list []enclosure) {
	for _, e := range leaves(root, nil) {
		if e.attached {
			list = append(list, enclosure{part: e})
		}
		for i := range e.inner {
			list = append(list, enclosure{part: e, inner: &e.inner[i]})
		}
	}
	return list
}

// decode undoes the transfer encoding and returns the defect found, if any.
func (c enclosure) decode(r *reader, w io.Writer) (defect string) {
	if c.inner != nil {
		c.inner.write(w)
		return ""
	}
	return transfer(w, r.transferName(c.part), c.part.body)
}

// describe lists what is attached, each hashed as it streams by.
func (r *reader) describe(list []enclosure, page string) []File {
	cids := referredCIDs(page)
	out := make([]File, 0, len(list))
	for _, c := range list {
		d := &digest{sum: sha256.New()}
		if defect := c.decode(r, d); defect != "" {
			r.flaw(defect, c.part.path, "")
		}
		if c.inner != nil {
			out = append(out, d.innerFile(c.inner.name))
			continue
		}
		out = append(out, d.partFile(c.part, cids))
	}
	return out
}

func (d *digest) innerFile(name string) File {
	name, _ = decodeHeaderText(name, "")
	f := d.file(baseName(name), "application/octet-stream")
	f.Disposition = "attachment"
	return f
}

func (d *digest) partFile(e *entity, cids map[string]bool) File {
	f := d.file(e.filename(), e.media)
	f.ContentID = e.contentID()
	f.Charset = clean(strings.ToLower(e.param.get("charset")))
	f.Disposition = e.disposition()
	if f.Disposition == "" {
		f.Disposition = "attachment"
		if f.ContentID != "" && cids[f.ContentID] || e.inRelated {
			f.Disposition = "inline"
		}
	}
	return f
}

// digest counts and hashes what is written to it.
type digest struct {
	sum hash.Hash
	n   int64
}

func (d *digest) Write(p []byte) (int, error) {
	d.n += int64(len(p))
	return d.sum.Write(p)
}

func (d *digest) file(name, media string) File {
	return File{Filename: name, ContentType: clean(media), Size: d.n, SHA256: hex.EncodeToString(d.sum.Sum(nil))}
}

// disposition is what the part declares: inline, attachment or "". An unknown
// one is an attachment (RFC 2183 §2.8).
func (e *entity) disposition() string {
	value, _ := e.declaredDisposition()
	switch value {
	case "inline", "":
		return value
	}
	return "attachment"
}

// declaredDisposition reads Content-Disposition; one that begins with its
// parameters says nothing of the disposition.
func (e *entity) declaredDisposition() (value string, p params) {
	field := e.head.Get("Content-Disposition")
	if value, p = parseParams(field); strings.Contains(value, "=") {
		value, p = parseParams(";" + field)
	}
	return strings.ToLower(strings.Trim(value, " \t\"'")), p
}

func (e *entity) uuName() string {
	label := e.head.Get("Content-Transfer-Encoding")
	if label == "" {
		return ""
	}
	if name, _ := transferOf(label); name != "uuencode" {
		return ""
	}
	f, _ := firstUU(e.body)
	return baseName(clean(f.name))
}

func (e *entity) contentID() string { return bareCID(e.head.Get("Content-Id")) }

// bareCID is an id without its angle brackets and what stands around them.
func bareCID(s string) string {
	if _, rest, ok := strings.Cut(s, "<"); ok {
		s, _, _ = strings.Cut(rest, ">")
	} else {
		s = stripComments(s)
	}
	return clean(strings.Trim(s, " \t<>"))
}

// referredCIDs gathers the cid: references of html (RFC 2392) in one pass.
func referredCIDs(page string) map[string]bool {
	var found map[string]bool
	for at := 0; ; {
		i := strings.IndexByte(page[at:], ':')
		if i < 0 {
			return found
		}
		i += at
		at = i + 1
		if i < 3 || !strings.EqualFold(page[i-3:i], "cid") {
			continue
		}
		rest := page[at:min(len(page), at+300)]
		id := html.UnescapeString(rest[:max(strings.IndexAny(rest, "\"'> )\\\n"), 0)])
		if plain, err := url.PathUnescape(id); err == nil {
			id = plain
		}
		if found == nil {
			found = map[string]bool{}
		}
		found[id] = true
	}
}

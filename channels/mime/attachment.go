package mime

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"net/url"
	"strings"
	"unicode"

	"gatehouse/ingest"
)

// Attachment decodes the attachment of that index out of a mail. The index is
// that of Mail.Attachments; another is ingest.ErrNotFound.
func Attachment(raw []byte, index int) ([]byte, error) {
	r := newReader(Options{})
	c := r.collect(r.parse(tidy(r, raw)))
	n := index
	for _, e := range c.plain {
		files := innerFiles(r.octets(e))
		if n >= 0 && n < len(files) {
			var out bytes.Buffer
			writeUU(&out, files[n].lines)
			return out.Bytes(), nil
		}
		n -= len(files)
	}
	if n < 0 || n >= len(c.files) {
		return nil, fmt.Errorf("attachment %d: %w", index, ingest.ErrNotFound)
	}
	e := c.files[n]
	var out bytes.Buffer
	out.Grow(len(e.body))
	transfer(&out, r.transferName(e), e.body)
	return out.Bytes(), nil
}

// describe lists the attached leaves, each hashed as it streams by.
func (r *reader) describe(files []*entity, html string) []File {
	cids := referredCIDs(html)
	out := make([]File, 0, len(files))
	for _, e := range files {
		d := &digest{sum: sha256.New()}
		if defect := transfer(d, r.transferName(e), e.body); defect != "" {
			r.flaw(defect, e.path, "")
		}
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
		out = append(out, f)
	}
	return out
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
	value, _ := parseParams(e.head.Get("Content-Disposition"))
	switch value = strings.ToLower(strings.TrimSpace(value)); value {
	case "inline", "":
		return value
	}
	return "attachment"
}

func (e *entity) filename() string {
	_, p := parseParams(e.head.Get("Content-Disposition"))
	name := p.get("filename")
	if name == "" {
		name = e.param.get("name")
	}
	if name == "" {
		return ""
	}
	name, _ = decodeHeaderText(name, "")
	return baseName(name)
}

// baseName keeps the last segment of a path, without control characters and
// without the marks that turn the reading direction.
func baseName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c) {
			return -1
		}
		return c
	}, name)
	if name = strings.TrimSpace(name); name == "." || name == ".." {
		return ""
	}
	return name
}

func (e *entity) contentID() string { return bareCID(e.head.Get("Content-Id")) }

func bareCID(s string) string { return clean(strings.Trim(stripComments(s), " \t<>")) }

// referredCIDs gathers the cid: references of html (RFC 2392) in one pass.
func referredCIDs(html string) map[string]bool {
	var found map[string]bool
	for {
		_, rest, ok := strings.Cut(html, "cid:")
		if !ok {
			return found
		}
		end := strings.IndexAny(rest[:min(len(rest), 300)], "\"'> )\\\n")
		if end < 0 {
			end = 0
		}
		id := rest[:end]
		if plain, err := url.PathUnescape(id); err == nil {
			id = plain
		}
		if found == nil {
			found = map[string]bool{}
		}
		found[id] = true
		html = rest
	}
}

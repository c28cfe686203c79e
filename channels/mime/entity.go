package mime

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/emersion/go-message/textproto"
)

// entity is a mail or one part of it (RFC 2045 §2.4).
type entity struct {
	path  string // IMAP part path: "" for the mail, then "1", "1.2"
	head  textproto.Header
	media string // lower-case type/subtype
	param params // of Content-Type
	body  []byte // before transfer decoding; a slice of the raw mail
	kids  []*entity

	unreadable bool   // its type is none
	first      bool   // no leaf stands before it
	branch     bool   // it is one branch of a multipart/alternative
	raw        bool   // its header has octets beyond ASCII
	hint       string // what charset a raw file name may be in

	inRelated bool // it goes with a multipart/related's root
	spare     bool // text of a wrapper: shown only where the mail has no other

	attached bool        // it is a file
	inner    []innerFile // files within its text
}

func (e *entity) isMultipart() bool { return strings.HasPrefix(e.media, "multipart/") }

// parse reads the tree of parts.
func (r *reader) parse(raw []byte) *entity {
	r.parts = 1
	return r.part("", raw, 0, "text/plain")
}

// part reads one entity and, if it is a multipart, what it holds.
func (r *reader) part(path string, raw []byte, depth int, absent string) *entity {
	block, body := splitHeader(r, path, raw)
	e := r.entity(path, block, body)
	if e.media == "" {
		e.media = absent
	}
	if r.leafs == 0 && e.unreadable && e.isUnnamedText() {
		e.media = "text/plain" // RFC 2045 §5.2
	}
	if !e.isMultipart() {
		e.first = r.leafs == 0
		r.leafs++
		r.open(e, depth)
		return e
	}
	if depth >= maxDepth {
		r.limit("limit_depth", path, "multiparts nested deeper than "+strconv.Itoa(maxDepth))
		return e
	}
	r.divide(e, depth)
	return e
}

// isUnnamedText reports a part that nothing but an unreadable type tells from
// text.
func (e *entity) isUnnamedText() bool {
	if name, _ := transferOf(e.head.Get("Content-Transfer-Encoding")); name == "base64" || name == "uuencode" {
		return false
	}
	return e.media == "application/octet-stream" && e.disposition() == "" && e.filename() == "" && bytes.IndexByte(e.body, 0) < 0
}

// open puts what a wrapper holds in its place.
func (r *reader) open(e *entity, depth int) {
	switch {
	case depth >= maxDepth:
	case e.isTNEF():
		r.openTNEF(e)
	case e.isSigned():
		r.openSigned(e, depth)
	}
}

// entity reads a header block and puts it before a body.
func (r *reader) entity(path string, block, body []byte) *entity {
	e := &entity{path: path, head: r.fields(path, block), body: body}
	declared := e.head.Get("Content-Type")
	var media string
	media, e.param = parseParams(declared)
	var ok bool
	if e.media, ok = mediaType(media, e.param); !ok {
		e.unreadable = true
		r.flaw("bad_content_type", path, declared)
	}
	if e.raw = !isASCIIBytes(block); e.raw && path == "" {
		r.flaw("raw_8bit_header", "", "")
	}
	if bytes.IndexByte(block, 0) >= 0 {
		r.flaw("nul_bytes", path, "header")
	}
	return e
}

func childPath(parent string, n int) string {
	if parent == "" {
		return strconv.Itoa(n)
	}
	return parent + "." + strconv.Itoa(n)
}

// mediaType makes sense of a declared type; "" where none was declared, and
// not ok where it had to be guessed (RFC 2045 §5.2).
func mediaType(s string, p params) (media string, ok bool) {
	s = strings.ToLower(strings.Trim(s, " \t\"'<>"))
	kind, sub, slash := strings.Cut(s, "/")
	switch {
	case s == "" && len(p) == 0:
		return "", true
	case slash && isToken(kind) && isToken(sub):
		return s, true
	case kind == "multipart":
		return "multipart/mixed", false
	case kind == "text" || s == "plain" || s == "":
		return "text/plain", false
	case s == "html":
		return "text/html", false
	}
	return "application/octet-stream", false
}

func isToken(s string) bool {
	for _, c := range []byte(s) {
		if c <= ' ' || c > '~' || strings.IndexByte(`()<>@,;:\"/[]?=`, c) >= 0 {
			return false
		}
	}
	return s != ""
}

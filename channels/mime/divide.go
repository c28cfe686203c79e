package mime

import (
	"bytes"
	"strconv"
)

// divide cuts the body of a multipart into its parts. A multipart whose
// delimiter never occurs is shown as the text it is.
func (r *reader) divide(e *entity, depth int) {
	pieces, end := r.pieces(e)
	switch {
	case end == limited:
		r.limit("limit_parts", e.path, "more than "+strconv.Itoa(maxParts)+" parts")
	case len(pieces) == 0:
		r.undivided(e, end)
		return
	case end == open:
		r.flaw("unterminated_multipart", e.path, "")
	}
	absent := "text/plain"
	if e.media == "multipart/digest" {
		absent = "message/rfc822"
	}
	r.parts += len(pieces)
	for i, piece := range pieces {
		e.kids = append(e.kids, r.part(childPath(e.path, i+1), piece, depth+1, absent))
	}
}

// pieces finds the parts of a multipart by its boundary. Where that is missing
// or never used, by the delimiter that the body plainly has.
func (r *reader) pieces(e *entity) (pieces [][]byte, end ending) {
	boundary := e.param.get("boundary")
	if boundary == "" {
		r.flaw("missing_boundary", e.path, "no boundary parameter")
		return cut(e.body, guessBoundary(e.body, ""), maxParts-r.parts)
	}
	pieces, end = cut(e.body, boundary, maxParts-r.parts)
	if len(pieces) > 0 || end != open {
		return pieces, end
	}
	if plain := r.encodedWhole(e); plain != nil {
		if pieces, end = cut(plain, boundary, maxParts-r.parts); len(pieces) > 0 {
			return pieces, end
		}
	}
	if guessed := guessBoundary(e.body, "content-"); guessed != "" {
		r.flaw("missing_boundary", e.path, "another boundary is used")
		return cut(e.body, guessed, maxParts-r.parts)
	}
	return nil, open
}

// encodedWhole undoes a transfer encoding that was put, against RFC 2045
// §6.4, on a multipart as a whole; nil if it has none.
func (r *reader) encodedWhole(e *entity) []byte {
	name, _ := transferOf(e.head.Get("Content-Transfer-Encoding"))
	if name == "" {
		return nil
	}
	var out bytes.Buffer
	transfer(&cappedWriter{buf: &out, left: maxUnwrapped}, name, e.body)
	return out.Bytes()
}

// undivided makes a multipart without parts the text it holds, if any.
func (r *reader) undivided(e *entity, end ending) {
	e.first = r.leafs == 0
	r.leafs++
	code, detail := "missing_boundary", "the boundary is never used"
	if end == closed {
		e.body = beforeDelimiter(e.body, e.param.get("boundary"))
		code, detail = "empty_multipart", ""
	}
	if len(bytes.TrimSpace(e.body)) == 0 {
		code, detail, e.body = "empty_multipart", "", nil
	}
	r.flaw(code, e.path, detail)
	e.media = "text/plain"
	if looksHTML(e.body) {
		e.media = "text/html"
	}
}

// beforeDelimiter is what stands before the first delimiter line.
func beforeDelimiter(body []byte, boundary string) []byte {
	if i := bytes.Index(body, []byte("--"+trimBoundary(boundary))); i >= 0 {
		return body[:i]
	}
	return body
}

// looksHTML reports a body that begins as an html page does.
func looksHTML(body []byte) bool {
	start := bytes.ToLower(bytes.TrimSpace(body[:min(len(body), 200)]))
	return bytes.HasPrefix(start, []byte("<html")) || bytes.HasPrefix(start, []byte("<!doctype html"))
}

package mime

import (
	"bytes"
	"strings"
)

// ending is how a multipart ends.
type ending int

const (
	closed  ending = iota // by its closing delimiter
	open                  // by the end of the data
	limited               // by the limit of parts
)

// cut divides a multipart's body at its delimiter lines (RFC 2046 §5.1.1) into
// at most limit parts; the last keeps what an absent closing delimiter leaves
// open. The line end before a delimiter is the delimiter's.
func cut(body []byte, boundary string, limit int) (parts [][]byte, end ending) {
	if boundary = trimBoundary(boundary); boundary == "" {
		return nil, open
	}
	delim := []byte("--" + boundary)
	begin := -1 // of the part under way
	for at := 0; ; {
		i := bytes.Index(body[at:], delim)
		if i < 0 {
			break
		}
		i += at
		next, last, ok := delimiterLine(body, i, len(delim))
		at = i + len(delim)
		if !ok {
			continue
		}
		if begin >= 0 {
			parts = append(parts, body[begin:max(begin, beforeLineEnd(body, i))])
		}
		if last {
			if begin = -1; !reopens(body[next:], delim) {
				return parts, closed
			}
			at = next
			continue
		}
		if len(parts) >= limit {
			return parts, limited
		}
		begin, at = next, next
	}
	if begin < 0 || begin == len(body) {
		return parts, open
	}
	rest, end := unclosed(body[begin:], delim)
	return append(parts, rest), end
}

// reopens reports that parts follow a closing delimiter: a multipart within
// used the same boundary.
func reopens(rest, delim []byte) bool {
	for {
		i := bytes.Index(rest, delim)
		if i < 0 {
			return false
		}
		next, last, ok := delimiterLine(rest, i, len(delim))
		if ok {
			line, _ := cutLine(rest[next:])
			return !last && startsWithFold(fieldName(line), "content-")
		}
		rest = rest[i+len(delim):]
	}
}

func startsWithFold(s []byte, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(string(s[:len(prefix)]), prefix)
}

// trimBoundary takes off the blanks that a boundary must not end in
// (RFC 2046 §5.1.1); on delimiter lines they are padding.
func trimBoundary(s string) string { return strings.TrimRight(s, " \t") }

// unclosed is the last part of a multipart without a closing delimiter. One
// that stands at the very end, but behind text on its line, is meant as such.
func unclosed(part, delim []byte) ([]byte, ending) {
	rest, ok := bytes.CutSuffix(bytes.TrimRight(part, " \t\r\n"), append(bytes.Clone(delim), "--"...))
	if !ok {
		return part, open
	}
	return rest, closed
}

// delimiterLine checks that what stands at i is a whole delimiter line and
// returns where the next line begins and whether it closes the multipart.
func delimiterLine(body []byte, i, n int) (next int, last, ok bool) {
	if i > 0 && body[i-1] != '\n' && body[i-1] != '\r' {
		return 0, false, false
	}
	line, rest := cutLine(body[i+n:])
	next = len(body) - len(rest)
	line = bytes.TrimLeft(line, " \t") // the blanks that the boundary ended in
	if bytes.HasPrefix(line, []byte("--")) && blank(line[2:]) {
		return next, true, true
	}
	return next, false, blank(line)
}

// beforeLineEnd steps back over the line end before i.
func beforeLineEnd(body []byte, i int) int {
	if i > 0 && body[i-1] == '\n' {
		i--
	}
	if i > 0 && body[i-1] == '\r' {
		i--
	}
	return i
}

// guessBoundary takes the first line that begins with "--" and is followed by
// a header field whose name begins with prefix for the delimiter of a
// multipart that names none, or another.
func guessBoundary(body []byte, prefix string) string {
	for rest := body; len(rest) > 0; {
		var line []byte
		line, rest = cutLine(rest)
		if len(line) <= 2 || len(line) > 200 || line[0] != '-' || line[1] != '-' {
			continue
		}
		next, _ := cutLine(rest)
		if name := fieldName(next); name != nil && startsWithFold(name, prefix) {
			return string(bytes.TrimRight(line[2:], " \t"))
		}
	}
	return ""
}

package mime

import (
	"bytes"
	"io"
)

// cutUU finds the first uuencoded file in text: its name, its lines and where
// in body it stands.
func cutUU(body []byte) (name string, inner []byte, span [2]int, ok bool) {
	for at := 0; at < len(body); {
		line, rest := cutLine(body[at:])
		next := len(body) - len(rest)
		if name, ok := uuBegin(line); ok {
			if end, after := uuEnd(body, next); end >= 0 {
				return name, body[next:end], [2]int{at, after}, true
			}
			return "", nil, span, false // no end anywhere behind: no other begin has one
		}
		at = next
	}
	return "", nil, span, false
}

// uuBegin reads "begin 644 name".
func uuBegin(line []byte) (name string, ok bool) {
	rest, ok := bytes.CutPrefix(line, []byte("begin "))
	if !ok {
		return "", false
	}
	mode, file, ok := bytes.Cut(rest, []byte(" "))
	if !ok || len(mode) < 3 || len(mode) > 4 || len(bytes.Trim(mode, "01234567")) > 0 {
		return "", false
	}
	return string(bytes.TrimSpace(file)), true
}

// uuEnd finds the line "end" at or after from.
func uuEnd(body []byte, from int) (end, after int) {
	for at := from; at < len(body); {
		line, rest := cutLine(body[at:])
		next := len(body) - len(rest)
		if string(bytes.TrimRight(line, " \t")) == "end" {
			return at, next
		}
		at = next
	}
	return -1, -1
}

// writeUU decodes uuencoded lines; what is no such line is skipped.
func writeUU(w io.Writer, lines []byte) {
	var out [96]byte
	for len(lines) > 0 {
		var line []byte
		line, lines = cutLine(lines)
		if len(line) == 0 || line[0] < ' ' || line[0] > '`' {
			continue
		}
		n := int(line[0]-' ') & 63
		_, _ = w.Write(uuLine(out[:0], line[1:], n))
	}
}

// uuLine decodes n octets out of groups of four characters; absent ones count
// as blanks, which mailers like to trim.
func uuLine(out, chars []byte, n int) []byte {
	at := func(i int) byte {
		if i < len(chars) {
			return (chars[i] - ' ') & 63
		}
		return 0
	}
	for i := 0; len(out) < n; i += 4 {
		a, b, c, d := at(i), at(i+1), at(i+2), at(i+3)
		out = append(out, a<<2|b>>4, b<<4|c>>2, c<<6|d)
	}
	return out[:n]
}

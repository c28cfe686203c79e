package mime

import (
	"bytes"
	"crypto/sha256"
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

// innerFile is a uuencoded file within a text.
type innerFile struct {
	name  string
	lines []byte
	span  [2]int // where it stands in the text
}

func innerFiles(text []byte) (files []innerFile) {
	for at := 0; len(files) < maxParts; {
		name, lines, span, ok := cutUU(text[at:])
		if !ok {
			break
		}
		files = append(files, innerFile{name, lines, [2]int{at + span[0], at + span[1]}})
		at += span[1]
	}
	return files
}

// takeUU takes the uuencoded files out of a text.
func (r *reader) takeUU(e *entity, text []byte) (rest []byte, files []File) {
	at := 0
	for _, f := range innerFiles(text) {
		d := &digest{sum: sha256.New()}
		writeUU(d, f.lines)
		name, _ := decodeHeaderText(f.name, "")
		file := d.file(baseName(name), "application/octet-stream")
		file.Disposition = "attachment"
		files = append(files, file)
		rest = append(rest, text[at:f.span[0]]...)
		at = f.span[1]
	}
	if at == 0 {
		return text, nil
	}
	return append(rest, text[at:]...), files
}

package mime

import (
	"bytes"
	"io"
)

// uuStrange is how many lines in a row may be none of a uuencoded file before
// it is taken to have ended without its mark.
const uuStrange = 3

// findUU reads the file that a line "begin 644 name" begins. It ends with the
// line "end", or where its lines do.
func findUU(text []byte, at int) (f innerFile, ok bool) {
	line, from := lineAt(text, at)
	if f.name, ok = uuBegin(line, "begin "); !ok {
		return f, false
	}
	end, strange := from, 0
	for next := from; next < len(text) && strange <= uuStrange; {
		line, after := lineAt(text, next)
		switch {
		case string(bytes.TrimRight(line, " \t")) == "end":
			return f.within(text[from:next], writeUU, at, after), true
		case isUULine(line):
			end, strange = after, 0
		case end == from:
			return f, false // the first line already is none: prose
		default:
			strange++
		}
		next = after
	}
	return f.within(text[from:end], writeUU, at, end), end > from
}

func (f innerFile) within(lines []byte, write func(io.Writer, []byte), from, to int) innerFile {
	f.write, f.span = func(w io.Writer) { write(w, lines) }, [2]int{from, to}
	return f
}

// findBase64 reads what uuencode -m writes: up to a line of "====".
func findBase64(text []byte, at int) (f innerFile, ok bool) {
	line, from := lineAt(text, at)
	if f.name, ok = uuBegin(line, "begin-base64 "); !ok {
		return f, false
	}
	end := from
	for end < len(text) {
		line, after := lineAt(text, end)
		if bytes.HasPrefix(line, []byte("====")) {
			return f.within(text[from:end], skipBase64, at, after), true
		}
		if len(line) == 0 || !allBase64(line) {
			break
		}
		end = after
	}
	return f.within(text[from:end], skipBase64, at, end), end > from
}

func skipBase64(w io.Writer, lines []byte) { _ = writeBase64(w, lines) }

// uuBegin reads "begin 644 name".
func uuBegin(line []byte, mark string) (name string, ok bool) {
	rest, ok := bytes.CutPrefix(line, []byte(mark))
	if !ok {
		return "", false
	}
	mode, file, ok := bytes.Cut(rest, []byte(" "))
	if !ok || len(mode) < 3 || len(mode) > 6 || len(bytes.Trim(mode, "01234567")) > 0 {
		return "", false
	}
	return string(bytes.TrimSpace(file)), true
}

// isUULine reports a line that says how long it is, and is so long. Blanks at
// its end may have been trimmed, and a sum of it may follow.
func isUULine(line []byte) bool {
	if len(line) == 0 || line[0] < ' ' || line[0] > '`' {
		return false
	}
	n := (int(line[0]-' ')&63 + 2) / 3 * 4
	chars := line[1:]
	if len(chars) > n+2 || len(chars)+16 < n {
		return false
	}
	for _, c := range chars {
		if c < ' ' || c > '`' {
			return false
		}
	}
	return true
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

// writeWholeUU decodes a body that is one uuencoded file; without a begin line
// all its lines are taken.
func writeWholeUU(w io.Writer, body []byte) {
	if f, ok := firstUU(body); ok {
		f.write(w)
		return
	}
	writeUU(w, body)
}

// firstUU is the first file in a body that is said to be uuencoded.
func firstUU(body []byte) (innerFile, bool) {
	for at := 0; at < len(body); {
		for _, find := range []func([]byte, int) (innerFile, bool){findUU, findBase64} {
			if f, ok := find(body, at); ok {
				return f, true
			}
		}
		_, at = lineAt(body, at)
	}
	return innerFile{}, false
}

package mime

import (
	"bytes"
	"io"
)

// findYEnc reads the file that a line "=ybegin line=128 size=9 name=x" begins,
// up to its line "=yend" (yEnc 1.3). Of a file in several parts this is one.
func findYEnc(text []byte, at int) (f innerFile, ok bool) {
	line, from := lineAt(text, at)
	_, name, named := bytes.Cut(line, []byte(" name="))
	if !named || !bytes.Contains(line, []byte(" size=")) {
		return f, false
	}
	f.name = string(bytes.Trim(name, " \t\""))
	if part, after := lineAt(text, from); bytes.HasPrefix(part, []byte("=ypart ")) {
		from = after
	}
	for next := from; next < len(text); {
		line, after := lineAt(text, next)
		if bytes.HasPrefix(line, []byte("=yend")) {
			return f.within(text[from:next], writeYEnc, at, after), true
		}
		next = after
	}
	return f.within(text[from:], writeYEnc, at, len(text)), from < len(text)
}

// writeYEnc decodes lines: each octet was raised by 42, and those that would
// have come out as NUL, line end or "=" once more by 64, behind a "=".
func writeYEnc(w io.Writer, lines []byte) {
	out := make([]byte, 0, 4096)
	escaped := false
	for _, c := range lines {
		switch {
		case c == '\r' || c == '\n':
			continue
		case escaped:
			out, escaped = append(out, c-64-42), false
		case c == '=':
			escaped = true
		default:
			out = append(out, c-42)
		}
		if len(out) == cap(out) {
			_, _ = w.Write(out)
			out = out[:0]
		}
	}
	_, _ = w.Write(out)
}

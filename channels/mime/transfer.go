package mime

import (
	"bytes"
	"encoding/base64"
	"io"
	"strings"
)

// transferOf names the transfer encoding of a leaf (RFC 2045 §6) and reports
// whether the label is one. Labels nobody defined but many write are known.
func transferOf(label string) (name string, ok bool) {
	label = strings.ToLower(strings.TrimSpace(label))
	if i := strings.IndexAny(label, ";( \t"); i > 0 {
		label = label[:i]
	}
	switch strings.Trim(label, `"'`) {
	case "", "7bit", "8bit", "binary", "7-bit", "8-bit", "7bits", "8bits", "none", "text", "quoted-text":
		return "", true
	case "base64", "base-64", "b", "base64-encoded":
		return "base64", true
	case "quoted-printable", "quoted/printable", "quotedprintable", "q":
		return "quoted-printable", true
	case "x-uuencode", "x-uue", "uuencode", "uue", "x-uu":
		return "uuencode", true
	}
	return "", false
}

// transfer writes the decoded body to w in bounded pieces and returns the
// defect found, "" if none. It never stops early.
func transfer(w io.Writer, name string, body []byte) (defect string) {
	switch name {
	case "base64":
		return writeBase64(w, body)
	case "quoted-printable":
		return writeQuotedPrintable(w, body)
	case "uuencode":
		if _, inner, _, ok := cutUU(body); ok {
			body = inner
		}
		writeUU(w, body)
	default:
		_, _ = w.Write(body)
	}
	return ""
}

// base64Values maps a character to its value, skipped ones to 0xff, "=" to 0xfe.
var base64Values = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xff
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		t[c] = byte(i)
	}
	t['='] = 0xfe
	return t
}()

// base64Writer gathers alphabet characters and decodes them in pieces.
type base64Writer struct {
	w   io.Writer
	in  [4096]byte
	n   int
	out [3072]byte
}

func (b *base64Writer) flush(final bool) {
	whole := b.n &^ 3
	n, _ := base64.StdEncoding.Decode(b.out[:], b.in[:whole])
	_, _ = b.w.Write(b.out[:n])
	rest := copy(b.in[:], b.in[whole:b.n])
	if final && rest > 1 {
		n, _ = base64.RawStdEncoding.Decode(b.out[:], b.in[:rest])
		_, _ = b.w.Write(b.out[:n])
	}
	if b.n = rest; final {
		b.n = 0
	}
}

// add takes a line's characters and returns how many were outside the alphabet.
func (b *base64Writer) add(line []byte) (skipped int) {
	for _, c := range line {
		switch v := base64Values[c]; {
		case v < 64:
			if b.n == len(b.in) {
				b.flush(false)
			}
			b.in[b.n] = c
			b.n++
		case v == 0xfe:
			b.flush(true) // the end of one stream; another may follow
		case c != ' ' && c != '\t' && c != '\r':
			skipped++
		}
	}
	return skipped
}

// writeBase64 decodes what can be decoded: strange characters are skipped and
// padding may be missing. Text that follows the end of the data is left out.
func writeBase64(w io.Writer, body []byte) (defect string) {
	b := &base64Writer{w: w}
	ended := false
	for len(body) > 0 {
		var line []byte
		line, body = cutLine(body)
		if ended && !allBase64(line) {
			b.flush(true)
			return "bad_base64"
		}
		if b.add(line) > 0 {
			defect = "bad_base64"
		}
		ended = ended || bytes.IndexByte(line, '=') >= 0
	}
	if b.n%4 == 1 {
		defect = "bad_base64"
	}
	b.flush(true)
	return defect
}

func allBase64(line []byte) bool {
	for _, c := range line {
		if base64Values[c] == 0xff && c != ' ' && c != '\t' && c != '\r' {
			return false
		}
	}
	return true
}

// writeQuotedPrintable decodes line by line (RFC 2045 §6.7). An "=" that
// begins no code is kept as it stands.
func writeQuotedPrintable(w io.Writer, body []byte) (defect string) {
	out := make([]byte, 0, min(len(body), 4096)+128)
	for len(body) > 0 {
		line, end := body, ""
		if i := bytes.IndexByte(body, '\n'); i >= 0 {
			line, end = body[:i], "\n"
			if i > 0 && body[i-1] == '\r' {
				end = "\r\n"
			}
			body = body[i+1:]
		} else {
			body = nil
		}
		line = bytes.TrimRight(line, " \t\r")
		if n := len(line); n > 0 && line[n-1] == '=' {
			line, end = line[:n-1], ""
		}
		var ok bool
		if out, ok = appendQP(out, line); !ok {
			defect = "bad_quoted_printable"
		}
		out = append(out, end...)
		if len(out) > 4096 {
			_, _ = w.Write(out)
			out = out[:0]
		}
	}
	_, _ = w.Write(out)
	return defect
}

func appendQP(out, line []byte) ([]byte, bool) {
	ok := true
	for {
		i := bytes.IndexByte(line, '=')
		if i < 0 {
			return append(out, line...), ok
		}
		out = append(out, line[:i]...)
		if i+2 < len(line) && unhex(line[i+1]) >= 0 && unhex(line[i+2]) >= 0 {
			out = append(out, byte(unhex(line[i+1])<<4|unhex(line[i+2])))
			line = line[i+3:]
			continue
		}
		out = append(out, '=')
		line, ok = line[i+1:], false
	}
}

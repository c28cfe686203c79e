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

// base64Values maps a character to its value, those outside the alphabet to
// 0xff, "=" to 0xfe.
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

// base64Writer gathers lines and decodes them in pieces.
type base64Writer struct {
	w       io.Writer
	in      [4096]byte
	n       int
	out     [3072]byte
	strange bool // there were characters outside the alphabet
}

// flush decodes the whole groups of four gathered so far; at the end of a
// stream also what is left of one.
func (b *base64Writer) flush(final bool) {
	n, err := base64.StdEncoding.Decode(b.out[:], b.in[:b.n&^3])
	if err != nil {
		b.sift()
		n, _ = base64.StdEncoding.Decode(b.out[:], b.in[:b.n&^3])
	}
	_, _ = b.w.Write(b.out[:n])
	b.n = copy(b.in[:], b.in[b.n&^3:b.n])
	if !final {
		return
	}
	b.sift()
	n, _ = base64.RawStdEncoding.Decode(b.out[:], b.in[:b.n])
	_, _ = b.w.Write(b.out[:n])
	b.strange = b.strange || b.n == 1
	b.n = 0
}

// sift drops what is outside the alphabet.
func (b *base64Writer) sift() {
	kept := b.in[:0]
	for _, c := range b.in[:b.n] {
		switch {
		case base64Values[c] < 64:
			kept = append(kept, c)
		case c != ' ' && c != '\t' && c != '\r':
			b.strange = true
		}
	}
	b.n = len(kept)
}

// add gathers characters; "=" ends a stream, behind which another may follow.
func (b *base64Writer) add(line []byte) {
	for len(line) > 0 {
		end := bytes.IndexByte(line, '=')
		if end == 0 {
			b.flush(true)
			line = bytes.TrimLeft(line, "=")
			continue
		}
		if end < 0 {
			end = len(line)
		}
		k := copy(b.in[b.n:], line[:end])
		b.n, line = b.n+k, line[k:]
		if b.n == len(b.in) {
			b.flush(false)
		}
	}
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
			b.strange = true
			break
		}
		b.add(line)
		ended = ended || bytes.IndexByte(line, '=') >= 0
	}
	b.flush(true)
	if b.strange {
		return "bad_base64"
	}
	return ""
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

package mime

import (
	"bytes"
	"encoding/base64"
	"io"
)

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
func (b *base64Writer) add(line []byte) (ended bool) {
	for len(line) > 0 {
		end := bytes.IndexByte(line, '=')
		if end < 0 {
			b.gather(line)
			return ended
		}
		ended = true
		b.gather(line[:end])
		b.flush(true)
		line = bytes.TrimLeft(line[end:], "=")
	}
	return ended
}

func (b *base64Writer) gather(chars []byte) {
	for len(chars) > 0 {
		k := copy(b.in[b.n:], chars)
		b.n, chars = b.n+k, chars[k:]
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
		ended = b.add(line) || ended
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

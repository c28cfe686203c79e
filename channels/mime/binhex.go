package mime

import (
	"bytes"
	"encoding/binary"
	"io"
)

// binHexValues maps a character of BinHex 4.0 (RFC 1741) to its six bits,
// others to 0xff.
var binHexValues = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xff
	}
	for i, c := range []byte("!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr") {
		t[c] = byte(i)
	}
	return t
}()

// binHexRepeat is the mark of a run: the octet before it, so many times.
const binHexRepeat = 0x90

// findBinHex reads the file that stands between two colons behind the line
// which says that it is one. Its data fork is the file.
func findBinHex(text []byte, at int) (f innerFile, ok bool) {
	_, from := lineAt(text, at)
	for from < len(text) && bytes.IndexByte([]byte(" \t\r\n"), text[from]) >= 0 {
		from++
	}
	if from >= len(text) || text[from] != ':' {
		return f, false
	}
	from++
	to := from
	for to < len(text) && (binHexValues[text[to]] != 0xff || text[to] == '\r' || text[to] == '\n') {
		to++
	}
	after := to
	if to < len(text) && text[to] == ':' {
		_, after = lineAt(text, to)
	}
	head := binHexWriter{limit: 128}
	head.decode(text[from:to])
	name, start, size, ok := binHexHead(head.out)
	if !ok {
		return f, false
	}
	f.name, f.span = name, [2]int{at, after}
	f.write = func(w io.Writer) {
		b := binHexWriter{limit: start + size}
		b.decode(text[from:to])
		_, _ = w.Write(b.out[min(start, len(b.out)):])
	}
	return f, true
}

// binHexHead reads what stands before the data fork: a name, a version, type
// and creator, flags, the lengths of both forks, and a sum (RFC 1741 §4).
func binHexHead(b []byte) (name string, start, size int, ok bool) {
	if len(b) == 0 || len(b) < int(b[0])+22 {
		return "", 0, 0, false
	}
	n := int(b[0])
	size = int(binary.BigEndian.Uint32(b[n+12:]))
	if n == 0 || n > 63 || size > maxUnwrapped {
		return "", 0, 0, false
	}
	return string(b[1 : n+1]), n + 22, size, true
}

// binHexWriter gathers at most limit octets.
type binHexWriter struct {
	out    []byte
	limit  int
	marked bool // the octet before was the mark of a run
}

// decode takes six bits of each character and undoes the runs.
func (b *binHexWriter) decode(chars []byte) {
	var bits, held uint
	for _, c := range chars {
		v := binHexValues[c]
		if v == 0xff {
			continue
		}
		if held, bits = held<<6|uint(v), bits+6; bits >= 8 {
			bits -= 8
			b.put(byte(held >> bits))
		}
		if len(b.out) >= b.limit {
			return
		}
	}
}

func (b *binHexWriter) put(c byte) {
	switch {
	case !b.marked && c == binHexRepeat:
		b.marked = true
	case !b.marked:
		b.out = append(b.out, c)
	case c == 0: // the octet of the mark itself
		b.out, b.marked = append(b.out, binHexRepeat), false
	default:
		b.marked = false
		for n := int(c); n > 1 && len(b.out) > 0 && len(b.out) < b.limit; n-- {
			b.out = append(b.out, b.out[len(b.out)-1])
		}
	}
}

package mime

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// escapesOf names the charset whose escape sequences stand in b, "" if there
// are none.
func escapesOf(b []byte) string {
	i := bytes.Index(b, []byte("\x1b$"))
	if i < 0 || i+2 >= len(b) {
		return ""
	}
	switch b = b[i+2:]; {
	case bytes.HasPrefix(b, []byte(")C")):
		return "iso-2022-kr"
	case bytes.HasPrefix(b, []byte(")A")), bytes.HasPrefix(b, []byte(")G")):
		return "iso-2022-cn"
	case b[0] == 'B', b[0] == '@', b[0] == '(':
		return "iso-2022-jp"
	}
	return ""
}

// jisMode is what the octets after an escape sequence mean.
type jisMode byte

const (
	jisASCII jisMode = iota
	jisKana
	jis208
	jis212
)

// jisEscapes are those of RFC 1468, 2237, 1554 and what vendors add.
var jisEscapes = []struct {
	seq  string
	mode jisMode
}{
	{"(B", jisASCII}, {"(J", jisASCII}, {"(H", jisASCII}, {"(I", jisKana}, {"$@", jis208}, {"$B", jis208}, {"&@\x1b$B", jis208},
	{"$(@", jis208}, {"$(B", jis208}, {"$(D", jis212}, {"$(O", jis208}, {"$(Q", jis208}, {"$(P", jis212},
}

// decodeISO2022JP reads RFC 1468 with half-width kana (by escape, by SO, by
// eighth bit), JIS X 0212 and the rows of vendors. A line's end ends a
// sequence that was left open; an unknown escape is left out.
func decodeISO2022JP(b []byte) string {
	out := make([]byte, 0, len(b)+len(b)/2)
	mode, shifted := jisASCII, false
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch {
		case c == 0x1b:
			m, n := jisEscape(b[i+1:], mode)
			mode, i = m, i+n
		case c == 0x0e, c == 0x0f:
			shifted = c == 0x0e
		case c == '\n':
			mode, shifted = jisASCII, false
			out = append(out, c)
		case c < 0x21:
			out = append(out, c)
		case c >= 0xa1 && c <= 0xdf, (mode == jisKana || shifted) && c <= 0x5f:
			out = append(out, 0x8e, c|0x80)
		case mode >= jis208 && i+1 < len(b) && b[i+1] > 0x20 && b[i+1] < 0x7f:
			if mode == jis212 {
				out = append(out, 0x8f)
			}
			out = append(out, c|0x80, b[i+1]|0x80)
			i++
		case mode >= jis208:
			out = append(out, 0xff) // half a character
		default:
			out = append(out, c)
		}
	}
	return decodeWith(japanese.EUCJP, out)
}

// jisEscape reads what follows ESC; a sequence that is not known (ECMA-35 §13.2)
// changes nothing.
func jisEscape(b []byte, now jisMode) (mode jisMode, length int) {
	for _, e := range jisEscapes {
		if bytes.HasPrefix(b, []byte(e.seq)) {
			return e.mode, len(e.seq)
		}
	}
	n := 0
	for n < len(b) && n < 3 && b[n] >= 0x20 && b[n] <= 0x2f {
		n++
	}
	if n == 0 || n == len(b) || b[n] < 0x30 || b[n] > 0x7e {
		return now, 0
	}
	return now, n + 1
}

// decodeISO2022KR reads RFC 1557: between SO and SI stand two-byte characters.
func decodeISO2022KR(b []byte) string {
	return decodeWith(korean.EUCKR, unshift(bytes.ReplaceAll(b, []byte("\x1b$)C"), nil)))
}

// decodeISO2022CN reads the GB 2312 part of RFC 1922. Characters of the
// Taiwanese planes become U+FFFD.
func decodeISO2022CN(b []byte) string {
	var out bytes.Buffer
	gb := true
	for len(b) > 0 {
		piece, rest, found := bytes.Cut(b, []byte("\x1b$"))
		if gb {
			out.WriteString(decodeWith(simplifiedchinese.GB18030, unshift(piece)))
		} else {
			writeUnread(&out, piece)
		}
		if b = rest; found && len(b) >= 2 {
			gb, b = b[1] == 'A', b[2:]
		}
	}
	return out.String()
}

// writeUnread writes a mark for each two-byte character.
func writeUnread(out *bytes.Buffer, b []byte) {
	shifted, half := false, false
	for _, c := range b {
		switch {
		case c == 0x0e || c == 0x0f:
			shifted = c == 0x0e
		case !shifted || c <= ' ':
			out.WriteByte(c)
		default:
			if half = !half; half {
				out.WriteRune(utf8.RuneError)
			}
		}
	}
}

// unshift sets the eighth bit of what stands between SO and SI.
func unshift(b []byte) []byte {
	out := make([]byte, 0, len(b))
	shifted := false
	for _, c := range b {
		switch {
		case c == 0x0e || c == 0x0f:
			shifted = c == 0x0e
		case c == '\n':
			shifted = false
			out = append(out, c)
		case shifted && c > ' ':
			out = append(out, c|0x80)
		default:
			out = append(out, c)
		}
	}
	return out
}

package mime

import (
	"strings"
	"unicode/utf16"
)

// decodeUTF7 reads RFC 2152: "+" begins base64 of UTF-16, "-" ends it.
func decodeUTF7(b []byte) string {
	var out strings.Builder
	out.Grow(len(b))
	for i := 0; i < len(b); i++ {
		if b[i] != '+' {
			out.WriteByte(b[i])
			continue
		}
		begin := i + 1
		end := begin
		for end < len(b) && base64Values[b[end]] < 64 {
			end++
		}
		if end == begin {
			out.WriteByte('+') // "+-" is a plus
		}
		writeUTF16(&out, b[begin:end])
		if i = end - 1; end < len(b) && b[end] == '-' {
			i = end
		}
	}
	return out.String()
}

// writeUTF16 unpacks six bits a character into sixteen a unit.
func writeUTF16(out *strings.Builder, chars []byte) {
	units := make([]uint16, 0, len(chars)*6/16)
	acc, bits := uint32(0), 0
	for _, c := range chars {
		acc, bits = acc<<6|uint32(base64Values[c]), bits+6
		if bits >= 16 {
			bits -= 16
			units = append(units, uint16(acc>>bits))
		}
	}
	for _, r := range utf16.Decode(units) {
		out.WriteRune(r)
	}
}

package smpp

import (
	"strings"
	"unicode/utf8"
)

const escape = 0x1B // the next septet is one of the single shift table

// septets decodes text of the GSM 7 bit alphabet, one septet an octet, with a
// locking and a single shift table (3GPP TS 23.038 §6.2.1). known is false if
// there was an octet that is no septet, or a table that is not here.
func septets(b []byte, locking, single byte) (text string, known bool) {
	main, shifted, known := tables(locking, single)
	var out strings.Builder
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch {
		case c > 0x7F:
			out.WriteRune(utf8.RuneError)
			known = false
		case c != escape:
			out.WriteRune(main[c])
		case i+1 < len(b) && b[i+1] <= 0x7F:
			i++
			out.WriteRune(shift(main, shifted, b[i]))
		}
	}
	return out.String(), known
}

// shift is what stands behind an escape: where the table has nothing, the
// character of the main table (§6.2.1.1).
func shift(main []rune, shifted map[byte]rune, c byte) rune {
	if r, found := shifted[c]; found {
		return r
	}
	if c == escape {
		return ' '
	}
	return main[c]
}

func tables(locking, single byte) (main []rune, shifted map[byte]rune, known bool) {
	main, lock := lockingTables[locking]
	shifted, one := singleTables[single]
	if !lock {
		main = lockingTables[0]
	}
	if !one {
		shifted = singleTables[0]
	}
	return main, shifted, lock && one
}

// unpack spreads packed septets over octets (§6.1.2.1). before is how many
// octets of the message came before them, a header's: septets begin at a
// multiple of seven bits of the whole.
func unpack(b []byte, before int) []byte {
	fill := (7 - before*8%7) % 7
	var out []byte
	for at := fill; at+7 <= len(b)*8; at += 7 {
		v := uint16(b[at/8])
		if at/8+1 < len(b) {
			v |= uint16(b[at/8+1]) << 8
		}
		out = append(out, byte(v>>(at%8))&0x7F)
	}
	return trimFill(b, fill, out)
}

// trimFill drops the seven zero bits that fill up the last octet: they would
// be an @. A sender that means an @ there writes a return behind it.
func trimFill(b []byte, fill int, out []byte) []byte {
	n := len(out)
	if n > 0 && n*7+fill == len(b)*8 && out[n-1] == 0 {
		return out[:n-1]
	}
	return out
}

// The tables of 3GPP TS 23.038: the default alphabet (§6.2.1), and those of
// Turkish and Portuguese (annex A.3), which lock in place of it.
var lockingTables = map[byte][]rune{
	0: []rune("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"),
	1: []rune("@£$¥€éùıòÇ\nĞğ\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bŞşßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"İABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§çabcdefghijklmnopqrstuvwxyzäöñüà"),
	3: []rune("@£$¥êéúíóç\nÔô\rÁáΔ_ªÇÀ∞^\\€Ó|\x1bÂâÊÉ !\"#º%&'()*+,-./0123456789:;<=>?" +
		"ÍABCDEFGHIJKLMNOPQRSTUVWXYZÃÕÚÜ§~abcdefghijklmnopqrstuvwxyzãõ`üà"),
}

// What comes behind an escape: the default extension (§6.2.1.1), and those of
// Turkish, Spanish and Portuguese (annex A.2). All have the signs of the first.
var singleTables = map[byte]map[byte]rune{
	0: signs(nil),
	1: signs(map[byte]rune{'G': 'Ğ', 'I': 'İ', 'S': 'Ş', 'c': 'ç', 'g': 'ğ', 'i': 'ı', 's': 'ş'}),
	2: signs(map[byte]rune{
		0x09: 'ç', 'A': 'Á', 'I': 'Í', 'O': 'Ó', 'U': 'Ú', 'a': 'á', 'i': 'í', 'o': 'ó', 'u': 'ú',
	}),
	3: signs(map[byte]rune{
		0x05: 'ê', 0x09: 'ç', 0x0B: 'Ô', 0x0C: 'ô', 0x0E: 'Á', 0x0F: 'á', 0x12: 'Φ', 0x13: 'Γ', 0x15: 'Ω', 0x16: 'Π',
		0x17: 'Ψ', 0x18: 'Σ', 0x19: 'Θ', 0x1F: 'Ê', 'A': 'À', 'I': 'Í', 'O': 'Ó', 'U': 'Ú', 0x5B: 'Ã', 0x5C: 'Õ',
		'a': 'Â', 'i': 'í', 'o': 'ó', 'u': 'ú', 0x7B: 'ã', 0x7C: 'õ', 0x7F: 'â',
	}),
}

// signs adds what all single shift tables have in common.
func signs(more map[byte]rune) map[byte]rune {
	all := map[byte]rune{
		0x0A: '\f', 0x0D: '\n', 0x14: '^', 0x28: '{', 0x29: '}', 0x2F: '\\', 0x3C: '[', 0x3D: '~', 0x3E: ']', 0x40: '|', 0x65: '€',
	}
	for c, r := range more {
		all[c] = r
	}
	return all
}

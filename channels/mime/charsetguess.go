package mime

import (
	"cmp"
	"strings"
	"unicode/utf8"

	"github.com/wlynxg/chardet"
	"golang.org/x/text/encoding/charmap"
)

// detectSample bounds how many octets are looked at to find out a charset.
const detectSample = 16 << 10

// detect reads b by what its bytes look like.
func detect(b []byte) string {
	if decode := decoderOf(detectLabel(b)); decode != nil {
		return decode(b)
	}
	return decodeWith(charmap.Windows1252, b)
}

// guess is detect without the detector, which takes half a millisecond: for
// the thousandth word of a header.
func guess(b []byte) string {
	if decode := decoderOf(cmp.Or(guessDouble(b), guessLatin(b))); decode != nil {
		return decode(b)
	}
	return decodeWith(charmap.Windows1252, b)
}

// detectLabel finds out the charset of b, windows-1252 if nothing speaks for
// another.
func detectLabel(b []byte) string {
	b = b[:min(len(b), detectSample)]
	if label := cmp.Or(guessDouble(b), guessLatin(b)); label != "" {
		return label
	}
	if found := chardet.Detect(b); found.Confidence >= 0.5 {
		label := normalLabel(found.Encoding)
		if decode := decoderOf(label); decode != nil && !shifts(label) && !unlikely(label, b) && !strings.ContainsRune(decode(b), utf8.RuneError) {
			return label
		}
	}
	return "windows-1252"
}

// guessLatin tells Central European and Turkish text from Western by letters
// that would be signs within words, or letters of Icelandic without its vowels.
func guessLatin(b []byte) string {
	var seen [256]int
	within, win := 0, 0
	for i, c := range b {
		seen[c]++
		if c < 0x80 || i == 0 || i+1 == len(b) || !inWord(b[i-1], b[i+1]) {
			continue
		}
		switch c {
		case 0xb3, 0xb1, 0xb6, 0xbc, 0xbf, 0xbb, 0xbe, 0xb5: // ł ą ś ź ż ť ž ľ in ISO 8859-2
			within++
		case 0x9d, 0x9f, 0xb9: // ť ź ą in windows-1250
			win++
		}
	}
	if within > 0 && seen[0x9a]+seen[0x9c]+seen[0x9e] > 0 { // š ś ž, none of them in ISO 8859-2
		win++
	}
	turkish := seen[0xfd] + seen[0xfe] + seen[0xf0]
	switch {
	case win > 0:
		return "windows-1250"
	case within > 0:
		return "iso-8859-2"
	case turkish >= 2 && seen[0xfd] > 0 && seen[0xe1]+seen[0xe9]+seen[0xed]+seen[0xf3]+seen[0xfa]+seen[0xe6] == 0 && !unbroken(b):
		return "windows-1254"
	}
	return ""
}

// inWord reports that both neighbours of a character are letters, one of them
// of ASCII: in words of another alphabet none is.
func inWord(before, after byte) bool {
	return latinLetter(before) && (latinLetter(after) || after >= 0xc0) || latinLetter(after) && before >= 0xc0
}

func latinLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// unbroken reports more high octets than letters: that is no Latin alphabet.
func unbroken(b []byte) bool {
	high, letters := 0, 0
	for _, c := range b {
		if c >= 0x80 {
			high++
		} else if latinLetter(c) {
			letters++
		}
	}
	return high > letters
}

// unlikely reports a script that is written in high octets throughout, for
// text which has only a few of them, as Western text does.
func unlikely(label string, b []byte) bool {
	high, letters := 0, 0
	for _, c := range b {
		switch {
		case c >= 0x80:
			high++
		case latinLetter(c):
			letters++
		}
	}
	return high*6 < letters && !strings.HasPrefix(label, "windows-125") && !strings.HasPrefix(label, "iso-8859-")
}

package mime

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// double are the East Asian charsets of two octets a character, with
// characters that every longer text has; kana tell Japanese.
var double = []struct {
	label, frequent string
	trails          bool // the second octet may be a letter of ASCII
}{
	{"euc-jp", "", false},
	{"shift_jis", "", true},
	{"euc-kr", "이다는을의가에하지고한도로기사리어나자시그것수들해일인대요니안은를서있습보아부주정게여세제스전", false},
	{"gb18030", "的一是不了在人有我他这中大来上个国和也子时道说出会要于你以可下过天去能对小多然心学么之都好看起发当没成只如事把还用第样作开请您们单订公司回复问题件年月日", false},
	{"big5", "的一是不了在人有我他這中大來上個國和也子時道說出會要於你以可下過天去能對小多然心學麼之都好看起發當沒成只如事把還用第樣作開請您們單訂公司回覆問題件年月日", true},
}

// guessDouble tells which of them b is in, "" if in none. chardet needs more
// text for that than a subject has.
func guessDouble(b []byte) string {
	b = b[:min(len(b), 2048)]
	best, guess := 0.5, ""
	for _, d := range double {
		if !mayBe(d.label, b) {
			continue
		}
		text := decoderOf(d.label)(b)
		if score := likeness(text, d.frequent); score > best && !(d.trails && mostlyLatin(text)) {
			best, guess = score, d.label
		}
	}
	return guess
}

// mostlyLatin reports a text without kana in which ASCII letters prevail: what
// looks like characters of two octets in it are an accent and a letter.
func mostlyLatin(text string) bool {
	letters, others := 0, 0
	for _, c := range text {
		switch {
		case c >= 0x3040 && c <= 0x30ff:
			return false
		case c >= utf8.RuneSelf:
			others++
		case latinLetter(byte(c)):
			letters++
		}
	}
	return letters > 2*others
}

// mayBe looks at the octets alone. In text of an EUC a tenth of them or more
// are below 0xC0, where the alphabets of one octet have few letters; Shift_JIS
// needs octets that those have no use for.
func mayBe(label string, b []byte) bool {
	high, low, c1 := 0, 0, 0
	for _, c := range b {
		switch {
		case c >= 0xc0:
			high++
		case c > 0xa0:
			low++
		case c >= 0x80:
			c1++
		}
	}
	switch total := high + low + c1; {
	case total < 4:
		return false
	case label == "shift_jis":
		return c1*4 >= total
	case label == "big5":
		return (low+c1)*10 >= total
	default:
		return low*10 >= total && c1*4 < total
	}
}

// likeness says how much a text looks like one of a language: 0 to 1.
func likeness(text, frequent string) float64 {
	score, total := 0.0, 0.0
	for _, c := range text {
		if c < utf8.RuneSelf {
			continue
		}
		total++
		switch {
		case c == utf8.RuneError, unicode.Is(unicode.Co, c):
			score -= 3
		case frequent == "" && (unicode.Is(unicode.Hiragana, c) || unicode.Is(unicode.Katakana, c) && c < 0xff00):
			score += 1.2
		case frequent != "" && strings.ContainsRune(frequent, c):
			score += 1.2
		case unicode.Is(unicode.Hangul, c) && strings.HasPrefix(frequent, "이"):
			score += 0.8
		case c >= 0x3000 && c <= 0x303f, c >= 0xff00 && c <= 0xff5e:
			score += 0.8
		case unicode.Is(unicode.Han, c):
			score += 0.6
		}
	}
	if total < 2 {
		return 0
	}
	return score / total
}

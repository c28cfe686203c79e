package mime

import (
	"strings"
	"unicode"
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

// detectLabel finds out the charset of b, windows-1252 if nothing speaks for
// another.
func detectLabel(b []byte) string {
	b = b[:min(len(b), detectSample)]
	if guess := guessDouble(b); guess != "" {
		return guess
	}
	if guess := guessLatin(b); guess != "" {
		return guess
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
		if c < 0x80 || i == 0 || i+1 == len(b) || !latinLetter(b[i-1]) || !latinLetter(b[i+1]) {
			continue
		}
		switch c {
		case 0xb3, 0xb1, 0xb6, 0xbc, 0xbf, 0xbb, 0xbe, 0xb5: // ł ą ś ź ż ť ž ľ in ISO 8859-2
			within++
		case 0x9a, 0x9c, 0x9d, 0x9e, 0x9f, 0xb9: // š ś ť ž ź ą in windows-1250
			within++
			win++
		}
	}
	turkish := seen[0xfd] + seen[0xfe] + seen[0xf0]
	switch {
	case within >= 2 && win > 0:
		return "windows-1250"
	case within >= 2:
		return "iso-8859-2"
	case turkish >= 2 && seen[0xfd] > 0 && seen[0xe1]+seen[0xe9]+seen[0xed]+seen[0xf3]+seen[0xfa]+seen[0xe6] == 0 && !unbroken(b):
		return "windows-1254"
	}
	return ""
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

// double are the East Asian charsets of two octets a character, with
// characters that every longer text has; kana tell Japanese.
var double = []struct{ label, frequent string }{
	{"euc-jp", ""},
	{"shift_jis", ""},
	{"euc-kr", "이다는을의가에하지고한도로기사리어나자시그것수들해일인대요니안은를서있습보아부주정게여세제스전"},
	{"gb18030", "的一是不了在人有我他这中大来上个国和也子时道说出会要于你以可下过天去能对小多然心学么之都好看起发当没成只如事把还用第样作开请您们单订公司回复问题件年月日"},
	{"big5", "的一是不了在人有我他這中大來上個國和也子時道說出會要於你以可下過天去能對小多然心學麼之都好看起發當沒成只如事把還用第樣作開請您們單訂公司回覆問題件年月日"},
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
		if score := likeness(decoderOf(d.label)(b), d.frequent); score > best {
			best, guess = score, d.label
		}
	}
	return guess
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

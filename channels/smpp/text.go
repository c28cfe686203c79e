package smpp

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
)

// A charset is how octets stand for characters.
type charset string

const (
	gsm7       charset = "gsm7-unpacked" // one septet an octet
	gsm7Packed charset = "gsm7-packed"   // eight septets in seven octets, as on the air
	ascii      charset = "ascii"
	latin1     charset = "latin1"
	utf8s      charset = "utf8"
	ucs2       charset = "ucs2" // big-endian; read as UTF-16, which phones send
	cyrillic   charset = "iso-8859-5"
	hebrew     charset = "iso-8859-8"
	jis        charset = "iso-2022-jp"
	koreanKS   charset = "euc-kr"
	binary8    charset = "" // data
)

// charsets are the values of default_charset, with other spellings of them.
var charsets = map[string]charset{
	"": gsm7, "gsm7": gsm7, "gsm7-unpacked": gsm7, "gsm7-packed": gsm7Packed, "ascii": ascii, "latin1": latin1,
	"iso-8859-1": latin1, "utf8": utf8s, "utf-8": utf8s, "ucs2": ucs2, "utf-16be": ucs2,
}

// ofCoding is what data_coding says (SMPP 3.4 §5.2.19); byDefault is the
// centre's own alphabet. What nobody knows is data.
func ofCoding(coding byte, byDefault charset) charset {
	switch coding {
	case 0x00:
		return byDefault
	case 0x01:
		return ascii
	case 0x03:
		return latin1
	case 0x06:
		return cyrillic
	case 0x07:
		return hebrew
	case 0x08:
		return ucs2
	case 0x0A:
		return jis
	case 0x0E:
		return koreanKS
	}
	return ofScheme(coding, byDefault)
}

// ofScheme reads the groups of GSM's own data coding scheme (3GPP TS 23.038
// §4) that centres pass on as they are: message classes, and indications that
// messages wait.
func ofScheme(coding byte, byDefault charset) charset {
	switch group := coding >> 4; {
	case group == 0x1 || group == 0xF: // a class: text, data or UCS-2
		switch coding & 0x0C {
		case 0x00:
			return septetsOf(byDefault)
		case 0x08:
			if group == 0x1 {
				return ucs2
			}
		}
	case group == 0xC || group == 0xD:
		return septetsOf(byDefault)
	case group == 0xE:
		return ucs2
	}
	return binary8
}

// septetsOf is the form in which a centre gives text of the GSM alphabet.
func septetsOf(byDefault charset) charset {
	if byDefault == gsm7Packed {
		return gsm7Packed
	}
	return gsm7
}

var codepages = map[charset]encoding.Encoding{
	latin1: charmap.ISO8859_1, cyrillic: charmap.ISO8859_5, hebrew: charmap.ISO8859_8,
	jis: japanese.ISO2022JP, koreanKS: korean.EUCKR,
}

// A piece is octets that one alphabet is read of: a message's, or those of
// parts that follow one another, joined before they are read. Characters may
// lie across two parts.
type piece struct {
	charset         charset
	locking, single byte
	octets          []byte
	last            int // the number of its last part; 0: of none
}

// read is a delivery's piece, its septets unpacked.
func (d delivery) read(byDefault charset) piece {
	p := piece{charset: ofCoding(d.coding, byDefault), octets: d.octets}
	p.locking, p.single = d.languages()
	if p.charset == gsm7Packed {
		p.charset, p.octets = gsm7, unpack(d.octets, len(d.header))
	}
	return p
}

// follows reports whether q is the next part, and written as p is.
func (p piece) follows(q piece) bool {
	return p.last+1 == q.last && p.charset == q.charset && p.locking == q.locking && p.single == q.single
}

// text decodes the piece. What cannot be read is U+FFFD, and told in defect.
func (p piece) text() (text, defect string) {
	switch p.charset {
	case gsm7:
		text, known := septets(p.octets, p.locking, p.single)
		return text, when(!known, "some characters are not of the alphabet that the message names")
	case ascii:
		return asciiText(p.octets)
	case utf8s:
		text = strings.ToValidUTF8(string(p.octets), "\uFFFD")
		return text, when(!utf8.Valid(p.octets), "some octets are no UTF-8")
	case ucs2:
		return wide(p.octets)
	}
	b, err := codepages[p.charset].NewDecoder().Bytes(p.octets)
	if err != nil {
		return strings.Repeat("\uFFFD", len(p.octets)), fmt.Sprintf("no text in %s: %v", p.charset, err)
	}
	text = string(b)
	return text, when(strings.ContainsRune(text, utf8.RuneError), fmt.Sprintf("some octets are no %s", p.charset))
}

func when[T any](so bool, v T) (otherwise T) {
	if so {
		return v
	}
	return otherwise
}

// asciiText reads ASCII. Octets beyond it are Latin-1 where a centre says
// ASCII and means that.
func asciiText(b []byte) (text, defect string) {
	var out strings.Builder
	beyond := false
	for _, c := range b {
		beyond = beyond || c > 0x7F
		out.WriteRune(rune(c))
	}
	return out.String(), when(beyond, "octets beyond ASCII are taken for Latin-1")
}

// wide reads UTF-16 with the high octet first.
func wide(b []byte) (text, defect string) {
	units := make([]uint16, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		units = append(units, uint16(b[i])<<8|uint16(b[i+1]))
	}
	text = string(utf16.Decode(units))
	if len(b)%2 == 1 {
		return text + "\uFFFD", "the last character is half"
	}
	return text, when(strings.ContainsRune(text, utf8.RuneError), "half of a character is missing")
}

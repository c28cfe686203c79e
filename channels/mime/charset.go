package mime

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"github.com/wlynxg/chardet"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// decoded is text read from bytes of a stated charset.
type decoded struct {
	text   string
	defect string // charset_mismatch, unknown_charset or ""
}

// decodeBytes reads b by its label, or by what it plainly is: valid UTF-8 is
// UTF-8 whatever the label, an unknown label is detected, and what nothing
// fits is windows-1252.
func decodeBytes(b []byte, label string) decoded {
	label = normalLabel(label)
	if !shifts(label) {
		if isASCIIBytes(b) {
			return decoded{text: clean(string(b))}
		}
		if utf8.Valid(b) {
			return decoded{text: clean(string(b)), defect: unlike(label)}
		}
	}
	if decode := decoderOf(label); decode != nil {
		return decoded{text: clean(decode(b))}
	}
	defect := "unknown_charset"
	if label == "" || label == "utf-8" {
		defect = "charset_mismatch"
		if mostlyUTF8(b) {
			return decoded{text: clean(string(b)), defect: defect}
		}
	}
	return decoded{text: clean(detect(b)), defect: defect}
}

// unlike is the defect of UTF-8 that was labelled as something else.
func unlike(label string) string {
	if label == "" || label == "utf-8" {
		return ""
	}
	return "charset_mismatch"
}

// shifts reports charsets whose bytes look like ASCII or hold NUL: there the
// label comes first.
func shifts(label string) bool {
	return strings.HasPrefix(label, "iso-2022-") || strings.HasPrefix(label, "utf-16") ||
		strings.HasPrefix(label, "utf-32") || label == "utf-7" || label == "hz-gb-2312"
}

// normalLabel strips what mailers put around a charset's name.
func normalLabel(s string) string {
	if i := strings.IndexAny(s, "*;("); i >= 0 {
		s = s[:i] // a language (RFC 2231 §5), a second parameter, a comment
	}
	s = strings.ToLower(strings.Trim(s, " \t\"'=<>"))
	switch s {
	case "utf8", "unicode-1-1-utf-8", "x-utf8", "x-utf-8":
		return "utf-8"
	case "us-ascii", "ascii", "ansi_x3.4-1968", "646":
		return "windows-1252"
	case "default", "unknown", "unknown-8bit", "x-unknown", "none", "binary", "8bit", "x-user-defined":
		return ""
	}
	return s
}

// aliases are labels that neither WHATWG nor IANA knows as mailers mean them.
var aliases = map[string]encoding.Encoding{
	"gb2312": simplifiedchinese.GB18030, "gbk": simplifiedchinese.GB18030, "gb_2312-80": simplifiedchinese.GB18030,
	"x-gbk": simplifiedchinese.GB18030, "cp936": simplifiedchinese.GB18030, "windows-936": simplifiedchinese.GB18030,
	"ks_c_5601-1987": korean.EUCKR, "cp949": korean.EUCKR, "uhc": korean.EUCKR, "x-windows-949": korean.EUCKR,
	"ansi_x3.110-1983": charmap.ISO8859_1, "iso-8859-8-i": charmap.ISO8859_8, "x-mac-roman": charmap.Macintosh,
	"utf-16": unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
}

// decoderOf returns how to read a charset, nil if it is unknown or has to be
// found out. It prefers supersets: WHATWG reads iso-8859-1 as windows-1252.
func decoderOf(label string) func([]byte) string {
	switch label {
	case "", "utf-8":
		return nil
	case "utf-7":
		return decodeUTF7
	case "iso-2022-kr":
		return decodeISO2022KR
	}
	enc := encodingOf(label)
	if enc == nil {
		return nil
	}
	return func(b []byte) string { return decodeWith(enc, b) }
}

func encodingOf(label string) encoding.Encoding {
	if enc := aliases[label]; enc != nil {
		return enc
	}
	names := []string{label, strings.TrimPrefix(label, "x-")}
	if n, ok := strings.CutPrefix(label, "cp"); ok {
		names = append(names, "windows-"+strings.TrimLeft(n, "-_"), "ibm"+n)
	}
	for _, name := range names {
		if enc, err := htmlindex.Get(name); err == nil && enc != encoding.Replacement {
			return enc
		}
		if enc, err := ianaindex.MIME.Encoding(name); err == nil && enc != nil {
			return enc
		}
	}
	return nil
}

// decodeWith never fails: what cannot be decoded becomes U+FFFD.
func decodeWith(enc encoding.Encoding, b []byte) string {
	out, _, err := transform.Bytes(enc.NewDecoder(), b)
	if err != nil {
		return string(out) + string(utf8.RuneError)
	}
	return string(out)
}

// detectSample bounds how many octets are looked at to find out a charset.
const detectSample = 16 << 10

// detect reads b by what its bytes look like.
func detect(b []byte) string {
	if found := chardet.Detect(b[:min(len(b), detectSample)]); found.Confidence >= 0.5 {
		label := normalLabel(found.Encoding)
		if decode := decoderOf(label); decode != nil && label != "ascii" {
			return decode(b)
		}
	}
	return decodeWith(charmap.Windows1252, b)
}

// mostlyUTF8 reports that damage, not another charset, makes b invalid.
func mostlyUTF8(b []byte) bool {
	good, bad := 0, 0
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good++
		}
		b = b[n:]
	}
	return good > 2*bad
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// isASCIIBytes looks at eight octets at a time: it sees every text body.
func isASCIIBytes(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if binary.NativeEndian.Uint64(b)&0x8080808080808080 != 0 {
			return false
		}
	}
	return isASCII(string(b))
}

// decodeISO2022KR reads RFC 1557: between SO and SI stand two-byte characters.
func decodeISO2022KR(b []byte) string {
	b = bytes.ReplaceAll(b, []byte("\x1b$)C"), nil)
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
	return decodeWith(korean.EUCKR, out)
}

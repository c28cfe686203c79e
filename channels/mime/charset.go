package mime

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/transform"
)

// decoded is text read from bytes of a stated charset.
type decoded struct {
	text   string
	defect string // charset_mismatch, unknown_charset or ""
}

// decodeBytes reads b by its label, or by what it plainly is: valid UTF-8 is
// UTF-8 whatever the label, escape sequences speak for themselves, an unknown
// label is detected, and what nothing fits is windows-1252.
func decodeBytes(b []byte, label string) decoded { return decodeOr(b, label, detect) }

// decodeOr is decodeBytes with another way to find out a charset.
func decodeOr(b []byte, label string, detect func([]byte) string) decoded {
	label = normalLabel(label)
	if !shifts(label) || contradicted(b, label) {
		if isASCIIBytes(b) {
			return decodeEscapes(b, label)
		}
		if utf8.Valid(b) {
			return decoded{text: clean(string(b)), defect: unlike(label)}
		}
	}
	if decode := decoderOf(label); decode != nil && !contradicted(b, label) {
		return better(decode(b), b)
	}
	defect := "unknown_charset"
	if label == "" || label == "utf-8" || shifts(label) {
		defect = "charset_mismatch"
		if mostlyUTF8(b, label == "utf-8") {
			return decoded{text: clean(string(b)), defect: defect}
		}
	}
	return decoded{text: clean(detect(b)), defect: defect}
}

// decodeEscapes reads ASCII; escape sequences of another character set in it
// were not announced.
func decodeEscapes(b []byte, label string) decoded {
	if esc := escapesOf(b); esc != "" {
		return decoded{text: clean(decoderOf(esc)(b)), defect: unlike(label)}
	}
	if shifts(label) {
		return decoded{text: clean(string(b)), defect: unlike(label)}
	}
	return decoded{text: clean(string(b))}
}

// unlike is the defect of text that was labelled as something else.
func unlike(label string) string {
	if label == "" || label == "utf-8" {
		return ""
	}
	return "charset_mismatch"
}

// shifts reports charsets whose bytes look like ASCII or hold NUL: there the
// label comes first.
func shifts(label string) bool {
	return strings.HasPrefix(label, "iso-2022-") || wide(label) || label == "utf-7" || label == "hz-gb-2312"
}

func wide(label string) bool {
	return strings.HasPrefix(label, "utf-16") || strings.HasPrefix(label, "utf-32")
}

// contradicted reports that b cannot be in such a charset: eight bits and no
// escape sequence, or not a NUL in text of two or four octets a character.
func contradicted(b []byte, label string) bool {
	switch {
	case !shifts(label):
		return false
	case wide(label):
		return len(b) >= 8 && bytes.IndexByte(b, 0) < 0 && utf8.Valid(b)
	}
	return !isASCIIBytes(b) && (utf8.Valid(b) || bytes.IndexByte(b, 0x1b) < 0 && bytes.IndexByte(b, 0x0e) < 0)
}

// better keeps a text unless so little of it could be decoded that its label
// must be wrong, and another charset fits.
func better(text string, b []byte) decoded {
	if bad := strings.Count(text, string(utf8.RuneError)); bad > 0 {
		high := 0
		for _, c := range text {
			if c >= utf8.RuneSelf {
				high++
			}
		}
		if guess := guessDouble(b); bad*4 > high && guess != "" {
			return decoded{text: clean(decoderOf(guess)(b)), defect: "charset_mismatch"}
		}
	}
	return decoded{text: clean(text)}
}

// decodeWith never fails: what cannot be decoded becomes U+FFFD.
func decodeWith(enc encoding.Encoding, b []byte) string {
	out, _, err := transform.Bytes(enc.NewDecoder(), b)
	if err != nil {
		return string(out) + string(utf8.RuneError)
	}
	return string(out)
}

// mostlyUTF8 reports that damage, not another charset, makes b invalid. Where
// it was said to be UTF-8 a character that was cut off speaks for it too.
func mostlyUTF8(b []byte, said bool) bool {
	good, bad := 0, 0
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case n > 1:
			good++
		case r == utf8.RuneError && said && b[0] >= 0xc2 && b[0] <= 0xf4 && (len(b) == 1 || b[1]&0xc0 == 0x80):
			good++
			for n < len(b) && b[n]&0xc0 == 0x80 {
				n++
			}
		case r == utf8.RuneError:
			bad++
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

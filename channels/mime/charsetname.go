package mime

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// normalLabel strips what mailers put around a charset's name and brings the
// names that need care here into one form; "" says nothing.
func normalLabel(s string) string {
	s = strings.ToLower(strings.Trim(s, " \t\"'=<>"))
	s = strings.TrimPrefix(s, "charset=")
	if i := strings.IndexAny(s, "*;,( \t"); i >= 0 {
		s = s[:i] // a language (RFC 2231 §5), a second parameter, a comment
	}
	s = strings.Trim(s, "\"'=<>.")
	switch s {
	case "utf-8", "iso-8859-1", "windows-1252":
		return s
	}
	key := strings.Map(compact, s)
	if name, ok := sameAs[strings.TrimPrefix(strings.TrimPrefix(key, "x"), "cs")]; ok {
		return name
	}
	if name := numbered(key); name != "" {
		return name
	}
	return s
}

// compact leaves the letters and digits of a charset's name.
func compact(c rune) rune {
	if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
		return c
	}
	return -1
}

// sameAs holds the compact names, without "x" and "cs", that mean another.
var sameAs = map[string]string{
	"utf8": "utf-8", "unicode11utf8": "utf-8", "unicode20utf8": "utf-8", "utf8mb4": "utf-8", "utf8sig": "utf-8", "cp65001": "utf-8",
	"utf7": "utf-7", "unicode11utf7": "utf-7", "unicode20utf7": "utf-7", "unicode11": "utf-7",
	"usascii": "windows-1252", "ascii": "windows-1252", "ansix341968": "windows-1252", "ansix341986": "windows-1252", "646": "windows-1252",
	"iso646us": "windows-1252", "ansi": "windows-1252", "latin1": "windows-1252", "westerneuropean": "windows-1252",
	"default": "", "unknown": "", "unknown8bit": "", "none": "", "binary": "", "8bit": "", "7bit": "", "userdefined": "", "null": "",
	"iso2022jp": "iso-2022-jp", "iso2022jp1": "iso-2022-jp", "iso2022jp2": "iso-2022-jp", "iso2022jp3": "iso-2022-jp",
	"iso2022jp2004": "iso-2022-jp", "iso2022jpms": "iso-2022-jp", "jis": "iso-2022-jp", "iso2022jpext": "iso-2022-jp", "iso2022": "iso-2022-jp",
	"iso2022kr": "iso-2022-kr", "iso2022cn": "iso-2022-cn", "iso2022cnext": "iso-2022-cn", "hz": "hz-gb-2312", "hzgb2312": "hz-gb-2312",
	"ucs2": "utf-16", "utf16": "utf-16", "unicode": "utf-16le", "ucs4": "utf-32", "utf32": "utf-32", "iso10646ucs2": "utf-16", "iso10646ucs4": "utf-32",
	"sjis": "shift_jis", "shiftjis": "shift_jis", "mskanji": "shift_jis", "windows31j": "shift_jis", "sjiswin": "shift_jis", "eucjp": "euc-jp", "ujis": "euc-jp",
	"eucjpms": "euc-jp", "eucjpwin": "euc-jp", "euckr": "euc-kr", "ksc56011987": "euc-kr", "ksc5601": "euc-kr", "ksx1001": "euc-kr", "uhc": "euc-kr", "korean": "euc-kr",
	"gb2312": "gb18030", "gb231280": "gb18030", "gbk": "gb18030", "euccn": "gb18030", "gb18030": "gb18030", "chinese": "gb18030", "gb": "gb18030", "gb1988": "gb18030",
	"big5": "big5", "big5hkscs": "big5", "big5eten": "big5", "cnbig5": "big5", "bigfive": "big5", "euctw": "euc-tw",
	"macroman": "macintosh", "mac": "macintosh", "macintosh": "macintosh", "maccyrillic": "x-mac-cyrillic", "macukrainian": "x-mac-cyrillic",
	"koi8": "koi8-r", "koi8r": "koi8-r", "koi8u": "koi8-u", "koi8ru": "koi8-u", "win": "windows-1251", "tis620": "windows-874", "thai": "windows-874",
	"ansix31101983": "iso-8859-1", "iso88598i": "iso-8859-8", "iso88598e": "iso-8859-8", "iso88596i": "iso-8859-6", "iso88596e": "iso-8859-6",
}

// pages are code pages that have a name of their own.
var pages = map[int]string{
	874: "windows-874", 932: "shift_jis", 936: "gb18030", 943: "shift_jis", 949: "euc-kr", 950: "big5", 951: "big5", 1200: "utf-16le", 1201: "utf-16be",
	1361: "johab", 10000: "macintosh", 10007: "x-mac-cyrillic", 20127: "windows-1252", 20866: "koi8-r", 21866: "koi8-u",
	50220: "iso-2022-jp", 50221: "iso-2022-jp", 50222: "iso-2022-jp", 50225: "iso-2022-kr", 50227: "iso-2022-cn", 51932: "euc-jp", 51936: "gb18030",
	51949: "euc-kr", 52936: "hz-gb-2312", 54936: "gb18030", 65000: "utf-7", 65001: "utf-8",
}

// numbered reads names that are a number in some wrapping: a code page (cp932,
// win-1251, ansi_1252) or a part of ISO 8859.
func numbered(key string) string {
	digits := strings.TrimLeft(key, "abcdefghijklmnopqrstuvwxyz")
	n, err := strconv.Atoi(digits)
	if err != nil {
		return ""
	}
	switch kind := strings.TrimPrefix(key[:len(key)-len(digits)], "x"); kind {
	case "iso", "":
		if part, ok := strings.CutPrefix(digits, "8859"); ok && part != "" {
			return "iso-8859-" + strings.TrimLeft(part, "0")
		}
		if kind == "iso" {
			return ""
		}
	case "cp", "windows", "win", "ansi", "ms", "codepage", "ibm", "cpwindows", "oem", "dos", "mswin", "csibm", "mscp":
	default:
		return ""
	}
	return pageName(n)
}

func pageName(n int) string {
	switch {
	case pages[n] != "":
		return pages[n]
	case n >= 1250 && n <= 1258:
		return "windows-" + strconv.Itoa(n)
	case n >= 28591 && n <= 28606:
		return "iso-8859-" + strconv.Itoa(n-28590)
	case n >= 37 && n <= 1149:
		return fmt.Sprintf("ibm%03d", n)
	}
	return ""
}

// encodings are those that the indexes of x/text leave out, or mean otherwise
// than mailers do: each the widest of its family.
var encodings = map[string]encoding.Encoding{
	"gb18030": simplifiedchinese.GB18030, "euc-kr": korean.EUCKR, "big5": traditionalchinese.Big5, "shift_jis": japanese.ShiftJIS,
	"euc-jp": japanese.EUCJP, "hz-gb-2312": simplifiedchinese.HZGB2312, "iso-8859-1": charmap.Windows1252, "iso-8859-8": charmap.ISO8859_8,
	"utf-16be": unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "utf-16le": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
	"utf-32be": utf32.UTF32(utf32.BigEndian, utf32.UseBOM), "utf-32le": utf32.UTF32(utf32.LittleEndian, utf32.UseBOM),
}

// decoderOf returns how to read a charset, nil if it is unknown or has to be
// found out. It prefers supersets: WHATWG reads iso-8859-1 as windows-1252.
func decoderOf(label string) func([]byte) string {
	switch label {
	case "", "utf-8":
		return nil
	case "utf-7":
		return decodeUTF7
	case "iso-2022-jp":
		return decodeISO2022JP
	case "iso-2022-kr":
		return decodeISO2022KR
	case "iso-2022-cn":
		return decodeISO2022CN
	case "utf-16", "utf-32":
		return func(b []byte) string { return decodeWith(encodings[label+byteOrder(b)], b) }
	}
	enc := encodingOf(label)
	if enc == nil {
		return nil
	}
	return func(b []byte) string { return decodeWith(enc, b) }
}

// byteOrder tells by where the NULs are which octet of a character comes
// first; without any it is the higher one (RFC 2781 §4.3).
func byteOrder(b []byte) string {
	var even, odd int
	for i, c := range b[:min(len(b), detectSample)] {
		switch {
		case c != 0:
		case i%2 == 0:
			even++
		default:
			odd++
		}
	}
	if odd > even {
		return "le"
	}
	return "be"
}

func encodingOf(label string) encoding.Encoding {
	if enc := encodings[label]; enc != nil {
		return enc
	}
	for _, name := range []string{label, strings.TrimPrefix(label, "x-")} {
		if enc, err := htmlindex.Get(name); err == nil && enc != encoding.Replacement {
			return enc
		}
		if enc, err := ianaindex.MIME.Encoding(name); err == nil && enc != nil {
			return enc
		}
	}
	return nil
}

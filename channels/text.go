package channels

import (
	"net/url"
	"strings"
	"unicode"
)

// Text makes what a stranger wrote fit for a text column: valid UTF-8 without
// NUL. Nothing else is changed.
func Text(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\uFFFD")
}

// Line is Text as one line of at most most characters: a name, a subject.
func Line(s string, most int) string {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, Text(s)))
	for i := range s {
		if most == 0 {
			return s[:i]
		}
		most--
	}
	return s
}

// Joined are the parts that say something, one after the other.
func Joined(by string, parts ...string) string {
	var some []string
	for _, p := range parts {
		if p != "" {
			some = append(some, p)
		}
	}
	return strings.Join(some, by)
}

// URLName is the name that a file has at the end of its URL, "" if it has none.
func URLName(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return Line(u.Path[strings.LastIndexByte(u.Path, '/')+1:], 200)
}

package mime

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// beginnings are what texts may begin with, in lower case, by their first
// octet: most texts begin with none of them.
type beginnings [256][]string

func indexed(list []string) *beginnings {
	var by beginnings
	for _, s := range list {
		by[s[0]] = append(by[s[0]], s)
	}
	return &by
}

// begin reports a text that, in whatever case, begins with one of them.
func (by *beginnings) begin(s string) bool {
	for _, beginning := range by.candidates(s) {
		if beginsFold(s, beginning) {
			return true
		}
	}
	return false
}

// candidates are the beginnings that have the first octet of s in lower case.
func (by *beginnings) candidates(s string) []string {
	if s == "" {
		return nil
	}
	if c := s[0]; c < utf8.RuneSelf {
		return by[lowerASCII(c)]
	}
	var first [utf8.UTFMax]byte
	c, _ := utf8.DecodeRuneInString(s)
	utf8.EncodeRune(first[:], unicode.ToLower(c))
	return by[first[0]]
}

// cut returns what follows the first of the beginnings that s, which is in
// lower case, has.
func (by *beginnings) cut(s string) (rest string, found bool) {
	for _, beginning := range by.candidates(s) {
		if rest, found = strings.CutPrefix(s, beginning); found {
			return rest, true
		}
	}
	return "", false
}

// beginsFold reports that s in lower case begins so. It makes no copy: many
// lines are asked for many beginnings.
func beginsFold(s, lower string) bool {
	var own [utf8.UTFMax]byte
	for lower != "" {
		if s == "" {
			return false
		}
		if c := s[0]; c < utf8.RuneSelf {
			if lowerASCII(c) != lower[0] {
				return false
			}
			s, lower = s[1:], lower[1:]
			continue
		}
		c, size := utf8.DecodeRuneInString(s)
		n := utf8.EncodeRune(own[:], unicode.ToLower(c))
		if !strings.HasPrefix(lower, string(own[:n])) {
			return false
		}
		s, lower = s[size:], lower[n:]
	}
	return true
}

func lowerASCII(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// beginsSentence reports one of the beginnings where a line or a sentence
// begins. The text is walked once: it is long, and there are many of them.
func (by *beginnings) beginsSentence(text string) bool {
	begins := true
	for i, c := range text {
		if begins && by.begin(text[i:]) {
			return true
		}
		switch c {
		case '\n', '.', '!', '?', ':', ';', ',', '。', '！', '？', '|', '>', '=':
			begins = true
		case ' ', '\t', '*', '_', '-', '–', '—', '(', '[', '\u00a0':
		default:
			begins = false
		}
	}
	return false
}

// withApostrophes adds, to texts with plain apostrophes, those with
// typographic ones.
func withApostrophes(list []string) (all []string) {
	for _, s := range list {
		all = append(all, s)
		for from, i := len(all)-1, 0; i < len(s); i++ {
			if s[i] != '\'' {
				continue
			}
			for _, other := range all[from:] {
				at := i + len(other) - len(s)
				all = append(all, other[:at]+"’"+other[at+1:])
			}
		}
	}
	return all
}

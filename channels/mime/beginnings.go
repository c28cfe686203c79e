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
	for i := 0; i < len(text); {
		if begins && by.begin(text[i:]) {
			return true
		}
		for !begins && i < len(text) && !mayEndSentence[text[i]] {
			i++
		}
		c, size := utf8.DecodeRuneInString(text[i:])
		begins = strings.ContainsRune(sentenceEnds, c) || begins && strings.ContainsRune(sentenceLead, c)
		i += size
	}
	return false
}

const (
	sentenceEnds = "\n.!?:;,。！？|>="
	sentenceLead = " \t*_-–—([\u00a0" // may stand before a sentence
)

// mayEndSentence are the octets of sentenceEnds.
var mayEndSentence = func() (set [256]bool) {
	for _, c := range []byte(sentenceEnds) {
		set[c] = true
	}
	return set
}()

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

// phrases are what lines may hold anywhere, in lower case.
type phrases struct {
	list  []string
	by    *beginnings
	pairs [256][256]bool // the first two octets of each
}

func anywhere(list []string) *phrases {
	p := &phrases{list: list, by: indexed(list)}
	for _, s := range list {
		p.pairs[s[0]][s[1]] = true
	}
	return p
}

// within reports one of the phrases in s, in whatever case. It makes no copy
// of ASCII: every line is asked.
func (p *phrases) within(s string) bool {
	if !isASCII(s) {
		return containsAny(strings.ToLower(s), p.list)
	}
	for i := 0; i+1 < len(s); i++ {
		if p.pairs[lowerASCII(s[i])][lowerASCII(s[i+1])] && p.by.begin(s[i:]) {
			return true
		}
	}
	return false
}

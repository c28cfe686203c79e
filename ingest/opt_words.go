package ingest

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxOptWord is the most octets of a word that opts: longer texts are none.
const maxOptWord = 64

// OptWord is a text as words that opt are compared: letters and digits alone,
// folded to lower case, without accents. "Opt-Out!" is optout, «Arrêt.» arret.
// It is empty for a text without any, and for one that is too long to be a word.
func OptWord(s string) string {
	if len(s) > 4*maxOptWord {
		return ""
	}
	word := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, norm.NFKD.String(strings.ToValidUTF8(s, " ")))
	word = norm.NFC.String(strings.ToLower(word))
	if len(word) > maxOptWord {
		return ""
	}
	return word
}

// OptWordList reads a setting: words, those with a - before them apart.
func OptWordList(list string) (words, not []string, err error) {
	for _, item := range strings.Split(list, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		word := OptWord(item)
		switch {
		case word == "":
			return nil, nil, fmt.Errorf("%q is no word", item)
		case strings.HasPrefix(item, "-"):
			not = append(not, word)
		default:
			words = append(words, word)
		}
	}
	return words, not, nil
}

// checkOptWords says which list of words cannot be read, or has the same word in
// both.
func (s Settings) checkOptWords() error {
	out, _, err := OptWordList(s.OptOutWords)
	if err != nil {
		return fmt.Errorf("opt_out_words: %w", err)
	}
	in, _, err := OptWordList(s.OptInWords)
	if err != nil {
		return fmt.Errorf("opt_in_words: %w", err)
	}
	for _, word := range in {
		for _, other := range out {
			if word == other {
				return fmt.Errorf("opt_in_words: %q opts out, too", word)
			}
		}
	}
	return nil
}

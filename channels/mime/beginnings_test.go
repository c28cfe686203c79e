package mime

import (
	"slices"
	"strings"
	"testing"
)

// TestBeginnings compares the tables that make no copies with copies in lower
// case.
func TestBeginnings(t *testing.T) {
	list := []string{"sent from ", "écrit", "от: ", "i̇leti", "k-9", "don't"}
	by, in := indexed(list), anywhere(list)
	for _, s := range []string{
		"", "s", "Sent From my", "SENT FROM", "Écrit", "ÉCRIT par", "От: Анна", "ОТ: А", "I\u0307LETI", "\u212a-9 Mail", "K-9", "é", "\xc3crit", "\xe2\x82",
		"was Sent from x", "it is k-9", "Don't", "DON’T", "so écrit", "unsent froM here",
	} {
		lower := strings.ToLower(s)
		if want := slices.ContainsFunc(list, func(b string) bool { return strings.HasPrefix(lower, b) }); by.begin(s) != want {
			t.Errorf("%q begins as one of them: %v", s, !want)
		}
		if want := containsAny(lower, list); in.within(s) != want {
			t.Errorf("%q holds one of them: %v", s, !want)
		}
	}
}

func TestBeginsSentence(t *testing.T) {
	by := indexed(withApostrophes([]string{"do not reply", "don't reply", "il s'agit d'un message"}))
	for text, want := range map[string]bool{
		"Do not reply": true, "Hello. — *DO NOT REPLY*": true, "終わり。Do not reply": true, "you do not reply": false, "a—do not reply": false,
		"Please:\n> Don’t reply": true, "Don't reply": true, "Il s’agit d'un message": true, "Il s’agit d’un message": true, "Il s agit": false, "": false,
	} {
		if by.beginsSentence(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

package postgres

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"gatehouse/ingest"
)

const (
	searchedText  = 8192 // octets of a message's readable text that are searched
	searchedField = 1024 // … and of its subject and its sender's names
	previewRunes  = 140
)

// searchText is what a held message is searched in: its subject, its sender,
// the beginning of its text, a line each, folded.
func searchText(e *envelope, readable string) string {
	lines := []string{e.Subject, e.From.Name, e.From.Address, e.From.Value}
	for i, l := range lines {
		lines[i] = cut(folded(cut(l, searchedField)), searchedField)
	}
	return strings.Join(append(lines, cut(folded(cut(readable, searchedText)), searchedText)), "\n")
}

// folded is s as it is searched: on one line, in small letters.
func folded(s string) string { return strings.ToLower(oneLine(s)) }

// preview is the beginning of a text on one line.
func preview(s string) string {
	s = oneLine(cut(s, searchedText))
	n := 0
	for i := range s {
		if n++; n > previewRunes {
			return s[:i] + "…"
		}
	}
	return s
}

// oneLine makes every run of spaces and line ends one space, and drops what
// prints nothing but could reverse or hide what is written beside it.
func oneLine(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u200b' || r == '\ufeff':
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// cut is at most n octets of s, not in the middle of a letter.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// shownSender is a sender as a list shows it: the address first, since anybody
// may take any name.
func shownSender(from ingest.Sender) string {
	address := from.Address
	if address == "" {
		address = from.Value
	}
	address, name := oneLine(address), oneLine(from.Name)
	if name == "" || name == address {
		return address
	}
	return strings.TrimSpace(address + " (" + name + ")")
}

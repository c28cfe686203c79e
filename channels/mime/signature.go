package mime

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of what counts as a signature.
const (
	maxSignature = 20 // lines behind "-- "
	maxLooseSig  = 8  // lines behind a delimiter written carelessly: "--", "__"
	maxAdvert    = 4  // lines from the end where a client's advertisement may stand
	maxNotice    = 12 // lines of a legal notice
)

// splitSignature takes the signature off the end of a reply. A reply that
// would be empty without it keeps it.
func splitSignature(text string) (reply, signature string) {
	at := signatureStart(text)
	if reply = trimBlank(text[:at]); reply == "" {
		return text, ""
	}
	return reply, trimBlank(text[at:])
}

// signatureStart walks up from the end of a text and returns where its
// signature begins, its length if there is none.
func signatureStart(text string) int {
	start := len(text)
	filled := 0 // lines with text below
	for n, end := 0, len(text); n <= maxSignature && end >= 0; n++ {
		begin := strings.LastIndexByte(text[:end], '\n') + 1
		line := text[begin:end]
		end = begin - 1
		switch {
		case isQuote(line):
			return start
		case line == "-- ":
			return begin
		case filled <= maxLooseSig && isLooseMark(line), filled < maxAdvert && isAdvert(line), filled < maxNotice && isNotice(line):
			start = begin
		}
		if !isBlank(line) {
			filled++
		}
	}
	return start
}

// isLooseMark reports a carelessly written form of the line "-- " that
// delimits a signature (RFC 3676 §4.3), or the rule above a list's footer.
func isLooseMark(line string) bool {
	line = strings.TrimRight(line, " ")
	switch line {
	case "--", "—", "––":
		return true
	}
	return len(line) >= 2 && strings.Trim(line, "_") == ""
}

// isAdvert reports "Sent from my phone" in any language of the table. Written
// small in a script that has capitals it is a sentence that goes on.
func isAdvert(line string) bool {
	if len(line) > 160 {
		return false
	}
	line = strings.TrimLeft(strings.TrimSpace(line), "(*<[_")
	first, _ := utf8.DecodeRuneInString(line)
	lower := strings.ToLower(line)
	for _, words := range adverts {
		if strings.HasPrefix(lower, words) {
			return !unicode.IsLower(first)
		}
	}
	for _, words := range advertEnds {
		if strings.HasSuffix(lower, words) {
			return true
		}
	}
	return false
}

// onlySignature reports a text that is a signature and nothing else.
func onlySignature(text string) bool {
	first, _, _ := strings.Cut(text, "\n")
	return first == "-- " || isLooseMark(first) || isAdvert(first) && !strings.Contains(text, "\n")
}

// isNotice reports a paragraph that says, in the words of lawyers, what may be
// done with the mail.
func isNotice(line string) bool {
	lower := strings.ToLower(strings.TrimLeft(strings.TrimSpace(line), "*_("))
	for _, words := range notices {
		if strings.HasPrefix(lower, words) {
			return true
		}
	}
	return false
}

package mime

import "strings"

// Bounds of what counts as a signature.
const (
	maxSignature = 20 // lines behind "-- "
	maxLooseSig  = 8  // lines behind a delimiter written carelessly: "--", "__"
	maxAdvert    = 4  // lines from the end where a client's advertisement may stand
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
		case filled <= maxLooseSig && isLooseMark(line), filled < maxAdvert && isAdvert(line):
			start = begin
		}
		if !isBlank(line) {
			filled++
		}
	}
	return start
}

// isLooseMark reports a carelessly written form of the line "-- " that
// delimits a signature (RFC 3676 §4.3).
func isLooseMark(line string) bool {
	switch strings.TrimRight(line, " ") {
	case "--", "__", "—", "––":
		return true
	}
	return false
}

// isAdvert reports "Sent from my phone" in any language of the table.
func isAdvert(line string) bool {
	if len(line) > 160 {
		return false
	}
	lower := strings.ToLower(strings.TrimSpace(line))
	for _, words := range adverts {
		if strings.HasPrefix(lower, words) {
			return true
		}
	}
	for _, words := range advertEnds {
		if strings.HasSuffix(lower, words) {
			return true
		}
	}
	return false
}

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
	lines := strings.Split(text, "\n")
	at := signatureStart(lines)
	if at == len(lines) {
		return text, ""
	}
	reply = trimBlank(strings.Join(lines[:at], "\n"))
	if reply == "" {
		return text, ""
	}
	return reply, trimBlank(strings.Join(lines[at:], "\n"))
}

func signatureStart(lines []string) int {
	start := len(lines)
	filled := 0 // lines with text below
	for i := len(lines) - 1; i >= 0 && len(lines)-i <= maxSignature+1; i-- {
		line := lines[i]
		switch {
		case isQuote(line):
			return start
		case line == "-- ":
			return i
		case isSignatureMark(line) && filled <= maxLooseSig:
			start = i
		case filled < maxAdvert && isAdvert(line):
			start = i
		}
		if !isBlank(line) {
			filled++
		}
	}
	return start
}

// isSignatureMark reports a line that delimits a signature (RFC 3676 §4.3 and
// its careless forms).
func isSignatureMark(line string) bool {
	switch strings.TrimRight(line, " ") {
	case "--", "__", "—", "––":
		return true
	}
	return isAdvert(line)
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

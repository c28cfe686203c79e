package mime

import "strings"

// parted puts an attribution that follows an answer on the answer's own line
// ("fine On 4 April 2024, ann@example.com wrote:") on a line of its own.
func parted(text string) string {
	const verb = " wrote:\n"
	for from := 0; ; {
		at := strings.Index(text[from:], verb)
		if at < 0 {
			return text
		}
		end := from + at
		if begin := strings.LastIndexByte(text[:end], '\n') + 1; end-begin <= maxAttribution {
			line := text[begin:end]
			next, _, _ := strings.Cut(text[end+len(verb):], "\n")
			if split := attributionWithin(line); split > 0 && !isQuote(line) && (isBlank(next) || isQuote(next)) {
				return text[:begin] + strings.TrimRight(line[:split], " -") + "\n" + text[begin+split:]
			}
		}
		from = end + len(verb)
	}
}

// attributionWithin returns where in a line, behind other words, "On 4 April …"
// begins, 0 if it does not.
func attributionWithin(line string) int {
	at := strings.LastIndex(line, "On ")
	if at <= 0 || line[at-1] != ' ' && line[at-1] != '-' || strings.Trim(line[:at], " -‐*") == "" || !dated(line[at+3:]) {
		return 0
	}
	return at
}

// dated reports what begins with a day and names a time or an address.
func dated(s string) bool {
	if s == "" || !digit(s[0]) && !opensAttribution(s) {
		return false
	}
	return names(s)
}

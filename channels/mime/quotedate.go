package mime

import "strings"

// bracketed reports an address in brackets.
func bracketed(s string) bool {
	at := strings.LastIndexByte(s, '@')
	return at > 0 && strings.ContainsAny(s[:at], "<([") && strings.ContainsAny(s[at:], ">)]")
}

// beginsWithDate reports a line like "2024/4/7 Ann <ann@example.com>".
func beginsWithDate(line string) bool {
	first, _, _ := strings.Cut(line, " ")
	return first != "" && digit(first[0]) && hasYear(first) && strings.ContainsAny(first, "-/.")
}

// opensAttribution reports a line that begins as attributions do.
func opensAttribution(line string) bool {
	if line == "" || digit(line[0]) {
		return line != ""
	}
	return openers.begin(start(line))
}

// opensByWord reports a line that begins with what stands before a date.
func opensByWord(line string) bool { return wordOpeners.begin(start(line)) }

// start is as much of a line as its beginning is looked for in.
func start(line string) string { return line[:min(len(line), 60)] }

var (
	openers     = indexed(wroteOpeners)
	wordOpeners = indexed(wroteOpeners[:openingWords])
)

// names reports an address, a clock time or a year: what a sentence that only
// looks like an attribution lacks.
func names(s string) bool {
	return strings.Contains(s, "@") || clockTime(s) || hasYear(s)
}

func clockTime(s string) bool {
	for i := 1; i+2 < len(s); i++ {
		if (s[i] == ':' || s[i] == '.') && digit(s[i-1]) && digit(s[i+1]) && digit(s[i+2]) {
			return true
		}
	}
	return false
}

// hasYear reports four digits that are a year, of the Buddhist era too.
func hasYear(s string) bool {
	run := 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && digit(s[i]) {
			run++
			continue
		}
		if run == 4 && (s[i-4:i-2] == "19" || s[i-4:i-2] == "20" || s[i-4:i-2] == "25") {
			return true
		}
		run = 0
	}
	return false
}

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

func digit(c byte) bool { return '0' <= c && c <= '9' }

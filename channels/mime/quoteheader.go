package mime

import (
	"strings"
	"unicode"
)

// Lengths beyond which a line is prose and no quote header, in octets.
const (
	maxAttribution = 400
	maxHeaderLine  = 300
)

// attributionAt returns how many lines an attribution ("On … wrote:") at line
// i takes, 0 if there is none. It may be folded over several lines.
func (t *thread) attributionAt(i int) int {
	length := 0
	for n := 1; n <= maxFolds && i+n <= len(t.lines); n++ {
		line := t.lines[i+n-1]
		if length += len(line); length > maxAttribution || isBlank(line) || n > 1 && isQuote(line) {
			break
		}
		if !endsAsAttribution(line) {
			continue
		}
		joined := strings.Join(t.lines[i:i+n], " ")
		if !saysWho(unmarked(joined)) && !dashed(joined) {
			continue
		}
		joined = unmarked(joined)
		if (n == 1 || opensAttribution(joined)) && t.standsApart(i+n) {
			return n
		}
	}
	return t.linkedAttributionAt(i)
}

// maxFolds is the most lines that an attribution is folded over.
const maxFolds = 4

// linkedAttributionAt is attributionAt for programs that write the address as
// a link on lines of its own: "<", "mailto:…", "> wrote:".
func (t *thread) linkedAttributionAt(i int) int {
	at := t.skipBlank(i + 1)
	if at+2 >= len(t.lines) || strings.TrimSpace(t.lines[at]) != "<" || !opensAttribution(unmarked(t.lines[i])) {
		return 0
	}
	for n := at + 1; n <= at+2; n++ {
		if isQuote(t.lines[n]) && saysWho(unmarked(t.lines[i]+" "+strings.Join(t.lines[at:n+1], " "))) {
			return n + 1 - i
		}
	}
	return 0
}

// endsAsAttribution is a quick look at what every attribution ends with.
func endsAsAttribution(line string) bool {
	line = strings.TrimRight(line, " \t\u00a0\u200e\u200f\u202c\u2069")
	for _, end := range []string{":", "：", ";", "--", ">"} {
		if strings.HasSuffix(line, end) {
			return true
		}
	}
	return false
}

// unmarked is a line with its blanks single, without what only steers the
// direction of writing, and without dashes around it.
func unmarked(line string) string {
	line = strings.Map(func(r rune) rune {
		if r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return -1
		}
		return r
	}, line)
	return strings.Join(strings.Fields(strings.Trim(line, "-* \t")), " ")
}

// standsApart reports that prose does not go on at line i.
func (t *thread) standsApart(i int) bool {
	return i >= len(t.lines) || isBlank(t.lines[i]) || isQuote(t.lines[i]) || t.opener(i-1)
}

// opener reports an attribution that no prose looks like: it names a date, a
// time, and an address in angle brackets.
func (t *thread) opener(i int) bool {
	line := t.lines[i]
	return strings.HasSuffix(strings.TrimRight(line, ": \t"), "wrote") && bracketed(line)
}

// saysWho reports an attribution: it says that somebody wrote, in any
// language of the table, and names a date or an address; or, whatever it says,
// when and who by an address.
func saysWho(line string) bool {
	if !names(line) {
		return false
	}
	lower := strings.ToLower(strings.TrimRight(line, ":：; -"))
	switch {
	case saysWrote(lower), saysWroteBefore(line, lower):
		return true
	case strings.HasSuffix(line, ":"), strings.HasSuffix(line, "："):
		return bracketed(line) && (hasYear(line) || clockTime(line))
	}
	return bracketed(line) && strings.HasSuffix(line, ">") && beginsWithDate(line)
}

// dashed reports "---- Ann wrote ----".
func dashed(line string) bool {
	line = strings.TrimSpace(line)
	return strings.HasPrefix(line, "--") && strings.HasSuffix(line, "--") && saysWrote(strings.ToLower(unmarked(line)))
}

func saysWrote(lower string) bool {
	if lower == "" {
		return false
	}
	for _, verb := range verbsByEnd[lower[len(lower)-1]] {
		if strings.HasSuffix(lower, verb) {
			return true
		}
	}
	return false
}

// verbsByEnd is wroteVerbs by their last octet: most lines end in none of them.
var verbsByEnd = func() (by [256][]string) {
	for _, verb := range wroteVerbs {
		end := verb[len(verb)-1]
		by[end] = append(by[end], verb)
	}
	return by
}()

func saysWroteBefore(line, lower string) bool {
	for _, verb := range wroteBefore {
		if strings.Contains(lower, verb) && (opensAttribution(line) || bracketed(line) || clockTime(line)) {
			return true
		}
	}
	return false
}

// bracketed reports an address in brackets.
func bracketed(s string) bool {
	at := strings.IndexByte(s, '@')
	return at > 0 && strings.ContainsAny(s[:at], "<([") && strings.ContainsAny(s[at:], ">)]")
}

// beginsWithDate reports a line like "2024/4/7 Ann <ann@example.com>".
func beginsWithDate(line string) bool {
	first, _, _ := strings.Cut(line, " ")
	return first != "" && digit(first[0]) && hasYear(first) && strings.ContainsAny(first, "-/.")
}

// opensAttribution reports a line that begins as attributions do.
func opensAttribution(line string) bool {
	lower := strings.ToLower(line)
	for _, opener := range wroteOpeners {
		if strings.HasPrefix(lower, opener) {
			return true
		}
	}
	return lower != "" && unicode.IsDigit(rune(lower[0]))
}

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

func hasYear(s string) bool {
	run := 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && digit(s[i]) {
			run++
			continue
		}
		if run == 4 && (s[i-4:i-2] == "19" || s[i-4:i-2] == "20") {
			return true
		}
		run = 0
	}
	return false
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

package mime

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lengths beyond which a line is prose and no quote header, in octets.
const (
	maxAttribution = 400
	maxHeaderLine  = 300
)

// maxFolds is the most lines that an attribution is folded over.
const maxFolds = 4

// attributionAt returns how many lines an attribution ("On … wrote:") at line
// i takes, 0 if there is none. It may be folded over several lines.
func (t *thread) attributionAt(i int) int {
	length := 0
	for n := 1; n <= maxFolds && i+n <= len(t.lines); n++ {
		line := t.lines[i+n-1]
		if length += len(line); length > maxAttribution || isBlank(line) || n > 1 && isQuote(line) && !opensBracket(t.lines[i+n-2]) {
			break
		}
		if endsAsAttribution(line) && t.attributes(i, n) {
			return n
		}
	}
	return t.linkedAttributionAt(i)
}

// attributes reports that the n lines at line i are an attribution.
func (t *thread) attributes(i, n int) bool {
	joined := strings.Join(t.lines[i:i+n], " ")
	bare := unmarked(joined)
	switch {
	case dashed(joined):
		return (n == 1 || strings.HasPrefix(t.lines[i], "--")) && t.standsApart(i+n, bare)
	case n == 1 && (announcesQuote(bare) || dayBefore(bare)) && t.quotesBelow(i+1):
		return true
	case !saysWho(bare), firstPerson(bare) && !t.quotesBelow(i+n), n > 1 && !t.folds(i, n):
		return false
	}
	return t.standsApart(i+n, bare)
}

// folds reports that the n lines at line i belong to one attribution: the
// first opens it, and no later one opens a whole one.
func (t *thread) folds(i, n int) bool {
	first := unmarked(t.lines[i])
	if !opensAttribution(first) && !opensBracket(first) && (!names(first) || i > 0 && !isBlank(t.lines[i-1])) {
		return false
	}
	for k := 1; k < n; k++ {
		rest := unmarked(strings.Join(t.lines[i+k:i+n], " "))
		if saysWho(rest) && (opensByWord(rest) || endsSentence(first) && !hasDigit(first)) {
			return false
		}
	}
	return true
}

// opensBracket reports a line whose last bracket is not closed: an address
// goes on on the next.
func opensBracket(line string) bool {
	return strings.LastIndexByte(line, '<') > strings.LastIndexByte(line, '>')
}

// endsSentence reports a line that nothing goes on from.
func endsSentence(line string) bool {
	return strings.HasSuffix(line, ".") || strings.HasSuffix(line, "!") || strings.HasSuffix(line, "?")
}

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
	if last := line[max(len(line)-1, 0):]; last > " " && last[0] < utf8.RuneSelf {
		return strings.Contains(":;>", last) || strings.HasSuffix(line, "--") || strings.HasSuffix(line, "wrote") || strings.HasSuffix(line, "écrit")
	}
	line = strings.TrimRight(line, " \t\u00a0\u200e\u200f\u202c\u2069")
	for _, end := range []string{":", "：", ";", "--", ">", "wrote", "écrit"} {
		if strings.HasSuffix(line, end) {
			return true
		}
	}
	return false
}

// unmarked is a line with its blanks single and its digits those of ASCII,
// without what only steers the direction of writing, and without dashes around.
func unmarked(line string) string {
	line = strings.Map(func(r rune) rune {
		switch {
		case r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069:
			return -1
		case r >= 0x660 && r <= 0x669: // Arabic
			return '0' + r - 0x660
		case r >= 0x6f0 && r <= 0x6f9: // Persian
			return '0' + r - 0x6f0
		}
		return r
	}, line)
	return strings.Join(strings.Fields(strings.Trim(line, "-‐–—* \t")), " ")
}

// standsApart reports that prose does not go on at line i, behind what reads
// as an attribution; some programs leave no blank line below one.
func (t *thread) standsApart(i int, attribution string) bool {
	return i >= len(t.lines) || isBlank(t.lines[i]) || isQuote(t.lines[i]) ||
		bracketed(attribution) && when(attribution) && saysWrote(verbEnd(attribution))
}

// saysWho reports an attribution: it says that somebody wrote, in any
// language of the table, and names a date or an address; or, whatever it says,
// when and who by an address.
func saysWho(line string) bool {
	if !names(line) {
		return false
	}
	end := verbEnd(line)
	colon := endsInColon(line) || strings.HasSuffix(line, ";")
	switch {
	case !colon && !strings.HasSuffix(line, ">"):
		return opensAttribution(line) && strings.Contains(line, "@") && when(line) && saysWrote(end)
	case saysWrote(end):
		return opensAttribution(line) || strings.Contains(line, "@") || nameBeforeDate(line)
	case colon && saysWroteBefore(line, end):
		return true
	case colon:
		return (bracketed(line) || datedBy(line)) && when(line)
	}
	return bracketed(line) && beginsWithDate(line)
}

// verbEnd is a line in lower case up to where its verb may stand last.
func verbEnd(line string) string { return strings.ToLower(strings.TrimRight(line, ":：; -")) }

// nameBeforeDate reports a line that begins with a name, soon followed by a
// day and a time.
func nameBeforeDate(line string) bool {
	name := line[:max(strings.IndexAny(line, "0123456789"), 0)]
	first, _ := utf8.DecodeRuneInString(line)
	return name != "" && len(strings.Fields(name)) <= 5 && !unicode.IsLower(first) && clockTime(line) && endsInColon(line)
}

// when reports a clock time or a year.
func when(line string) bool { return clockTime(line) || hasYear(line) }

// datedBy reports "1 March 2024, 09:05 by ann@example.com:": few words beside
// the date, an address last.
func datedBy(line string) bool {
	words := strings.Fields(strings.TrimRight(line, ":： "))
	if len(words) < 3 || !strings.Contains(words[len(words)-1], "@") || !opensAttribution(line) {
		return false
	}
	plain := 0
	for _, word := range words[:len(words)-1] {
		if !hasDigit(word) {
			plain++
		}
	}
	return plain <= 4
}

// announcesQuote reports "Ann Lee wrote:" without a date, which counts as an
// attribution only above marked lines: a name of few words, and a verb.
func announcesQuote(line string) bool {
	words := strings.Fields(line)
	if !endsInColon(line) || len(words) > 6 || firstPerson(line) || strings.ContainsAny(strings.TrimRight(line, ":："), ".!?:") {
		return false
	}
	name := strings.TrimSpace(verbEnd(line))
	if name == "" {
		return false
	}
	for _, verb := range verbsByEnd[name[len(name)-1]] {
		if rest, found := strings.CutSuffix(name, " "+verb); found && !slices.Contains(weakVerbs, verb) {
			return properName(words[:len(strings.Fields(rest))])
		}
	}
	return false
}

// dayBefore reports "On Mon, we wrote:", which names nobody and no date, and
// counts above marked lines only, whoever wrote them.
func dayBefore(line string) bool {
	end := verbEnd(line)
	return endsInColon(line) && len(strings.Fields(line)) <= 6 && opensByWord(line) && strings.Contains(line, ", ") &&
		saysWrote(end) && !slices.ContainsFunc(weakVerbs, func(verb string) bool { return strings.HasSuffix(end, verb) })
}

// properName reports words of which each begins with a capital, or has none.
func properName(words []string) bool {
	for _, word := range words {
		first, _ := utf8.DecodeRuneInString(word)
		if unicode.IsLower(first) && !slices.Contains(nameParticles, word) || slices.Contains(pronouns, word) {
			return false
		}
	}
	return len(words) > 0
}

// firstPerson reports that the sender says what the sender wrote.
func firstPerson(line string) bool {
	end := " " + verbEnd(line)
	for _, words := range ownWords {
		if strings.HasSuffix(end, words) {
			return true
		}
	}
	return false
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
		at := strings.Index(lower, verb)
		if at < 0 || len(strings.Fields(lower[:at])) > maxSubject {
			continue
		}
		if opensAttribution(line) || bracketed(line) || clockTime(line) {
			return true
		}
	}
	return false
}

// maxSubject is how many words a name or a date before the verb takes at most.
const maxSubject = 14

package mime

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// aroundMarked picks the sender's lines where an attribution has marked lines
// behind it: above, below, or between them. Answers between quoted lines keep
// their questions; an answer below all of them does not.
func (t *thread) aroundMarked(above bool) pick {
	first := t.skipBlank(t.body)
	stop := t.historyBelow(first)
	end := t.dropTrailingQuote(stop)
	last, runs := t.body-1, 1
	for i := first; i < end; i++ {
		if t.quotes(i) {
			if i > last+1 && t.skipBlank(last+1) < i {
				runs++
			}
			last = i
		}
	}
	after := t.skipBlank(last + 1)
	switch {
	case end <= t.body || after >= end:
		if f := t.forwarded(); f != nil && !above {
			return f
		}
		if above {
			return pick{{0, t.cut}}
		}
		return pick{{0, len(t.lines)}}
	case runs > 1, t.asksMore(end, stop):
		return pick{{0, t.cut}, {first, end}}
	}
	return pick{{0, t.cut}, {after, end}}
}

// historyBelow returns where, from line i on, history without marks begins.
func (t *thread) historyBelow(i int) int {
	for ; i < len(t.lines); i++ {
		if isQuote(t.lines[i]) {
			continue
		}
		if n, _ := t.headerAt(i); n > 0 && !t.quotesBelow(i+n) {
			return i
		}
	}
	return i
}

// asksMore reports that the quoted lines dropped from the end say more than a
// farewell: then what stands above them answered something in their midst.
func (t *thread) asksMore(from, to int) bool {
	filled := 0
	for i := from; i < to; i++ {
		line := t.lines[i]
		for isQuote(line) {
			line = unquoted(line)
		}
		switch {
		case isBlank(line):
		case isMark(line), isAdvert(line):
			return false
		case filled >= maxFarewell, len(strings.Fields(line)) > maxFarewellWords, strings.ContainsAny(line, "?？؟"):
			return true
		default:
			filled++
		}
	}
	return false
}

// A farewell is short: "Thanks," and a name.
const (
	maxFarewell      = 3
	maxFarewellWords = 4
)

// dropTrailingQuote steps back over quoted lines at the end and over the line
// that, in whatever language, says whose they are; unless there is nothing
// else, or the lines are what somebody typed at a prompt.
func (t *thread) dropTrailingQuote(n int) int {
	end := n
	quoted := false
	for end > 0 && (t.quotes(end-1) || isBlank(t.lines[end-1])) {
		end--
		quoted = quoted || isQuote(t.lines[end])
	}
	switch {
	case end == 0 || !quoted || isPrompt(t.lines[end-1]) && !isBlank(t.lines[end]):
		return n
	case end > 1 && endsInColon(t.lines[end-1]) && names(t.lines[end-1]) && len(t.lines[end-1]) < maxAttribution:
		return end - 1
	}
	return end
}

// isPrompt reports a line typed at a shell's prompt: what follows it marked is
// the shell's, too.
func isPrompt(line string) bool {
	line = strings.TrimLeft(line, " \t")
	return strings.HasPrefix(line, "$ ") || strings.HasPrefix(line, "# ") || strings.HasPrefix(line, "% ")
}

func isQuote(line string) bool {
	for line != "" && (line[0] == ' ' || line[0] == '\t') {
		line = line[1:]
	}
	return strings.HasPrefix(line, ">") || strings.HasPrefix(line, "|>") || strings.HasPrefix(line, "＞")
}

// unquoted takes one mark off a quoted line.
func unquoted(line string) string {
	line = strings.TrimPrefix(strings.TrimLeft(line, " \t"), "|")
	return strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(line, "＞"), ">"), " ")
}

// quotes reports a quoted line, or the end of one that a program has broken
// between two quoted lines: it goes on in lower case after a long line, or
// after one that ends no sentence, closes a bracket, or is nothing but a link.
func (t *thread) quotes(i int) bool {
	if isQuote(t.lines[i]) {
		return true
	}
	if i == 0 || i+1 >= len(t.lines) || !isQuote(t.lines[i-1]) || !isQuote(t.lines[i+1]) {
		return false
	}
	line := strings.TrimSpace(t.lines[i])
	if strings.Count(t.lines[i-1], "(") > strings.Count(t.lines[i-1], ")") && strings.HasSuffix(line, ")") || isLink(line) {
		return true
	}
	first, _ := utf8.DecodeRuneInString(line)
	before := strings.TrimRight(t.lines[i-1], " \t")
	return len(before) >= brokenLine && (unicode.IsLower(first) || !endsSentence(before) && !endsInColon(before))
}

// brokenLine is how long a line is at least before a program breaks it.
const brokenLine = 60

// isLink reports a line that is an address of the web in brackets.
func isLink(line string) bool {
	line = strings.TrimRight(line, "> ")
	return (strings.HasPrefix(line, "(http") || strings.HasPrefix(line, "<http")) && !strings.Contains(line, " ")
}

// quotesBelow reports that something is quoted from line i on.
func (t *thread) quotesBelow(i int) bool {
	at := t.skipBlank(i)
	return at < len(t.lines) && isQuote(t.lines[at])
}

// endsInColon reports a line that announces what comes.
func endsInColon(line string) bool {
	line = strings.TrimRight(line, " \t")
	return strings.HasSuffix(line, ":") || strings.HasSuffix(line, "：")
}

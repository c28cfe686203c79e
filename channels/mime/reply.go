package mime

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxLines bounds how many lines of a text are looked at; the rest counts as
// one.
const maxLines = 500_000

// reply is a text divided into what is new, history and signature.
type reply struct{ reply, quoted, signature string }

// splitReply divides a text line by line, each looked at a bounded number of
// times. The reply is never empty when the text is not.
func splitReply(text string) reply {
	text = strings.TrimSpace(parted(text))
	t := &thread{lines: strings.SplitN(text, "\n", min(strings.Count(text, "\n")+1, maxLines))}
	t.measure()
	own := t.own()
	out := reply{reply: own.text(text, t.lines), quoted: own.rest(text, t.lines)}
	out.reply, out.signature = splitSignature(out.reply)
	if forwarded := t.forwarded(); forwarded != nil && onlySignature(out.reply) {
		out = reply{reply: forwarded.text(text, t.lines), signature: out.reply}
	}
	if out.reply == "" {
		return reply{reply: text}
	}
	return out
}

// parted puts an attribution that follows an answer on the answer's own line
// ("fine On 4 April 2024, ann@example.com wrote:") on a line of its own.
func parted(text string) string {
	const verb = " wrote:\n>"
	end := strings.Index(text, verb)
	if end < 0 {
		return text
	}
	begin := strings.LastIndexByte(text[:end], '\n') + 1
	line := text[begin:end]
	at := strings.LastIndex(line, "On ")
	if at <= 0 || len(line) > maxAttribution || isQuote(line) || line[at-1] != ' ' && line[at-1] != '-' || !dated(line[at+3:]) {
		return text
	}
	return text[:begin] + strings.TrimRight(line[:at], " -") + "\n" + text[begin+at:]
}

// dated reports what begins with a day and names a time or an address.
func dated(s string) bool {
	if s == "" || !digit(s[0]) && !opensAttribution(s) {
		return false
	}
	return names(s)
}

// thread is a text under analysis.
type thread struct {
	lines    []string
	cut      int  // first line of a quote header; len(lines) if there is none
	body     int  // first line behind it
	marked   bool // what follows it is marked with ">"
	original bool // it says that another's message follows whole, unmarked
}

// pick is the lines that make the reply, as ranges in order.
type pick [][2]int

// text joins the picked lines; a single range is a slice of the whole.
func (p pick) text(whole string, lines []string) string {
	var parts []string
	at, offset := 0, 0
	for _, r := range p {
		from := offset + octets(lines[at:r[0]])
		at, offset = r[1], from+octets(lines[r[0]:r[1]])
		if offset > from {
			parts = append(parts, whole[from:offset-1])
		}
	}
	return trimBlank(strings.Join(parts, "\n"))
}

// octets is how much of a text the lines take, line ends included.
func octets(lines []string) (n int) {
	for _, line := range lines {
		n += len(line) + 1
	}
	return n
}

// rest joins the lines that were not picked.
func (p pick) rest(whole string, lines []string) string {
	var out pick
	at := 0
	for _, r := range p {
		out = append(out, [2]int{at, r[0]})
		at = r[1]
	}
	return append(out, [2]int{at, len(lines)}).text(whole, lines)
}

// trimBlank trims blank lines at both ends and keeps the first line's indent.
func trimBlank(s string) string {
	s = strings.TrimRight(s, " \t\n")
	for {
		i := strings.IndexByte(s, '\n')
		if i < 0 || strings.TrimSpace(s[:i]) != "" {
			return s
		}
		s = s[i+1:]
	}
}

// measure finds the first quote header.
func (t *thread) measure() {
	t.cut, t.body = len(t.lines), len(t.lines)
	for i := range t.lines {
		if isQuote(t.lines[i]) || isBlank(t.lines[i]) {
			continue
		}
		if n := t.ruleAt(i); n > 0 {
			t.cut, t.body, t.original = i, i+n, true
			return
		}
		if n := t.attributionAt(i); n > 0 {
			t.cut, t.body = i, i+n
			next := t.skipBlank(t.body)
			t.marked = next < len(t.lines) && isQuote(t.lines[next])
			return
		}
	}
}

// own picks the lines of the sender.
func (t *thread) own() pick {
	n := len(t.lines)
	above := t.skipBlank(0) < t.cut
	switch {
	case t.cut == n:
		return pick{{0, t.dropTrailingQuote(n)}}
	case t.marked:
		return t.aroundMarked(above)
	case above:
		return pick{{0, t.cut}}
	}
	if f := t.forwarded(); f != nil {
		return f
	}
	return pick{{0, n}}
}

// forwarded picks the message that follows whole; nil if none does.
func (t *thread) forwarded() pick {
	if n := len(t.lines); t.original && t.skipBlank(t.body) < n {
		return pick{{t.body, n}}
	}
	return nil
}

// dropTrailingQuote steps back over quoted lines at the end and over the line
// that, in whatever language, says whose they are; unless there is nothing
// else.
func (t *thread) dropTrailingQuote(n int) int {
	end := n
	quoted := false
	for end > 0 && (t.quotes(end-1) || isBlank(t.lines[end-1])) {
		end--
		quoted = quoted || isQuote(t.lines[end])
	}
	switch {
	case end == 0 || !quoted:
		return n
	case end > 1 && endsInColon(t.lines[end-1]) && names(t.lines[end-1]) && len(t.lines[end-1]) < maxAttribution:
		return end - 1
	}
	return end
}

// aroundMarked handles an attribution with ">" lines behind it: answers above,
// below, or between the quoted lines, which then keep their questions.
func (t *thread) aroundMarked(above bool) pick {
	n := len(t.lines)
	end := t.dropTrailingQuote(n)
	firstQuote := t.skipBlank(t.body)
	lastQuote := firstQuote
	runs := 1
	for i := firstQuote; i < end; i++ {
		if t.quotes(i) {
			if i > lastQuote+1 && t.skipBlank(lastQuote+1) < i {
				runs++
			}
			lastQuote = i
		}
	}
	if end > lastQuote+1 && t.quotesBelow(end) && t.skipBlank(lastQuote+1) < end {
		runs++ // answered between what is quoted here and what was dropped
	}
	switch after := t.skipBlank(lastQuote + 1); {
	case end <= t.body || !t.saysMore(after, end) && runs == 1:
		if above {
			return pick{{0, t.cut}}
		}
		return pick{{0, n}}
	case runs > 1:
		return pick{{0, t.cut}, {firstQuote, end}}
	default:
		return pick{{0, t.cut}, {after, end}}
	}
}

// saysMore reports text in the range that is not a signature alone.
func (t *thread) saysMore(from, to int) bool {
	if from >= to {
		return false
	}
	return t.lines[from] != "-- " && !isLooseMark(t.lines[from]) && !isAdvert(t.lines[from])
}

func (t *thread) skipBlank(i int) int {
	for i < len(t.lines) && isBlank(t.lines[i]) {
		i++
	}
	return i
}

func isBlank(line string) bool { return strings.TrimSpace(line) == "" }

func isQuote(line string) bool {
	line = strings.TrimLeft(line, " \t")
	return strings.HasPrefix(line, ">") || strings.HasPrefix(line, "|>")
}

// quotes reports a quoted line, or the end of one that a program has broken:
// it goes on in lower case between two quoted lines, the first a long one.
func (t *thread) quotes(i int) bool {
	if isQuote(t.lines[i]) {
		return true
	}
	if i == 0 || i+1 >= len(t.lines) || len(t.lines[i-1]) < brokenLine || !isQuote(t.lines[i-1]) || !isQuote(t.lines[i+1]) {
		return false
	}
	first, _ := utf8.DecodeRuneInString(t.lines[i])
	return unicode.IsLower(first)
}

// brokenLine is how long a line is at least before a program breaks it.
const brokenLine = 60

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

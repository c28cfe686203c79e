package mime

import "strings"

// maxLines bounds how many lines of a text are looked at; the rest counts as
// one.
const maxLines = 500_000

// reply is a text divided into what is new, history and signature.
type reply struct{ reply, quoted, signature string }

// splitReply divides a text line by line, each looked at a bounded number of
// times. The reply is never empty when the text is not: a message that says
// nothing new keeps all of its text, a forward that of the forwarded message.
func splitReply(text string) reply {
	text = strings.TrimSpace(parted(text))
	t := &thread{lines: strings.SplitN(text, "\n", min(strings.Count(text, "\n")+1, maxLines))}
	t.measure()
	whole, below := t.cutSignature(text)
	own := t.own()
	out := reply{reply: own.text(whole, t.lines), quoted: own.rest(whole, t.lines)}
	if !t.unsigned || out.reply != text {
		out.reply, out.signature = splitSignature(out.reply)
	}
	out.signature = joinBlocks(out.signature, below)
	switch forwarded := t.forwarded(); {
	case out.reply != "" && !onlySignature(out.reply):
		return out
	case forwarded != nil:
		header, above := pick{{t.cut, t.body}}, pick{{0, t.cut}} // what is above is a signature, if anything
		out = reply{reply: forwarded.text(whole, t.lines), quoted: header.text(whole, t.lines),
			signature: joinBlocks(above.text(whole, t.lines), below)}
	case below != "" || out.quoted != "":
		return reply{reply: text}
	}
	if out.reply == "" {
		return reply{reply: text}
	}
	return out
}

// joinBlocks joins two blocks of lines of which either may be empty.
func joinBlocks(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "\n" + b
}

// thread is a text under analysis.
type thread struct {
	lines    []string
	cut      int  // first line of a quote header; len(lines) if there is none
	body     int  // first line behind it
	marked   bool // what follows it is marked with ">"
	original bool // it says that another's message follows whole
	unsigned bool // no signature stands anywhere in the text
}

// measure finds the first quote header.
func (t *thread) measure() {
	t.cut, t.body = len(t.lines), len(t.lines)
	for i := range t.lines {
		header, original := t.headerAt(i)
		if header == 0 {
			continue
		}
		t.cut, t.body, t.original = i, i+header, original
		t.marked = isQuote(t.lines[i]) || t.quotesBelow(t.body)
		return
	}
}

// headerAt returns how many lines a quote header at line i takes, 0 if there
// is none, and whether it says that a message follows whole.
func (t *thread) headerAt(i int) (n int, original bool) {
	switch {
	case isBlank(t.lines[i]):
		return 0, false
	case isQuote(t.lines[i]):
		if i > 0 && isQuote(t.lines[i-1]) {
			return 0, false
		}
		return t.markedHeaderAt(i), false
	}
	if n := t.ruleAt(i); n > 0 {
		return n, true
	}
	return t.attributionAt(i), false
}

// markedHeaderAt is headerAt for the programs that mark the header as they
// mark what they quote.
func (t *thread) markedHeaderAt(i int) int {
	inner := t.unmarkedFrom(i)
	if isQuote(inner.lines[0]) {
		return 0
	}
	n, _ := inner.headerAt(0)
	return n
}

// unmarkedFrom is the marked lines from line i on, a mark taken off each; no
// more than a header takes.
func (t *thread) unmarkedFrom(i int) *thread {
	inner := &thread{}
	for ; i < len(t.lines) && len(inner.lines) < maxHeaderBlock && isQuote(t.lines[i]); i++ {
		inner.lines = append(inner.lines, unquoted(t.lines[i]))
	}
	return inner
}

// cutSignature takes a signature below everything off the lines, and returns
// the text before it and the signature. Below history without marks there is
// none: it would be another's.
func (t *thread) cutSignature(text string) (rest, signature string) {
	n := len(t.lines)
	if t.cut < n && !t.marked {
		return text, ""
	}
	from := t.skipBlank(t.body)
	if t.cut == n {
		from = 0
	}
	last := n - 1
	for last >= from && !isQuote(t.lines[last]) {
		last--
	}
	if last < from {
		last = -1
	}
	offset := octets(t.lines[:last+1])
	if offset >= len(text) {
		return text, ""
	}
	at := offset + signatureStart(text[offset:])
	t.unsigned = offset == 0 && at == len(text)
	if signature = trimBlank(text[at:]); signature == "" || strings.TrimSpace(text[:at]) == "" {
		return text, ""
	}
	rest = text[:at]
	t.lines = t.lines[:last+1+strings.Count(text[offset:at], "\n")]
	t.cut, t.body = min(t.cut, len(t.lines)), min(t.body, len(t.lines))
	return rest, signature
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
			parts = append(parts, whole[from:min(offset-1, len(whole))])
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

func (t *thread) skipBlank(i int) int {
	for i < len(t.lines) && isBlank(t.lines[i]) {
		i++
	}
	return i
}

func isBlank(line string) bool { return strings.TrimSpace(line) == "" }

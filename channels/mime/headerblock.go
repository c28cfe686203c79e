package mime

import "strings"

// maxHeaderBlock is the most lines that a quoted header takes: long lists of
// recipients are folded.
const maxHeaderBlock = 40

// ruleAt returns how many lines a forwarding rule or a header block at line i
// takes, 0 if there is none.
func (t *thread) ruleAt(i int) int {
	line := strings.TrimSpace(t.lines[i])
	switch {
	case len(line) > maxHeaderLine:
		return t.headerBlock(i)
	case saysOriginal(line):
		return 1 + t.announcedBlock(i+1)
	case isRule(line):
		at := t.skipBlank(i + 1)
		if n := max(t.headerBlock(at), t.unknownBlock(at), t.loneSender(at)); n > 0 {
			return at + n - i
		}
		return 0
	case isDeskMark(line) && i > t.skipBlank(0):
		return 1
	}
	return max(t.headerBlock(i), t.foreignBlock(i))
}

// saysOriginal reports "-----Original Message-----" and "Begin forwarded
// message:" in any language of the table.
func saysOriginal(line string) bool {
	line = strings.Trim(line, "* \t")
	dashed := strings.HasPrefix(line, "--") || strings.HasPrefix(line, "__") || strings.HasPrefix(line, "==")
	if !dashed && !endsInColon(line) {
		return false
	}
	inner := strings.Trim(line, "-_=*> \t")
	if len(inner) > maxOriginal {
		return false
	}
	inner = strings.ToLower(strings.Trim(inner, ":：\u00a0 "))
	for _, words := range originalWords {
		if inner == words {
			return true
		}
	}
	return dashed && startsOriginal.begin(inner)
}

var startsOriginal = indexed(originalBeginnings)

// maxOriginal bounds the words between the dashes of a rule, in octets.
const maxOriginal = 120

// isDeskMark reports the line of a help desk above which the answer goes.
func isDeskMark(line string) bool {
	if line == "" || len(line) > maxDeskMark || 'a' <= line[0] && line[0] <= 'z' {
		return false
	}
	return holdsDeskMark.within(line)
}

var holdsDeskMark = anywhere(deskMarks)

// maxDeskMark bounds a desk's line, in octets.
const maxDeskMark = 150

// block is what was read of a header block: kinds of fields, how many, and
// the lines up to the last field's end.
type block struct {
	seen          [fieldKinds]bool
	count, length int
}

// readBlock reads fields from line i on. Their values may be folded, and blank
// lines stand between them in the text of some programs.
func (t *thread) readBlock(i, maxBlanks int) block {
	var b block
	folded, blanks := 0, 0
	for n := 0; n < maxHeaderBlock && i+n < len(t.lines); n++ {
		line := t.lines[i+n]
		kind, ok := fieldKind(line)
		switch {
		case ok && (blanks == 0 || !b.seen[kind]):
			if !b.seen[kind] {
				b.seen[kind] = true
				b.count++
			}
			b.length, folded, blanks = n+1, 0, 0
			continue
		case n == 0 || ok:
			return t.foldedEnd(i, b)
		case isBlank(line):
			blanks++
		case blanks == 0 && !goesOn(t.lines[i+n-1], line):
			folded++
		}
		if n >= maxLoneField && b.count < 2 || blanks > maxBlanks || blanks > 0 && !isBlank(line) || folded > maxFoldedField {
			return t.foldedEnd(i, b)
		}
	}
	return t.foldedEnd(i, b)
}

// maxFoldedField is how many lines a field's value goes on over, lists of
// addresses aside.
const maxFoldedField = 2

// maxLoneField is how many lines a field without a second one is read for.
const maxLoneField = 12

// goesOn reports a line that carries a list of addresses on.
func goesOn(before, line string) bool {
	before = strings.TrimRight(before, " \t")
	return strings.Contains(line, "@") || strings.HasSuffix(before, ",") || strings.HasSuffix(before, ";") || strings.HasSuffix(before, "<")
}

// foldedEnd lengthens a block by the lines that its last field goes on over:
// up to a blank line, and only where the field was long enough to be folded.
func (t *thread) foldedEnd(i int, b block) block {
	if b.count == 0 {
		return b
	}
	for n := b.length; n <= b.length+maxFoldedField*2 && i+n < len(t.lines) && n > 0; n++ {
		line, before := t.lines[i+n], t.lines[i+n-1]
		switch {
		case isBlank(line):
			b.length = n
			return b
		case !goesOn(before, line) && len(before) < brokenLine:
			return b
		}
	}
	return b
}

// headerBlock returns how many lines a block of From:, Sent:, To:, Subject: at
// line i takes. Three different fields make one, the sender or a date among
// them, and an address, a subject or the marks that Windows sets between the
// parts of a date, which a form for a journey lacks; or two between blank
// lines, of which one names who and the other when.
func (t *thread) headerBlock(i int) int {
	if i >= len(t.lines) {
		return 0
	}
	if _, ok := fieldKind(t.lines[i]); !ok {
		return 0
	}
	if i > 0 {
		if _, ok := fieldKind(t.lines[i-1]); ok { // the block of that line had these fields too
			return 0
		}
	}
	b := t.readBlock(i, 1)
	text := strings.Join(t.lines[i:i+b.length], " ")
	who := b.seen[fieldFrom] || b.seen[fieldSent] && b.seen[fieldTo]
	switch {
	case b.count >= 3 && who && (b.seen[fieldSubject] || strings.ContainsAny(text, "@\u200e")):
		return b.length
	case b.count == 2 && b.seen[fieldSent] && (b.seen[fieldFrom] || b.seen[fieldTo]):
		if t.bounded(i, b.length) && hasYear(text) && strings.Contains(text, "@") {
			return b.length
		}
	case b.count <= 2 && oneLineBlock(t.lines[i]):
		return 1
	}
	return 0
}

// announcedBlock is headerBlock behind a rule that says what follows: any
// fields make a block there, marked or not. It counts the blank lines before.
func (t *thread) announcedBlock(i int) int {
	at := t.skipBlank(i)
	if at >= len(t.lines) {
		return 0
	}
	from := t
	start := at
	if isQuote(t.lines[at]) {
		from, start = t.unmarkedFrom(at), 0
		start = from.skipBlank(start)
		at += start
	}
	if start >= len(from.lines) {
		return 0
	}
	b := from.readBlock(start, 2)
	if b.count == 0 {
		if n := from.attributionAt(start); n > 0 && !isQuote(t.lines[at]) {
			return at + n - i
		}
		return 0
	}
	for at += b.length; at < len(t.lines) && isQuote(t.lines[at]) && isBlank(unquoted(t.lines[at])); at++ {
	}
	return at - i
}

// unknownBlock is headerBlock behind a rule in a language of no table: three
// or more lines with a label, with an address and a year among them.
func (t *thread) unknownBlock(i int) int {
	n := t.labelled(i)
	text := strings.Join(t.lines[min(i, len(t.lines)):i+n], " ")
	if n < 3 || !hasYear(text) || !strings.Contains(text, "@") {
		return 0
	}
	return n
}

// foreignBlock is headerBlock in a language of no table: four or more lines
// with a label, the first with a mailbox, the second with a year and a time.
func (t *thread) foreignBlock(i int) int {
	if !bracketed(t.lines[i]) || !strings.Contains(t.lines[i], "<") || i+1 >= len(t.lines) || !hasYear(t.lines[i+1]) || !clockTime(t.lines[i+1]) {
		return 0
	}
	if n := t.labelled(i); n >= 4 {
		return n
	}
	return 0
}

// labelled counts the lines with a label from line i on.
func (t *thread) labelled(i int) (n int) {
	for i+n < len(t.lines) && n < maxLabels && isLabelled(t.lines[i+n]) {
		n++
	}
	return n
}

// maxLabels is the most fields of a header that are looked for by label alone.
const maxLabels = 8

// isLabelled reports a line like "Label: value".
func isLabelled(line string) bool {
	label, value, found := strings.Cut(strings.Replace(line, "：", ":", 1), ":")
	return found && len(label) <= 40 && len(strings.Fields(label)) <= 3 && !isBlank(label) && !isBlank(strings.Trim(value, "* "))
}

// loneSender reports a sender's field alone, which counts behind a rule and
// above quoted lines.
func (t *thread) loneSender(i int) int {
	if i >= len(t.lines) || !strings.Contains(t.lines[i], "@") || !t.quotesBelow(i+1) {
		return 0
	}
	if kind, ok := fieldKind(t.lines[i]); !ok || kind != fieldFrom {
		return 0
	}
	return 1
}

// oneLineBlock reports a header block that a program has put on one line.
func oneLineBlock(line string) bool {
	var seen [fieldKinds]bool
	count := 0
	for _, word := range strings.Fields(line[:min(len(line), maxHeaderLine)]) {
		name, isField := strings.CutSuffix(strings.ToLower(strings.Trim(word, "*")), ":")
		if kind, ok := quotedFields[name]; ok && isField && !seen[kind] {
			seen[kind] = true
			count++
		}
	}
	return count >= 3 && seen[fieldFrom] && strings.Contains(line, "@")
}

// bounded reports that n lines at line i stand between blank lines or rules.
func (t *thread) bounded(i, n int) bool {
	return (i == 0 || isBlank(t.lines[i-1]) || isRule(t.lines[i-1])) && (i+n >= len(t.lines) || isBlank(t.lines[i+n]))
}

// isRule reports a line of dashes, underscores or the like alone.
func isRule(line string) bool {
	line = strings.TrimSpace(line)
	return len(line) >= 3 && mayBeRule(line[0]) && strings.Trim(line, "_-=—–―*") == ""
}

// fieldKind reads the name of a header field in a quoted header block, bold
// or starred.
func fieldKind(line string) (kind int, ok bool) {
	if line == "" || line[0]|0x20 < 'a' || line[0]|0x20 > 'z' {
		line = strings.TrimLeft(line, fieldOrnaments)
	}
	line = line[:min(len(line), maxFieldName)]
	i := strings.IndexByte(line, ':')
	if wide := strings.Index(line, "："); i < 0 || wide >= 0 && wide < i {
		i = wide
	}
	if i <= 0 {
		return 0, false
	}
	name := strings.Trim(line[:i], fieldOrnaments)
	if !isASCII(name) {
		kind, ok = quotedFields[strings.ToLower(name)]
		return kind, ok
	}
	var lower [maxFieldName]byte
	for i := range len(name) {
		lower[i] = lowerASCII(name[i])
	}
	kind, ok = quotedFields[string(lower[:len(name)])]
	return kind, ok
}

// maxFieldName is how much of a line the name of its field is looked for in,
// in octets.
const maxFieldName = 60

// fieldOrnaments stand around the name of a field: stars for bold type, and
// what steers the direction of writing.
const fieldOrnaments = "*_ \t|[]\u00a0\u200e\u200f\u202a\u202b\u202c"

package mime

import (
	"bytes"
	"strings"
)

// tidy undoes what happened to a mail as a whole on its way: a byte order
// mark, an mbox line, blank lines before the header, CR CR LF and CR-only line
// ends. It copies only for the last two.
func tidy(r *reader, raw []byte) []byte {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	end := bytes.IndexAny(raw, "\r\n")
	if end < 0 {
		return raw
	}
	switch at := raw[end:]; {
	case bytes.HasPrefix(at, []byte("\r\r\n")):
		r.flaw("bare_cr", "", "lines end in CR CR LF")
		raw = bytes.ReplaceAll(raw, []byte("\r\r\n"), []byte("\r\n"))
	case at[0] == '\r' && (bytes.IndexByte(raw, '\n') < 0 || isFieldAt(at[1:])):
		r.flaw("bare_cr", "", "lines end in CR")
		raw = bytes.ReplaceAll(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
	default:
		r.lines(raw)
	}
	return trimFront(raw)
}

// isFieldAt reports that a field begins right here, within its own line.
func isFieldAt(b []byte) bool {
	end := bytes.IndexAny(b[:min(len(b), maxLine)], "\r\n")
	return fieldName(b[:max(end, 0)]) != nil
}

// trimFront drops an mbox line and the blank lines before a header.
func trimFront(raw []byte) []byte {
	for {
		line, rest := cutLine(raw)
		if len(rest) > 0 && (blank(line) || isMboxLine(line)) {
			raw = rest
			continue
		}
		return raw
	}
}

// isMboxLine tells the line that begins a mail in an mbox file (RFC 4155).
func isMboxLine(line []byte) bool {
	return bytes.HasPrefix(line, []byte("From ")) || bytes.HasPrefix(line, []byte(">From "))
}

// cutLine takes the first line off b; the line has no line end.
func cutLine(b []byte) (line, rest []byte) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return bytes.TrimRight(b, "\r"), nil
	}
	line, rest = b[:i], b[i+1:]
	for len(line) > 0 && line[len(line)-1] == '\r' {
		line = line[:len(line)-1]
	}
	return line, rest
}

func blank(line []byte) bool {
	for _, c := range line {
		if c != ' ' && c != '\t' && c != '\r' {
			return false
		}
	}
	return true
}

// splitHeader divides an entity into a header block that go-message reads
// without error, and the body. Lines that belong to no field are skipped; if
// there is no field at all everything is body.
func splitHeader(r *reader, part string, entity []byte) (block, body []byte) {
	s := scanHeader(entity)
	block = entity[:s.end]
	if s.fields == 0 && part == "" {
		r.flaw("no_header", part, "")
		return nil, entity
	}
	if s.fields == 0 {
		return nil, entity[s.body:]
	}
	if s.broken || len(block) > maxHeader || s.fields > maxFields {
		block = mend(r, part, block)
	}
	return block, entity[s.body:]
}

// headerScan is where a header block ends and what go-message would say of it.
type headerScan struct {
	end, body int  // end of the block; begin of the body
	fields    int  // lines that begin a field
	broken    bool // some line would be refused
}

// scanHeader finds the end of the header block: a blank line, or the first
// line of a run that cannot be header any more.
func scanHeader(entity []byte) (s headerScan) {
	var before []byte
	for rest := entity; len(rest) > 0; {
		line, next := cutLine(rest)
		s.body = len(entity) - len(next)
		switch {
		case len(line) == 0:
			return s
		case isContinuation(line):
			if blank(line) && !fieldFollows(next) && !foldFollows(next) {
				return s // a separator with stray blanks on it
			}
			s.broken = s.broken || s.fields == 0
		case fieldName(line) != nil:
			s.fields++
		case endsAngle(before, line):
			s.broken = true
		case !headerGoesOn(line, next):
			s.body = s.end // the blank line is missing
			return s
		default:
			s.broken = true
		}
		s.broken = s.broken || bytes.IndexByte(line, '\r') >= 0
		rest, s.end, before = next, s.body, line
	}
	return s
}

// endsAngle reports that a line ends the address or id which the line before it
// began: it was folded there, and the blank that a fold begins with is lost.
func endsAngle(before, line []byte) bool {
	open, end := bytes.LastIndexByte(before, '<'), bytes.IndexByte(line, '>')
	return open >= 0 && end > 0 && bytes.IndexByte(before[open:], '>') < 0 && !bytes.ContainsAny(line[:end], " \t<")
}

// fieldFollows looks whether the header goes on behind a line of blanks.
func fieldFollows(rest []byte) bool {
	line, _ := cutLine(rest)
	return len(rest) > 0 && (len(line) == 0 || fieldName(line) != nil)
}

// headerGoesOn looks whether the header goes on behind a line that belongs to no
// field: a field that mail has comes soon. Else the line is text, and the
// blank line before it is missing.
func headerGoesOn(strange, rest []byte) bool {
	if isMboxLine(strange) && fieldFollows(rest) {
		return true
	}
	for range 4 {
		line, next := cutLine(rest)
		if len(line) == 0 {
			return false
		}
		if name := fieldName(line); name != nil && !isContinuation(line) {
			return isMailField(name)
		}
		rest = next
	}
	return false
}

// isMailField reports a name that fields of mail have; text has words before
// a colon too, but seldom with a hyphen.
func isMailField(name []byte) bool {
	switch strings.ToLower(string(name)) {
	case "from", "to", "cc", "bcc", "sender", "date", "subject", "received", "references", "comments", "keywords", "lines",
		"status", "priority", "importance", "precedence", "sensitivity", "organization", "organisation", "newsgroups", "path", "xref":
		return true
	}
	return bytes.IndexByte(name, '-') > 0
}

// foldFollows looks whether the field goes on behind a line of blanks, and
// another field follows it.
func foldFollows(rest []byte) bool {
	for range 10 {
		line, next := cutLine(rest)
		if len(line) == 0 {
			return false
		}
		if !isContinuation(line) {
			return fieldName(line) != nil
		}
		rest = next
	}
	return false
}

func isContinuation(line []byte) bool { return line[0] == ' ' || line[0] == '\t' }

// fieldName returns the name of the field that a line begins, nil if it begins
// none (RFC 5322 §2.2; blanks before the colon are accepted).
func fieldName(line []byte) []byte {
	for i, c := range line {
		if c == ':' {
			name := bytes.TrimRight(line[:i], " \t")
			if len(name) == 0 || bytes.ContainsAny(name, " \t") {
				return nil
			}
			return name
		}
		if c > '~' || c < '!' && c != ' ' && c != '\t' {
			return nil
		}
	}
	return nil
}

// mend copies a header block without the lines that belong to no field and
// within the limits.
func mend(r *reader, part string, block []byte) []byte {
	out := make([]byte, 0, min(len(block), maxHeader))
	fields := 0
	var line []byte
	for keep := false; len(block) > 0; {
		before := line
		line, block = cutLine(block)
		name := fieldName(line)
		switch {
		case len(line) == 0 || isContinuation(line):
		case keep && name == nil && endsAngle(before, line):
			line = append([]byte{' '}, line...)
		default:
			keep = name != nil
			fields++
		}
		if len(out)+len(line) > maxHeader || fields > maxFields {
			r.limit("limit_header", part, "header cut")
			break
		}
		if keep && !blank(line) {
			out = append(append(out, bytes.ReplaceAll(line, []byte("\r"), []byte(" "))...), '\n')
		}
	}
	return out
}

package mime

import (
	"strings"
	"unicode/utf8"

	"gatehouse/ingest"
)

// mailbox is one entry of an address list while it is being read.
type mailbox struct {
	name    strings.Builder // the phrase, unquoted
	plain   strings.Builder // the same with its quotes: an address without brackets
	comment string
	leading bool // the comment stands before everything else
	angle   string
	angled  bool
	named   int  // how much of the phrase stood before the brackets
	at      bool // an "@" was seen outside the brackets
}

// parseAddresses reads a list of mailboxes, groups flattened (RFC 5322 §3.4),
// at most maxAddresses. Nothing is refused: what has no address keeps its
// name. over reports that the list was cut.
func parseAddresses(field, charset string) (list []ingest.Mailbox, over bool) {
	l := &addressList{words: headerText{fallback: charset}}
	if !utf8.ValidString(field) || strings.Contains(field, "\x1b$") {
		field = l.words.raw(field) // its octets may look like marks
	}
	for s := field; s != ""; {
		if len(l.out) >= maxAddresses {
			return l.out[:maxAddresses], true
		}
		s = l.token(s)
	}
	l.end(false)
	l.flush()
	return l.out[:min(len(l.out), maxAddresses)], len(l.out) > maxAddresses
}

// addressList gathers mailboxes. A name that a comma ended waits: the comma
// may have been part of it ("Doe, John <j@example.com>").
type addressList struct {
	words   headerText
	out     []ingest.Mailbox
	now     mailbox
	waiting []string

	openQuote, openComment, openAngle bool // one was found to have no end: none is looked for again
}

// token takes one quoted string, comment, bracket, separator or run of other
// characters off s.
func (l *addressList) token(s string) (rest string) {
	m := &l.now
	switch c := s[0]; {
	case c == '"' && !l.openQuote:
		return l.quoted(s)
	case c == '"':
		return s[1:]
	case c == '(' && !l.openComment:
		return l.commented(s)
	case c == '<', c == '[' && hasPrefixFold(s, "[mailto:"):
		return l.angled(s)
	case c == ',', c == ';':
		l.end(c == ',')
		return s[1:]
	case c == ':':
		if !m.angled && !m.at {
			l.now = mailbox{} // the name of a group
			l.waiting = nil
		}
		return s[1:]
	case c == '\\' && len(s) > 1:
		l.plain(s[1:2])
		return s[2:]
	}
	n := plainLength(s)
	if i := strings.IndexByte(s[:min(len(s), 64)], ']'); s[0] == '[' && i > 0 && strings.HasSuffix(m.plain.String(), "@") {
		n = i + 1 // a domain literal
	}
	l.plain(s[:n])
	return s[n:]
}

func (l *addressList) plain(s string) {
	m := &l.now
	if m.comment != "" && !m.leading && !m.angled && strings.TrimSpace(s) != "" {
		m.comment = "" // it stands within the address
	}
	m.name.WriteString(s)
	m.plain.WriteString(s)
	m.at = m.at || strings.IndexByte(s, '@') >= 0
}

// quoted takes a quoted string. A quote without an end, or with the wrong one,
// means nothing.
func (l *addressList) quoted(s string) string {
	m := &l.now
	value, rest, closed := cutQuotedPairs(s, "")
	l.openQuote = !closed
	if !closed || strayQuote(m.plain.String(), value, rest) {
		return s[1:]
	}
	m.name.WriteString(value)
	m.plain.WriteString(s[:len(s)-len(rest)])
	return rest
}

// strayQuote reports a quoted string that reaches over the borders of
// mailboxes: its quotes belong to other strings.
func strayQuote(before, value, rest string) bool {
	open := strings.IndexByte(value, '<')
	if open < 0 || strings.IndexByte(value[open:], '@') < 0 || strings.IndexByte(value[open:], '>') < 0 {
		return false
	}
	glued := rest != "" && strings.IndexByte(" \t<,;(.@:", rest[0]) < 0
	return glued || before != "" && strings.IndexByte(" \t", before[len(before)-1]) < 0
}

func (l *addressList) commented(s string) string {
	m := &l.now
	text, rest, closed := cutCommentEnd(s)
	if l.openComment = !closed; l.openComment && strings.ContainsAny(s, "<@") {
		l.plain(s[:1])
		return s[1:]
	}
	if m.comment == "" {
		m.comment, m.leading = withoutPairs(text), blankText(m.plain.String())
	}
	return rest
}

// angled takes an address in brackets; a second one begins another mailbox.
func (l *addressList) angled(s string) string {
	if l.now.angled {
		phrase, named := l.now.name.String(), l.now.named
		l.now.name = strings.Builder{}
		l.now.name.WriteString(phrase[:named])
		l.end(false)
		l.now.name.WriteString(phrase[named:])
	}
	m := &l.now
	m.named = m.name.Len()
	if s[0] == '[' {
		m.angle, s, _ = strings.Cut(s[1:], "]")
	} else {
		m.angle, s, l.openAngle = cutAngle(s, l.openAngle)
	}
	m.angled = true
	return s
}

// end closes the mailbox that is being read.
func (l *addressList) end(comma bool) {
	boxes := l.now.read(&l.words)
	angled := l.now.angled
	l.now = mailbox{}
	for i, box := range boxes {
		switch {
		case box == ingest.Mailbox{}:
			continue
		case box.Address == "" && comma && len(l.waiting) < 3:
			l.waiting = append(l.waiting, box.Name)
			continue
		case i == 0 && angled && len(l.waiting) > 0:
			box.Name = strings.Join(append(l.waiting, box.Name), ", ")
			box.Name = strings.TrimSuffix(box.Name, ", ")
			l.waiting = nil
		}
		l.flush()
		l.out = append(l.out, box)
	}
}

func (l *addressList) flush() {
	for _, name := range l.waiting {
		l.out = append(l.out, ingest.Mailbox{Name: name})
	}
	l.waiting = nil
}

// plainLength returns how much of s has no meaning of its own; an encoded word
// counts whole, whatever characters are in it.
func plainLength(s string) int {
	if strings.HasPrefix(s, "=?") {
		if _, rest, ok := cutWord(s); ok {
			return len(s) - len(rest)
		}
	}
	for i := 1; i < len(s); i++ {
		if strings.IndexByte("\"(<,;:=[\\", s[i]) >= 0 {
			return i
		}
	}
	return len(s)
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

package mime

import (
	"strings"

	"gatehouse/ingest"
)

// mailbox is one entry of an address list while it is being read.
type mailbox struct {
	name    strings.Builder // the phrase, unquoted
	plain   strings.Builder // the same with its quotes: an address without brackets
	comment string
	angle   string
	angled  bool
	at      bool // an "@" was seen outside the brackets
}

// parseAddresses reads a list of mailboxes, groups flattened (RFC 5322 §3.4),
// at most maxAddresses. Nothing is refused: what has no address keeps its
// name. over reports that the list was cut.
func parseAddresses(field, charset string) (list []ingest.Mailbox, over bool) {
	l := &addressList{charset: charset}
	var m mailbox
	for s := field; s != ""; {
		if len(l.out) >= maxAddresses {
			return l.out, true
		}
		switch c := s[0]; c {
		case '"':
			value, rest := cutQuoted(s)
			m.name.WriteString(value)
			m.plain.WriteString(s[:len(s)-len(rest)])
			s = rest
		case '(':
			m.comment, s = cutComment(s)
		case '<':
			m.angle, s = cutAngle(s)
			m.angled = true
		case ',', ';':
			l.end(&m, c == ',')
			m, s = mailbox{}, s[1:]
		case ':':
			if !m.angled && !m.at {
				m = mailbox{} // the name of a group
			}
			s = s[1:]
		default:
			n := plainLength(s)
			m.name.WriteString(s[:n])
			m.plain.WriteString(s[:n])
			m.at = m.at || strings.IndexByte(s[:n], '@') >= 0
			s = s[n:]
		}
	}
	l.end(&m, false)
	l.flush()
	return l.out, false
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
		if strings.IndexByte("\"(<,;:=", s[i]) >= 0 {
			return i
		}
	}
	return len(s)
}

// cutAngle takes what stands in angle brackets, doubled or left open.
func cutAngle(s string) (inner, rest string) {
	s = strings.TrimLeft(s, "< \t")
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == '>' && !quoted:
			return s[:i], strings.TrimLeft(s[i+1:], "> \t")
		}
	}
	if i := strings.IndexAny(s, ",;>"); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// addressList gathers mailboxes. A name that a comma ended waits: the comma
// may have been part of it ("Doe, John <j@example.com>").
type addressList struct {
	charset string
	out     []ingest.Mailbox
	waiting string
	joined  int
}

func (l *addressList) end(m *mailbox, comma bool) {
	box := m.read(l.charset)
	switch {
	case box == ingest.Mailbox{}:
		return
	case box.Address == "" && comma && l.joined < 3:
		l.waiting = joinNames(l.waiting, box.Name)
		l.joined++
		return
	case m.angled && l.waiting != "":
		box.Name = joinNames(l.waiting, box.Name)
		l.waiting = ""
	}
	l.flush()
	l.out = append(l.out, box)
}

func (l *addressList) flush() {
	if l.waiting != "" {
		l.out = append(l.out, ingest.Mailbox{Name: l.waiting})
	}
	l.waiting, l.joined = "", 0
}

func joinNames(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + ", " + b
}

// read makes a mailbox of what was gathered.
func (m *mailbox) read(charset string) (box ingest.Mailbox) {
	name, _ := decodeHeaderText(m.name.String(), charset)
	switch {
	case m.angled:
		box = ingest.Mailbox{Name: tidyName(name), Address: bareAddress(m.angle)}
	case m.at:
		plain, _ := decodeHeaderText(m.plain.String(), charset) // the address may stand in an encoded word
		box = splitPlain(plain)
	default:
		box = splitPlain(name)
	}
	if box.Name == "" && m.comment != "" {
		comment, _ := decodeHeaderText(m.comment, charset)
		box.Name = tidyName(comment)
	}
	return box
}

// splitPlain divides "Ann ann@example.com" and, out of an encoded word, "Ann
// <ann@example.com>". Without an "@" all is name.
func splitPlain(s string) ingest.Mailbox {
	s = strings.TrimSpace(s)
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return ingest.Mailbox{Name: tidyName(s)}
	}
	if open := strings.LastIndexByte(s, '<'); open >= 0 {
		return ingest.Mailbox{Name: tidyName(s[:open]), Address: bareAddress(s[open:])}
	}
	local, domain := strings.TrimRight(s[:at], " \t"), strings.TrimLeft(s[at+1:], " \t")
	begin := strings.LastIndexAny(local, " \t") + 1
	if strings.HasPrefix(local, `"`) && strings.IndexByte(local[1:], '"') == len(local)-2 {
		begin = 0 // a quoted local part
	}
	end := strings.IndexAny(domain, " \t")
	if end < 0 {
		end = len(domain)
	}
	return ingest.Mailbox{Name: tidyName(local[:begin] + domain[end:]), Address: bareAddress(local[begin:] + "@" + domain[:end])}
}

// bareAddress is an addr-spec without comments, blanks, route and needless
// quotes.
func bareAddress(s string) string {
	s = stripComments(s)
	if strings.Contains(s, "=?") {
		s, _ = decodeHeaderText(s, "")
	}
	s = strings.Trim(s, " \t<>;,'")
	s = strings.TrimPrefix(s, "mailto:")
	if strings.HasPrefix(s, "@") {
		s = s[strings.LastIndexByte(s, ':')+1:] // a route (RFC 5322 §4.4)
	}
	if strings.HasPrefix(s, `"`) {
		return clean(needlessQuotes(s))
	}
	return clean(strings.Join(strings.Fields(s), ""))
}

// needlessQuotes takes the quotes off a local part that is a dot-atom.
func needlessQuotes(s string) string {
	local, rest := cutQuoted(s)
	if rest == "" {
		return local
	}
	for _, c := range []byte(local) {
		if c <= ' ' || strings.IndexByte(`()<>[]:;@\,"`, c) >= 0 {
			return s
		}
	}
	return local + strings.TrimSpace(rest)
}

// tidyName trims a display name and folds its blanks.
func tidyName(s string) string {
	s = strings.Trim(s, " \t\r\n\"'")
	if strings.ContainsAny(s, "\t\r\n") || strings.Contains(s, "  ") {
		s = strings.Join(strings.Fields(s), " ")
	}
	return s
}

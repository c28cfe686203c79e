package mime

import (
	"strings"

	"gatehouse/ingest"
)

// cutAngle takes what stands in angle brackets, doubled or left open; open
// says that no closing bracket follows any more.
func cutAngle(s string, open bool) (inner, rest string, stillOpen bool) {
	s = strings.TrimLeft(s, "< \t")
	quoted, comma := false, -1
	for i := 0; i < len(s) && !open; i++ {
		switch c := s[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '>':
			return s[:i], strings.TrimLeft(s[i+1:], "> \t"), false
		case c == ',' && comma < 0:
			comma = i
		case c == '<' && comma > 0 && s[0] != '@':
			return s[:comma], s[comma:], false // the next one's
		}
	}
	if i := strings.IndexAny(s, ",;>"); i >= 0 {
		return s[:i], s[i:], true
	}
	return s, "", true
}

// withoutPairs undoes the quoting by backslashes (RFC 5322 §3.2.1).
func withoutPairs(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		out = append(out, s[i])
	}
	return string(out)
}

// read makes a mailbox of what was gathered, or several where no comma stood
// between them.
func (m *mailbox) read(words *headerText) (boxes []ingest.Mailbox) {
	phrase := m.name.String()
	if m.angled && !blankText(phrase[:m.named]) {
		phrase = phrase[:m.named] // what follows the brackets is no part of the name
	}
	name, _ := words.decode(phrase)
	switch {
	case m.angled && strings.HasPrefix(strings.TrimSpace(phrase), `"`):
		boxes = angleBoxes(words, foldBlanks(name), m.angle) // quotes that were quoted themselves belong to the name
	case m.angled:
		boxes = angleBoxes(words, tidyName(name), m.angle)
	case m.at:
		plain, _ := words.decode(m.plain.String()) // the address may stand in an encoded word
		boxes = words.splitPlain(plain)
	default:
		boxes = words.splitPlain(name)
	}
	if len(boxes) == 1 && boxes[0].Name == "" && boxes[0].Address != "" && m.comment != "" {
		comment, _ := words.decode(m.comment)
		boxes[0].Name = tidyName(comment)
	}
	return boxes
}

// angleBoxes reads what stands in brackets: an address, seldom several, or
// another mailbox, brackets and all.
func angleBoxes(words *headerText, name, angle string) (boxes []ingest.Mailbox) {
	if i := strings.LastIndexByte(angle, '<'); i >= 0 {
		if name == "" {
			name, _ = words.decode(strings.ReplaceAll(angle[:i], `"`, ""))
			name = tidyName(name)
		}
		angle = angle[i+1:]
	}
	if strings.HasSuffix(strings.TrimRight(stripComments(angle), " \t;"), ":") && !strings.Contains(angle, "@") {
		return nil // <undisclosed-recipients:;>
	}
	if strings.Count(angle, "@") > 1 && angle[0] != '@' && angle[0] != '"' {
		for _, part := range strings.FieldsFunc(angle, func(c rune) bool { return c == ',' || c == ';' }) {
			boxes = append(boxes, ingest.Mailbox{Name: name, Address: words.address(part)})
			name = ""
		}
		return boxes
	}
	return []ingest.Mailbox{{Name: name, Address: words.address(angle)}}
}

// splitPlain divides "Ann ann@example.com" and, out of an encoded word, "Ann
// <ann@example.com>". Without an "@" all is name.
func (h *headerText) splitPlain(s string) []ingest.Mailbox {
	s = strings.TrimSpace(s)
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		if address := spelledOut(s); address != "" {
			return []ingest.Mailbox{{Address: address}}
		}
		return []ingest.Mailbox{{Name: tidyName(s)}}
	}
	if open := strings.LastIndexByte(s, '<'); open >= 0 {
		return []ingest.Mailbox{{Name: tidyName(s[:open]), Address: h.address(s[open:])}}
	}
	if several := h.addressWords(s); several != nil {
		return several
	}
	local, domain := strings.TrimRight(s[:at], " \t"), strings.TrimLeft(s[at+1:], " \t")
	begin := localBegin(local)
	end := domainEnd(domain)
	return []ingest.Mailbox{{Name: tidyName(local[:begin] + domain[end:]), Address: h.address(local[begin:] + "@" + domain[:end])}}
}

// addressWords reads addresses with nothing but blanks between them; nil if s
// is not that.
func (h *headerText) addressWords(s string) (boxes []ingest.Mailbox) {
	fields := strings.Fields(s)
	for _, w := range fields {
		if i := strings.IndexByte(w, '@'); i <= 0 || i == len(w)-1 || strings.IndexByte(w, '"') >= 0 {
			return nil
		}
		boxes = append(boxes, ingest.Mailbox{Address: h.address(w)})
	}
	if len(fields) < 2 {
		return nil
	}
	return boxes
}

// localBegin finds where the local part begins in what stands before an "@":
// at its last word, a quoted string, or words that dots join (RFC 5322 §4.4).
func localBegin(local string) int {
	if strings.HasPrefix(local, "/") || strings.HasPrefix(local, `"`) && strings.IndexByte(local[1:], '"') == len(local)-2 {
		return 0 // an X.400 address, a quoted local part
	}
	if strings.HasSuffix(local, `"`) {
		return max(0, strings.LastIndexByte(local[:len(local)-1], '"'))
	}
	words := strings.Fields(local)
	for i := 1; ; i++ {
		if i >= len(words) {
			return 0
		}
		if !strings.HasSuffix(words[i-1], ".") && !strings.HasPrefix(words[i], ".") {
			return strings.LastIndexAny(local, " \t") + 1
		}
	}
}

// domainEnd is where a domain ends: at a blank, unless a dot stands by it.
func domainEnd(domain string) int {
	for i := 0; i < len(domain); i++ {
		if domain[i] != ' ' && domain[i] != '\t' {
			continue
		}
		rest := strings.TrimLeft(domain[i:], " \t")
		if rest == "" || rest[0] != '.' && (i == 0 || domain[i-1] != '.') {
			return i
		}
		i = len(domain) - len(rest)
	}
	return len(domain)
}

// bareAddress is headerText.address for an address that stands in a text.
func bareAddress(s string) string { return new(headerText).address(s) }

// address is an addr-spec without comments, blanks, route and needless
// quotes.
func (h *headerText) address(s string) string {
	s = stripComments(s)
	if strings.Contains(s, "=?") {
		s, _ = h.decode(s)
	}
	s = strings.Trim(s, " \t<>;,'")
	if hasPrefixFold(s, "mailto:") {
		s, _, _ = strings.Cut(s[len("mailto:"):], "?")
	}
	if strings.HasPrefix(s, "@") {
		s = s[strings.LastIndexByte(s, ':')+1:] // a route (RFC 5322 §4.4)
	}
	if address := spelledOut(s); address != "" {
		return address
	}
	if strings.HasPrefix(s, `"`) {
		return clean(needlessQuotes(s))
	}
	s = strings.Join(strings.Fields(s), "")
	if strings.IndexByte(s, '@') > 0 {
		s = strings.TrimRight(s, ".")
	}
	return clean(s)
}

// spelledOut reads "ann at example.com", as list archives write it; "" if s is
// not that.
func spelledOut(s string) string {
	words := strings.Fields(s)
	if len(words) != 3 || !strings.EqualFold(words[1], "at") || !strings.Contains(words[2], ".") || strings.Contains(s, "@") {
		return ""
	}
	return clean(words[0] + "@" + words[2])
}

// needlessQuotes takes the quotes off a local part that is a dot-atom.
func needlessQuotes(s string) string {
	local, rest := cutQuoted(s)
	if rest == "" {
		return local
	}
	domain := strings.TrimRight(strings.Join(strings.Fields(rest), ""), ".")
	if local == "" || strings.ContainsAny(local, " \t()<>[]:;@\\,\"") {
		return strings.TrimSpace(s[:len(s)-len(rest)]) + domain
	}
	return local + domain
}

// tidyName trims a display name, takes quotes off that stand around it all,
// and folds its blanks.
func tidyName(s string) string {
	s = strings.Trim(s, " \t\r\n")
	if n := len(s); n >= 2 && s[0] == '"' && s[n-1] == '"' {
		s = s[1 : n-1]
	}
	return foldBlanks(s)
}

func foldBlanks(s string) string {
	s = strings.Trim(s, " \t\r\n")
	if strings.ContainsAny(s, "\t\r\n") || strings.Contains(s, "  ") {
		s = strings.Join(strings.Fields(s), " ")
	}
	return s
}

// wellFormed reports an address with one "@" outside of quotes and something
// on both sides.
func wellFormed(address string) bool {
	at := strings.LastIndexByte(address, '@')
	if at <= 0 || at == len(address)-1 {
		return false
	}
	return strings.HasPrefix(address, `"`) || strings.IndexByte(address[:at], '@') < 0
}

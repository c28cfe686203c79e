package mime

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// params are the parameters of a structured field in order, names in lower
// case (RFC 2045 §5.1), RFC 2231 not yet undone.
type params []param

type param struct{ name, value string }

// parseParams divides a field into its value and its parameters. It accepts
// missing and doubled semicolons, blanks in unquoted values and comments.
func parseParams(field string) (value string, p params) {
	field = undoubled(field)
	i := strings.IndexAny(field, "; \t(")
	if i < 0 {
		return field, nil
	}
	value = strings.TrimRight(field[:i], ",")
	for rest := field[i:]; ; {
		rest = strings.TrimLeft(rest, "; \t,")
		if rest == "" {
			return value, p
		}
		var one param
		one, rest = nextParam(rest)
		if one.name != "" {
			p = append(p, one)
		} else if value == "" && one.value != "" {
			value = one.value
		}
	}
}

// undoubled decodes raw text of two octets a character: one of them may look
// like a quote or a backslash.
func undoubled(field string) string {
	if isASCII(field) {
		if strings.Contains(field, "\x1b$") {
			return decodeOr([]byte(field), "", guess).text
		}
		return field
	}
	if utf8.ValidString(field) {
		return field
	}
	if label := guessDouble([]byte(field)); label != "" {
		return clean(decoderOf(label)([]byte(field)))
	}
	return field
}

// nextParam reads name=value; without "=" the word is the value alone.
func nextParam(s string) (param, string) {
	end := strings.IndexAny(s, "=;\"(")
	switch {
	case end < 0:
		return param{value: strings.TrimSpace(s)}, ""
	case s[end] == '(':
		_, rest := cutComment(s[end:])
		return param{value: strings.TrimSpace(s[:end])}, rest
	case s[end] == '"':
		_, rest := cutQuoted(s[end:])
		return param{value: strings.TrimSpace(s[:end])}, rest
	case s[end] == ';':
		return param{value: strings.TrimSpace(s[:end])}, s[end:]
	}
	name := strings.ToLower(strings.TrimSpace(s[:end]))
	if i := strings.LastIndexAny(name, " \t"); i >= 0 {
		name = name[i+1:]
	}
	rest := strings.TrimLeft(s[end+1:], " \t")
	if strings.HasPrefix(rest, `"`) {
		value, rest := cutQuoted(rest)
		return param{name, value}, rest
	}
	value, rest := cutBare(rest)
	return param{name, value}, rest
}

// cutBare takes an unquoted value: up to the semicolon, a comment at its end
// left out.
func cutBare(s string) (value, rest string) {
	value = s
	if i := strings.IndexByte(s, ';'); i >= 0 {
		value, rest = s[:i], s[i:]
	}
	if i := nextBare(value); i > 0 {
		value, rest = s[:i], s[i:]
	}
	if i := strings.Index(value, " ("); i > 0 && strings.HasSuffix(strings.TrimSpace(value), ")") {
		value = value[:i]
	}
	return strings.TrimSpace(value), rest
}

// nextBare finds where a parameter that follows without a semicolon begins, 0
// if none does. Blanks are part of values, so that only names that mail has count.
func nextBare(value string) int {
	for at := 0; ; {
		i := strings.IndexByte(value[at:], '=')
		if i < 0 {
			return 0
		}
		at += i + 1
		name := strings.TrimRight(value[:at-1], " \t")
		begin := strings.LastIndexAny(name, " \t") + 1
		if begin > 0 && slices.Contains(unseparated, strings.ToLower(strings.TrimRight(name[begin:], "*"))) {
			return begin
		}
	}
}

var unseparated = []string{"charset", "name", "filename", "boundary", "format", "delsp", "type", "start", "report-type", "size", "protocol", "micalg"}

// cutQuoted takes a quoted string. A backslash quotes only a quote or another
// one: else it is part of a Windows path.
func cutQuoted(s string) (value, rest string) {
	value, rest, _ = cutQuotedPairs(s, `"\`)
	return value, rest
}

// cutQuotedPairs takes a quoted string in which a backslash quotes the
// characters of pairs, or any one if that is empty, and says whether its
// closing quote was there.
func cutQuotedPairs(s, pairs string) (value, rest string, closed bool) {
	if i := strings.IndexAny(s[1:], `"\\`); i >= 0 && s[i+1] == '"' {
		return s[1 : i+1], s[i+2:], true
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return b.String(), s[i+1:], true
		case c == '\\' && i+1 < len(s) && (pairs == "" || strings.IndexByte(pairs, s[i+1]) >= 0):
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), "", false
}

// cutComment takes a comment, others nested in it included (RFC 5322 §3.2.2).
func cutComment(s string) (text, rest string) {
	text, rest, _ = cutCommentEnd(s)
	return text, rest
}

// cutCommentEnd is cutComment, and says whether its end was there.
func cutCommentEnd(s string) (text, rest string, closed bool) {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return s[1:i], s[i+1:], true
			}
		}
	}
	return s[1:], "", false
}

// get returns a parameter's value: RFC 2231 first, then as it stands.
func (p params) get(name string) string {
	if s := p.extended(name); s != "" {
		return s
	}
	for _, one := range p {
		if one.name == name && one.value != "" {
			return one.value
		}
	}
	return ""
}

package ingest

import "strings"

// addrSpec takes the address out of what people and programs put around it: a
// name and brackets, mailto:, a route (RFC 5322 §4.4), comments (§3.2.2).
func addrSpec(s string) string {
	s = strings.TrimSpace(uncommented(s))
	if open := unquotedIndex(s, '<'); open >= 0 {
		s = strings.Trim(s[open:], "<> ")
	}
	s = strings.TrimPrefix(s, "mailto:")
	if route := unquotedIndex(s, ':'); route >= 0 && s[0] == '@' {
		s = s[route+1:]
	}
	return strings.TrimSpace(s)
}

// unquotedIndex finds c outside of quotes and address literals; -1 is nowhere.
func unquotedIndex(s string, c byte) int {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == '[' && !quoted:
			return -1
		case s[i] == c && !quoted:
			return i
		}
	}
	return -1
}

// uncommented drops comments, nested ones too. What is never closed is none.
func uncommented(s string) string {
	for {
		open := unquotedIndex(s, '(')
		if open < 0 {
			return s
		}
		depth, end := 0, -1
		for i := open; i < len(s) && end < 0; i++ {
			switch s[i] {
			case '\\':
				i++
			case '(':
				depth++
			case ')':
				if depth--; depth == 0 {
					end = i
				}
			}
		}
		if end < 0 {
			return s
		}
		s = s[:open] + s[end+1:]
	}
}

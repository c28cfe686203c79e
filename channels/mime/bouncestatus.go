package mime

import "strings"

// statusCode finds the first RFC 3463 code of one of the classes in s: class,
// subject 0 to 7, detail of up to three digits.
func statusCode(s, classes string) string {
	for i := 0; i+4 < len(s); i++ {
		if s[i+1] != '.' || s[i+3] != '.' || strings.IndexByte(classes, s[i]) < 0 || s[i+2] < '0' || s[i+2] > '7' || i > 0 && isCodeChar(s[i-1]) {
			continue
		}
		detail := digits(s[i+4:])
		end := i + 4 + detail
		if detail > 0 && detail <= 3 && (end >= len(s) || !isCodeChar(s[end]) || s[end] == '.' && (end+1 >= len(s) || !digit(s[end+1]))) {
			return s[i:end]
		}
	}
	return ""
}

// isCodeChar reports what goes on a longer number or word.
func isCodeChar(c byte) bool {
	return digit(c) || c == '.' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func digits(s string) int {
	n := 0
	for n < len(s) && n < 4 && digit(s[n]) {
		n++
	}
	return n
}

// replyCode finds the first reply code of an SMTP server that refused (RFC
// 5321 §4.2.1): 4 or 5, then 0 to 5, standing for itself before its text.
func replyCode(s string) string {
	for i := 0; i+3 < len(s); i++ {
		if (s[i] != '4' && s[i] != '5') || s[i+1] < '0' || s[i+1] > '5' || !digit(s[i+2]) || i > 0 && strings.IndexByte(" \t(:;'\"[#=", s[i-1]) < 0 {
			continue
		}
		if rest := s[i+3:]; strings.IndexByte(" -#)]'\"", rest[0]) >= 0 && saysRefusal(s[:i], rest) {
			return s[i : i+3]
		}
	}
	return ""
}

// saysRefusal tells a reply code from a number in a sentence: it begins the
// line or stands behind punctuation or a word of servers.
func saysRefusal(before, after string) bool {
	before = strings.TrimRight(before, " \t")
	if before == "" || strings.IndexByte(":;<>('\"[#=,", before[len(before)-1]) >= 0 {
		return true
	}
	if digit(after[len(after)-1]) && len(after) < 3 {
		return false
	}
	return containsAny(strings.ToLower(before[max(0, len(before)-12):]), []string{"said", "error", "code", "response", "returned", "with", "reply", "smtp", "status"})
}

// guessStatus reads a code out of the words systems use, in any case; "" if
// none is known. The class tells a failure from a delay. 552 alone says that
// the mailbox is full (RFC 5321 §4.2.3).
func guessStatus(s string, class byte) string {
	s = plainLower(s)
	for _, row := range statusWords {
		if containsAny(s, row.words) {
			return string(class) + "." + row.detail
		}
	}
	if replyCode(s) == "552" {
		return "5.2.2"
	}
	return ""
}

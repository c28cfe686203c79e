package mime

import (
	"slices"
	"strings"
)

// recipientOf reads a line that begins with an address: "<a@b>: why", "a@b",
// "a@b... why", "a@b [why]", "a@b on Friday", "Recipient: a@b",
// "550 <a@b>... why".
func recipientOf(line string) (address, why string) {
	if !strings.Contains(line, "@") {
		return "", ""
	}
	line = strings.TrimLeft(strings.ReplaceAll(line, "：", ":"), " \t*-•|>")
	line = strings.TrimPrefix(line, "<<< ")
	code := ""
	if isReplyLine(line) {
		code, line = line, strings.TrimSpace(strings.TrimLeft(line, "0123456789.- "))
	}
	if label, rest, ok := strings.Cut(line, ":"); ok && isRecipientLabel(label) {
		line = strings.TrimSpace(rest)
		if code == "" && guessStatus(label, '5') != "" {
			code = label // "Unknown user: a@b"
		}
	}
	if address, why = leadingAddress(line); address == "" {
		return "", ""
	}
	if code != "" {
		return address, code
	}
	return address, why
}

// leadingAddress cuts an address off a line's beginning, if what is left may
// stand behind one.
func leadingAddress(line string) (address, why string) {
	line = strings.TrimLeft(line, `["'`)
	if hasPrefixFold(line, "smtp:") {
		line = line[len("smtp:"):]
	}
	if inner, ok := strings.CutPrefix(line, "<"); ok {
		address, why, ok = strings.Cut(inner, ">")
		if !ok || !isPlainAddress(address) {
			return "", ""
		}
	} else {
		address, why = line, ""
		if i := strings.IndexAny(line, " \t<([>"); i >= 0 {
			address, why = line[:i], strings.TrimSpace(line[i:])
		}
		address = strings.TrimRight(address, `:.;,"'])`)
		if !isPlainAddress(address) || !saysWhy(why) {
			return "", ""
		}
	}
	if again, _ := angled(why); strings.EqualFold(again, address) || hasPrefixFold(again, "mailto:") {
		why = ""
	}
	return bareAddress(address), strings.TrimLeft(why, `:.;, >])"`)
}

// saysWhy reports what may stand behind a recipient; a sentence goes on with
// other words.
func saysWhy(rest string) bool {
	if rest == "" || strings.ContainsAny(rest[:1], "<([:;.->") || digit(rest[0]) {
		return true
	}
	lower := strings.ToLower(rest)
	return strings.HasPrefix(lower, "on ") || strings.HasPrefix(lower, "smtp") || strings.HasPrefix(lower, "failed") || guessStatus(lower, '5') != ""
}

// isRecipientLabel reports what stands before a recipient's address, and not
// before a sender's.
func isRecipientLabel(label string) bool {
	label = strings.ToLower(strings.TrimSpace(label))
	return len(label) < 60 && containsAny(label, recipientLabels) && !containsAny(label, []string{"sender", "from", "reply"})
}

// namesRecipient reports a line whose addresses may be a recipient's: no field
// about the sender, and no advice whom to ask.
func namesRecipient(line string) bool {
	lower := strings.ToLower(strings.TrimSpace(line))
	label, _, ok := strings.Cut(lower, ":")
	if ok && slices.Contains([]string{"from", "sender", "reply-to", "message-id", "subject", "date", "cc", "mail from", "original sender", "von", "de", "betreff", "references", "in-reply-to"}, label) {
		return false
	}
	return strings.Contains(lower, "@") && !containsAny(lower, []string{"contact ", "assistance", "questions"})
}

// angled takes the brackets and punctuation off a word, "TO:<a@b>," too.
func angled(word string) (inner string, angle bool) {
	angle = strings.HasPrefix(strings.TrimLeft(word, "(\"'"), "<")
	if _, after, ok := strings.Cut(word, ":<"); ok {
		word, angle = after, true
	}
	for _, kind := range []string{"SMTP=", "smtp=", "[SMTP:", "[smtp:", "rfc822;", "RFC822;"} {
		if _, after, ok := strings.Cut(word, kind); ok {
			word = after
		}
	}
	word, _, _ = strings.Cut(strings.Trim(word, "<>()[]\"'“”„«».,;:!"), ">")
	if before, _, ok := strings.Cut(word, "<mailto:"); ok && before != "" {
		word = before
	}
	return word, angle
}

// isPlainAddress reports an address without blanks or brackets.
func isPlainAddress(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	return ok && local != "" && domain != "" && len(s) < 320 && !strings.ContainsAny(s, " \t<>()[]\",;") && !strings.Contains(domain, "@") &&
		!strings.HasPrefix(domain, ".") && !strings.Contains(s, "://")
}

// isReplyLine reports a line that begins with a server's answer (RFC 5321 §4.2).
func isReplyLine(line string) bool {
	return len(line) > 4 && (line[0] == '4' || line[0] == '5') && digit(line[1]) && digit(line[2]) && (line[3] == ' ' || line[3] == '-')
}

package mime

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// autoReply tells what no person wrote: by the headers that say so (RFC 3834
// and those in use besides it), by a calendar's answer, by the subject, and by
// what the text says of itself.
func (a *classifier) autoReply() string {
	if a.autoSubmitted() {
		return "header:auto-submitted"
	}
	for _, name := range autoHeaders {
		if v := a.header(name); v != "" && v != "no" && v != "false" {
			return "header:" + strings.ToLower(name)
		}
	}
	for _, row := range autoValues {
		for _, value := range a.root.head.Values(row.header) {
			if !strings.Contains(value, "@") && slices.ContainsFunc(valueWords(value), func(word string) bool { return slices.Contains(row.words, word) }) {
				return "header:" + strings.ToLower(row.header)
			}
		}
	}
	switch {
	case a.answersInvitation():
		return "content-type:calendar-reply"
	case a.outOfOffice():
		return "subject:out-of-office"
	case a.bulk() && a.firstHeader(listHeaders) == "" && (a.mail.InReplyTo != "" || isAnswer(a.mail.Subject)) && containsAny(plainLower(a.ownText()), awayTexts):
		return "text:out-of-office"
	}
	return a.saysGenerated()
}

// autoSubmitted reads RFC 3834 §5: anything but "no", whatever parameters.
func (a *classifier) autoSubmitted() bool {
	word := valueWords(a.header("Auto-Submitted"))
	return len(word) > 0 && word[0] != "no"
}

// valueWords cuts a header's value into words in lower case.
func valueWords(value string) []string {
	return strings.FieldsFunc(strings.ToLower(value), func(c rune) bool {
		return c != '-' && c != '_' && !unicode.IsLetter(c) && !unicode.IsDigit(c)
	})
}

// answersInvitation finds a calendar's REPLY or COUNTER (RFC 5546 §3.2).
func (a *classifier) answersInvitation() bool {
	return slices.ContainsFunc(allMedia(a.root, []string{"text/calendar"}), func(part *entity) bool {
		method := strings.ToLower(part.param.get("method"))
		for name, value := range statusFields([]byte(shorten(string(bodyOf(part)), maxWords))) {
			if name == "method" && method == "" {
				method = strings.ToLower(value)
			}
		}
		return method == "reply" || method == "counter"
	})
}

// outOfOffice knows the subjects of automatic replies, in the language's own
// words at the subject's beginning or set in brackets. What goes on as a
// sentence is a person's: "Out of office hours question".
func (a *classifier) outOfOffice() bool {
	subject := plainLower(a.mail.Subject)
	bare := strings.TrimLeft(subject, "[({【*#<\"' \t")
	for _, words := range autoSubjects {
		rest, ok := strings.CutPrefix(bare, words)
		if ok && (strings.HasSuffix(words, ":") || endsThere(rest, a.mail.InReplyTo != "")) {
			return true
		}
		if i := strings.Index(subject, words); i > 0 && strings.IndexByte("[(", subject[i-1]) >= 0 && strings.IndexAny(subject[i+len(words):], "])") == 0 {
			return true
		}
	}
	return false
}

// endsThere reports what may follow an automatic reply's words: nothing,
// punctuation, how such subjects go on; anything, if the mail answers another.
func endsThere(rest string, answers bool) bool {
	trimmed := strings.TrimLeft(rest, " \t\u00a0")
	first, _ := utf8.DecodeRuneInString(trimmed)
	switch {
	case trimmed == "", !unicode.IsLetter(first) && !unicode.IsDigit(first):
		return true
	case len(trimmed) == len(rest):
		return false // the word goes on
	case answers:
		return true
	}
	word, _, _ := strings.Cut(trimmed, " ")
	return slices.Contains(autoFollows, strings.TrimRight(word, ":;.,!"))
}

// ownText is what the mail itself says, without what it quotes.
func (a *classifier) ownText() string {
	text := a.mail.ReplyText
	if a.mail.Signature != "" {
		text += "\n" + a.mail.Signature
	}
	return shorten(text, maxWords)
}

// saysGenerated reads sentences that say nobody wrote the mail, or that nobody
// reads the answers to it. A person who answers or forwards may quote one.
func (a *classifier) saysGenerated() string {
	if isAnswer(a.mail.Subject) {
		return ""
	}
	text, machine := a.ownText(), a.author() >= byMachine
	switch {
	case (machine || a.mail.InReplyTo == "") && startsGenerated.beginsSentence(text):
		return "text:auto-generated"
	case a.marksGenerated():
		return "subject:auto-generated"
	case machine && startsUnread.beginsSentence(text):
		return "text:do-not-reply"
	}
	return ""
}

// marksGenerated finds a mark in brackets at the subject's beginning: "[AUTO
// GENERATED] Backup done". Without brackets it may be what a person asks about.
func (a *classifier) marksGenerated() bool {
	subject := plainLower(a.mail.Subject)
	if subject == "" || strings.IndexByte("[(", subject[0]) < 0 {
		return false
	}
	mark, _, closed := strings.Cut(subject[1:], closing[subject[0]])
	return closed && slices.Contains(generatedMarks, strings.TrimSpace(mark))
}

// closing is the bracket that ends a mark.
var closing = map[byte]string{'[': "]", '(': ")"}

var (
	startsGenerated = indexed(withApostrophes(generatedTexts))
	startsUnread    = indexed(withApostrophes(unreadTexts))
)

package mime

import (
	"slices"
	"strings"

	"github.com/emersion/go-message/textproto"
)

// returnedMedia are the types under which a message comes back, whole or its
// header alone (RFC 3462 §2, RFC 6533 §5).
var returnedMedia = []string{"message/rfc822", "text/rfc822-headers", "text/rfc822", "message/rfc822-headers", "message/global", "message/global-headers", "message/partial"}

// returned is what the header of the message that came back says.
type returned struct {
	id string
	to []string // whom it was for
}

// returnedHead finds that header: in a part of its own, labelled or not, or
// in the text behind the report.
func returnedHead(root *entity, t bounceText) returned {
	var found returned
	for _, part := range allMedia(root, returnedMedia) {
		found.take(blockOf(bodyOf(part)))
	}
	for _, part := range leaves(root, nil) {
		if part != root {
			found.take(part.head) // a header put where the part's own belongs
		}
	}
	for _, part := range leaves(root, nil) {
		if found.id == "" && part != root && strings.HasPrefix(part.media, "text/") && part.media != "text/html" {
			found.take(blockOf(bodyOf(part)))
		}
	}
	found.take(t.head())
	if found.id == "" {
		found.id = messageIDIn(strings.Split(shorten(t.returned, maxHeader), "\n"))
	}
	return found
}

// take fills in what is not known yet.
func (r *returned) take(h textproto.Header) {
	if r.id == "" {
		r.id = firstID(h.Get("Message-Id"))
	}
	if len(r.to) == 0 {
		list, _ := parseAddresses(h.Get("To"), "")
		for _, box := range list {
			if strings.Contains(box.Address, "@") {
				r.to = append(r.to, box.Address)
			}
		}
	}
}

// head is the header of the message that came back as text.
func (t bounceText) head() textproto.Header {
	lines := strings.Split(strings.TrimLeft(shorten(t.returned, maxHeader), "\r\n-=_* \t"), "\n")
	if indent := t.indent(); indent != "" {
		for i := range lines {
			lines[i] = strings.TrimPrefix(lines[i], indent)
		}
	}
	return blockOf([]byte(strings.Join(lines, "\n")))
}

// indent is what stands before each line of a message that came back quoted
// or indented.
func (t bounceText) indent() string {
	first := strings.TrimLeft(t.returned, "\r\n")
	first, _, _ = strings.Cut(first, "\n")
	return first[:len(first)-len(strings.TrimLeft(first, "> \t"))]
}

// messageIDIn finds a Message-ID field among lines, quoted, indented or folded.
func messageIDIn(lines []string) string {
	const name = "message-id:"
	for i, line := range lines {
		line = strings.TrimLeft(line, "> \t")
		if len(line) < len(name) || !strings.EqualFold(line[:len(name)], name) {
			continue
		}
		value := strings.TrimSpace(line[len(name):])
		if value == "" && i+1 < len(lines) {
			value = strings.TrimLeft(lines[i+1], "> \t")
			if !strings.HasPrefix(strings.TrimSpace(lines[i+1]), "<") {
				value = ""
			}
		}
		if id := firstID(value); id != "" {
			return id
		}
	}
	return ""
}

// isReturned reports a line that announces the message which came back: set
// off by a rule, or ending as an announcement does.
func isReturned(line string) bool {
	line = strings.ToLower(strings.TrimSpace(line))
	words := strings.Trim(line, "-=*_|#>~ \t:.")
	if words == "" || len(words) > 120 || strings.HasPrefix(words, "original message details") || strings.HasPrefix(words, "original message was") {
		return false
	}
	starts := func(known string) bool { return strings.HasPrefix(words, known) }
	if !slices.ContainsFunc(returnedLines, starts) {
		return false
	}
	set := strings.ContainsAny(line[:1], "-=*_|#") || strings.HasSuffix(line, ":") || strings.HasSuffix(line, "-")
	return set || slices.Contains(returnedLines, words) || containsAny(words, []string{"follow", "below", "copy", "headers"})
}

// fromField drops what still announces the message: up to some lines that are
// no header field.
func fromField(text string) string {
	for rest, n := text, 0; n < 6 && rest != ""; n++ {
		line, next, _ := strings.Cut(rest, "\n")
		if _, _, ok := statusLine([]byte(strings.TrimLeft(line, "> \t"))); ok {
			return rest
		}
		rest = next
	}
	return text
}

// beginsReturned reports the first line of a message that nothing announces.
func beginsReturned(line string) bool {
	return hasPrefixFold(line, "received: ") || hasPrefixFold(line, "received:from ") || hasPrefixFold(line, "return-path:")
}

package mime

import (
	"slices"
	"strings"
)

// Bounds of a report that is read as text.
const (
	maxReport     = 1000 // lines
	maxReportLine = 500  // octets of a line
	maxReason     = 12   // lines that say why, behind a recipient
)

// bounceText is a delivery failure that says in words what RFC 3464 says in
// fields: first the report, then, behind a line that is known, the message
// that came back.
type bounceText struct {
	report   []string
	returned string
}

// dividedBounce finds where the returned message begins.
func dividedBounce(text string) bounceText {
	var t bounceText
	for rest := text; rest != "" && len(t.report) < maxReport; {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		if isReturned(line) {
			t.returned = rest
			break
		}
		t.report = append(t.report, strings.TrimRight(shorten(line, maxReportLine), " \t"))
	}
	return t
}

// isReturned reports a line that announces the returned message.
func isReturned(line string) bool {
	line = strings.ToLower(strings.Trim(line, "-=*_ \t\r:."))
	return line != "" && len(line) < 120 && !strings.HasPrefix(line, "original message details") &&
		slices.ContainsFunc(returnedLines, func(words string) bool { return strings.HasPrefix(line, words) })
}

// failures reads who was not reached: the lines that begin with a recipient,
// else the first address that is not one of the mail's own.
func (t bounceText) failures(m *Mail, root *entity) []Failure {
	action := "failed"
	if containsAny(strings.ToLower(m.Subject+"\n"+strings.Join(t.report, "\n")), delayedTexts) {
		action = "delayed"
	}
	own := ownAddresses(m)
	out := t.listed(own, action)
	if list, _ := parseAddresses(root.head.Get("X-Failed-Recipients"), ""); len(out) == 0 {
		for _, box := range list[:min(len(list), maxFailures)] {
			out = append(out, Failure{Address: box.Address, Action: action})
		}
	}
	if len(out) == 0 {
		if address := t.mentioned(own); address != "" {
			out = append(out, Failure{Address: address, Action: action})
		}
	}
	return out
}

// ownAddresses are those of the bounce itself: they are nobody's who was not
// reached.
func ownAddresses(m *Mail) map[string]bool {
	own := map[string]bool{}
	for _, box := range m.To {
		own[strings.ToLower(box.Address)] = true
	}
	if m.From != nil {
		own[strings.ToLower(m.From.Address)] = true
	}
	return own
}

// listed reads lines that begin with a recipient, each with the lines behind
// it that say why.
func (t bounceText) listed(own map[string]bool, action string) []Failure {
	out := []Failure{}
	seen := map[string]bool{}
	for i, line := range t.report {
		address, why := recipientOf(line)
		key := strings.ToLower(address)
		if address == "" || own[key] || seen[key] || len(out) == maxFailures {
			continue
		}
		seen[key] = true
		out = append(out, Failure{Address: address, Action: action, Diagnostic: t.reason(i+1, why)})
	}
	return out
}

// reason joins what stands on a recipient's line with the lines behind it, up
// to a blank line or the next recipient.
func (t bounceText) reason(from int, why string) string {
	words := strings.Fields(why)
	for i := from; i < len(t.report) && i < from+maxReason; i++ {
		line := strings.TrimSpace(t.report[i])
		if line == "" {
			if len(words) > 0 {
				break
			}
			continue
		}
		if address, _ := recipientOf(t.report[i]); address != "" {
			break
		}
		if strings.HasPrefix(line, "---") || len(words) == 0 && len(line) < 30 && endsInColon(line) {
			continue // a rule or "because:"
		}
		words = append(words, strings.Fields(line)...)
	}
	return shorten(strings.Join(words, " "), 1000)
}

// recipientOf reads a line that begins with an address: "<a@b>: why", "a@b",
// "a@b... why", "a@b [why]", "a@b on Friday", "Recipient: a@b".
func recipientOf(line string) (address, why string) {
	line = strings.TrimLeft(line, " \t*-•")
	if label, rest, ok := strings.Cut(line, ":"); ok && len(label) < 40 && isRecipientLabel(label) {
		line = strings.TrimSpace(rest)
	}
	if !strings.Contains(line, "@") {
		return "", ""
	}
	if inner, ok := strings.CutPrefix(line, "<"); ok {
		address, why, ok = strings.Cut(inner, ">")
		if !ok || !isPlainAddress(address) {
			return "", ""
		}
		return bareAddress(address), strings.TrimLeft(why, ":.;, \t")
	}
	address, why = line, ""
	if i := strings.IndexAny(line, " \t"); i >= 0 {
		address, why = line[:i], strings.TrimSpace(line[i:])
	}
	address = strings.TrimRight(address, ":.;,")
	if !isPlainAddress(address) || !saysWhy(why) {
		return "", ""
	}
	return bareAddress(address), strings.TrimLeft(why, ":.;, \t")
}

// saysWhy reports what may stand behind a recipient; a sentence goes on with
// other words.
func saysWhy(rest string) bool {
	if rest == "" || strings.ContainsAny(rest[:1], "<([:;.-") || digit(rest[0]) {
		return true
	}
	lower := strings.ToLower(rest)
	return strings.HasPrefix(lower, "on ") || strings.HasPrefix(lower, "... ") || strings.HasPrefix(lower, "smtp")
}

func isRecipientLabel(label string) bool {
	label = strings.ToLower(strings.TrimSpace(label))
	return containsAny(label, recipientLabels)
}

// isPlainAddress reports an address without blanks or brackets.
func isPlainAddress(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	return ok && local != "" && domain != "" && len(s) < 320 && !strings.ContainsAny(s, " \t<>()[]\",;") && !strings.Contains(domain, "@") &&
		!strings.HasPrefix(domain, ".")
}

// mentioned is the first address in the report's sentences that is not the
// mail's own; one in angle brackets before others.
func (t bounceText) mentioned(own map[string]bool) string {
	first := ""
	for _, line := range t.report {
		for _, word := range strings.Fields(line) {
			bracketed := strings.HasPrefix(strings.TrimLeft(word, "(\"'"), "<") || strings.Contains(word, ":<")
			_, after, ok := strings.Cut(word, ":<")
			if ok {
				word = after
			}
			word, _, _ = strings.Cut(strings.Trim(word, "<>()[]\"'.,;:"), ">")
			if !isPlainAddress(word) || own[strings.ToLower(word)] || isDaemon(word) {
				continue
			}
			if bracketed {
				return bareAddress(word)
			}
			if first == "" {
				first = bareAddress(word)
			}
		}
	}
	return first
}

func isDaemon(address string) bool {
	local, _, _ := strings.Cut(strings.ToLower(address), "@")
	return slices.Contains(daemons, local)
}

// complete fills in what a recipient's own words do not say: the status and
// the reason that the report gives for all.
func (t bounceText) complete(f *Failure) {
	if f.Status == "" {
		f.Status = statusCode(f.Diagnostic)
	}
	for _, line := range t.report {
		if f.Status != "" && f.Diagnostic != "" {
			return
		}
		code := statusCode(line)
		if code == "" && !isReplyLine(line) {
			continue
		}
		if f.Diagnostic == "" {
			f.Diagnostic = shorten(strings.Join(strings.Fields(line), " "), 1000)
		}
		if f.Status == "" {
			f.Status = code
		}
	}
}

// isReplyLine reports a line that gives a server's answer (RFC 5321 §4.2).
func isReplyLine(line string) bool {
	line = strings.TrimLeft(line, " \t#<>'\"")
	return len(line) > 4 && (line[0] == '4' || line[0] == '5') && digit(line[1]) && digit(line[2]) && (line[3] == ' ' || line[3] == '-')
}

// messageID finds the returned message's id in the text.
func (t bounceText) messageID() string {
	head := shorten(t.returned, maxHeader)
	for head != "" {
		var line string
		line, head, _ = strings.Cut(head, "\n")
		if id := idOf(line); id != "" {
			return id
		}
	}
	for _, line := range t.report {
		if id := idOf(line); id != "" {
			return id
		}
	}
	return ""
}

// idOf reads a line that is a Message-ID field, quoted or indented.
func idOf(line string) string {
	line = strings.TrimLeft(line, "> \t")
	const name = "message-id:"
	if len(line) < len(name) || !strings.EqualFold(line[:len(name)], name) {
		return ""
	}
	return firstID(line[len(name):])
}

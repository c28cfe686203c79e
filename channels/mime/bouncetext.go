package mime

import (
	"cmp"
	"slices"
	"strings"
)

// Bounds of a report that is read as text.
const (
	maxReport     = 1000 // lines
	maxReportLine = 500  // octets of a line
	maxReason     = 12   // lines that say why, behind a recipient
	maxGap        = 2    // blank lines between a recipient and why
	maxWords      = 8000 // characters of the report that are searched for known words
)

// bounceText is a delivery failure that says in words what RFC 3464 says in
// fields: first the report, then, behind a line that is known, the message
// that came back.
type bounceText struct {
	report   []string
	returned string
	coded    string // the first line of the report that gives a code or a server's answer

	all string            // subject and report in lower case, shortened; see prepare
	why map[string]string // the reason that the report gives for a recipient
}

// dividedBounce finds where the returned message begins.
func dividedBounce(text string) bounceText {
	var t bounceText
	for rest := text; rest != "" && len(t.report) < maxReport; {
		line, next, _ := strings.Cut(rest, "\n")
		if isReturned(line) {
			t.returned = fromField(next)
			break
		}
		if beginsReturned(line) && len(t.report) > 0 && strings.TrimSpace(t.report[len(t.report)-1]) == "" {
			t.returned = rest
			break
		}
		t.add(strings.TrimRight(shorten(line, maxReportLine), " \t\r"))
		rest = next
	}
	return t
}

func (t *bounceText) add(line string) {
	t.report = append(t.report, line)
	if t.coded == "" && (statusCode(line, "45") != "" || replyCode(line) != "") {
		t.coded = strings.Join(strings.Fields(line), " ")
	}
}

// failures reads who was not reached: the lines that begin with a recipient,
// else whom the header names, else an address in a sentence that is not one of
// the mail's own, else whom the returned message was for.
func (t bounceText) failures(m *Mail, root *entity, back returned) []Failure {
	own := ownAddresses(m)
	if out := t.listed(own); len(out) > 0 {
		return out
	}
	out := []Failure{}
	list, _ := parseAddresses(root.head.Get("X-Failed-Recipients"), "")
	for _, box := range list[:min(len(list), maxFailures)] {
		out = append(out, Failure{Address: box.Address})
	}
	if address := t.mentioned(own, back); len(out) == 0 && address != "" {
		out = append(out, Failure{Address: address})
	}
	if len(out) == 0 && len(back.to) == 1 {
		out = append(out, Failure{Address: back.to[0]})
	}
	if len(out) == 0 {
		return t.listed(nil)
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

// listed reads lines that begin with a recipient, each with the lines around
// it that say why.
func (t bounceText) listed(own map[string]bool) []Failure {
	out := []Failure{}
	at := map[string]int{}
	for i, line := range t.report {
		address, why := recipientOf(line)
		key := strings.ToLower(address)
		if address == "" || own[key] {
			continue
		}
		reason := t.reason(i, address, why)
		switch n, seen := at[key]; {
		case seen && !answered(out[n].Diagnostic) && answered(reason):
			out[n].Diagnostic = reason // first the advice for people, then the server's words
		case !seen && len(out) < maxFailures:
			at[key] = len(out)
			out = append(out, Failure{Address: address, Diagnostic: reason})
		}
	}
	return out
}

// reason joins what stands on a recipient's line with the lines behind it, up
// to a blank line or another recipient; with those before it if none is behind.
func (t bounceText) reason(at int, address, why string) string {
	words := strings.Fields(why)
	for i, gap := at+1, 0; i < len(t.report) && i <= at+maxReason && gap <= maxGap; i++ {
		line := strings.TrimSpace(t.report[i])
		if line == "" {
			if len(words) > 0 {
				break
			}
			gap++
			continue
		}
		if other, _ := recipientOf(line); other != "" && !strings.EqualFold(other, address) || answersAgain(t.report[i-1], line) {
			break
		}
		if strings.HasPrefix(line, "---") || strings.HasPrefix(line, ">>> ") || strings.Trim(line, "=_") == "" || len(words) == 0 && announces(line) {
			continue // a rule, a command or "because:"
		}
		words = append(words, strings.Fields(line)...)
	}
	for i := at - 1; len(words) == 0 && i >= 0 && i >= at-2; i-- {
		if line := strings.TrimSpace(t.report[i]); line != "" && !endsInColon(line) && !strings.HasPrefix(line, "--") {
			words = strings.Fields(line)
		}
	}
	return shorten(strings.Join(words, " "), 1000)
}

// announces reports a line that only says that something follows.
func announces(line string) bool {
	return endsInColon(line) && (len(line) < 30 || containsAny(strings.ToLower(line), []string{"following", "details"}))
}

// answersAgain reports a second answer of a server; "550-" goes on, "550 " ends one.
func answersAgain(before, line string) bool {
	before = strings.TrimPrefix(strings.TrimSpace(before), "<<< ")
	return isReplyLine(line) && isReplyLine(before) && before[3] == ' '
}

// prepare gets ready what complete looks at for each recipient.
func (t *bounceText) prepare(subject string) {
	t.all = plainLower(shorten(subject+"\n"+strings.Join(t.report, "\n"), maxWords))
	t.why = map[string]string{}
	for _, f := range t.listed(nil) {
		t.why[strings.ToLower(f.Address)] = f.Diagnostic
	}
}

// complete fills in what a recipient's own words do not say: the reason and
// the action that the report gives for all, and the status.
func (t *bounceText) complete(f *Failure) {
	if f.Diagnostic == "" {
		f.Diagnostic = t.why[strings.ToLower(f.Address)]
	}
	if t.coded != "" && (f.Diagnostic == "" || f.Status == "" && !telling(f.Diagnostic)) {
		f.Diagnostic = shorten(t.coded, 1000)
	}
	if f.Action == "" {
		f.Action = "failed"
		if containsAny(t.all, delayedTexts) {
			f.Action = "delayed"
		}
	}
	if f.Status == "" {
		f.Status = t.status(f)
	}
}

// answered reports a reason that gives a server's answer.
func answered(reason string) bool {
	return statusCode(reason, "45") != "" || replyCode(reason) != ""
}

// telling reports a reason out of which a status can be read.
func telling(reason string) bool { return answered(reason) || guessStatus(reason, '5') != "" }

// status reads the recipient's reason, then the report.
func (t *bounceText) status(f *Failure) string {
	class := byte('5')
	if f.Action == "delayed" || strings.HasPrefix(replyCode(f.Diagnostic), "4") {
		class = '4'
	}
	if code := statusCode(f.Diagnostic, "45"); code != "" {
		return code
	}
	if code := guessStatus(f.Diagnostic, class); code != "" {
		return code
	}
	if code := statusCode(t.coded, "45"); code != "" {
		return code
	}
	return guessStatus(t.all, class)
}

// mentioned is the first address in the report's sentences that is not the
// mail's own: one that the returned message was for, else one in angle
// brackets, else one outside a To field, before others.
func (t bounceText) mentioned(own map[string]bool, back returned) string {
	var ranks [3]string
	for _, line := range t.report {
		if !namesRecipient(line) {
			continue
		}
		for _, word := range strings.Fields(line) {
			inner, angle := angled(word)
			if !isPlainAddress(inner) || own[strings.ToLower(inner)] || isDaemon(inner) {
				continue
			}
			if slices.ContainsFunc(back.to, func(to string) bool { return strings.EqualFold(to, inner) }) {
				return bareAddress(inner)
			}
			rank := 1
			switch {
			case hasPrefixFold(strings.TrimSpace(line), "to:"):
				rank = 2
			case angle:
				rank = 0
			}
			if ranks[rank] == "" {
				ranks[rank] = bareAddress(inner)
			}
		}
	}
	return cmp.Or(ranks[:]...)
}

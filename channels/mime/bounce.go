package mime

import (
	"bufio"
	"bytes"
	"iter"
	"slices"
	"strings"

	"github.com/emersion/go-message/textproto"
)

// Bounce is what a delivery failure says.
type Bounce struct {
	Recipients        []Failure `json:"recipients"`
	OriginalMessageID string    `json:"original_message_id"`
}

// Failure is what became of one recipient (RFC 3464 §2.3).
type Failure struct {
	Address    string `json:"address"`
	Action     string `json:"action"`
	Status     string `json:"status"` // RFC 3463 code, "" if none can be known
	Diagnostic string `json:"diagnostic"`
}

// maxFailures bounds the recipients of a bounce.
const maxFailures = 100

// bounce tells delivery failures: reports, and texts from a mail system that
// say so. A person's answer to one comes from a person.
func (a *classifier) bounce() string {
	switch {
	case strings.EqualFold(a.root.param.get("report-type"), "delivery-status"):
		return "report-type:delivery-status"
	case findMedia(a.root, "message/delivery-status") != nil && (a.root.media == "multipart/report" || a.fromSystem()):
		return "content-type:delivery-status"
	case a.root.head.Has("X-Failed-Recipients"):
		return "header:x-failed-recipients"
	case !a.fromSystem():
		return ""
	case containsAny(strings.ToLower(a.mail.Subject), bounceSubjects):
		return "subject:non-delivery"
	case containsAny(strings.ToLower(shorten(a.mail.Text, 4000)), bounceTexts):
		return "text:non-delivery"
	}
	return ""
}

func containsAny(s string, list []string) bool {
	return slices.ContainsFunc(list, func(words string) bool { return strings.Contains(s, words) })
}

// fromSystem reports a mail of a mail server: from its daemon, or with the
// null return path (RFC 5321 §4.5.5).
func (a *classifier) fromSystem() bool {
	if strings.TrimSpace(a.root.head.Get("Return-Path")) == "<>" {
		return true
	}
	if a.mail.From == nil {
		return false
	}
	return isDaemon(a.mail.From.Address) || containsAny(strings.ToLower(a.mail.From.Name), daemonNames)
}

func findMedia(e *entity, media string) *entity {
	if e.media == media {
		return e
	}
	for _, kid := range e.kids {
		if found := findMedia(kid, media); found != nil {
			return found
		}
	}
	return nil
}

// readBounce reads the report, or what the text tells in its stead.
func readBounce(m *Mail, root *entity) *Bounce {
	b := &Bounce{Recipients: []Failure{}}
	t := dividedBounce(m.Text)
	for _, media := range []string{"message/delivery-status", "message/global-delivery-status", "text/delivery-status"} {
		if status := findMedia(root, media); status != nil && len(b.Recipients) == 0 {
			b.Recipients = readStatus(bodyOf(status))
		}
	}
	if len(b.Recipients) == 0 {
		b.Recipients = readStatus([]byte(m.Text))
	}
	if len(b.Recipients) == 0 {
		b.Recipients = t.failures(m, root)
	}
	for i := range b.Recipients {
		t.complete(&b.Recipients[i])
	}
	for _, media := range []string{"message/rfc822", "text/rfc822-headers", "text/rfc822", "message/rfc822-headers", "message/global", "message/global-headers"} {
		if original := findMedia(root, media); original != nil && b.OriginalMessageID == "" {
			h := blockOf(bodyOf(original))
			b.OriginalMessageID = firstID(h.Get("Message-Id"))
		}
	}
	if b.OriginalMessageID == "" {
		b.OriginalMessageID = t.messageID()
	}
	return b
}

// bodyOf decodes a small part.
func bodyOf(e *entity) []byte {
	name, _ := transferOf(e.head.Get("Content-Transfer-Encoding"))
	var out bytes.Buffer
	transfer(&cappedWriter{buf: &out, left: maxHeader}, name, e.body)
	return out.Bytes()
}

// blockOf reads a header block out of a body.
func blockOf(body []byte) textproto.Header {
	block, _ := splitHeader(newReader(Options{}), "", trimFront(body))
	h, _ := textproto.ReadHeader(bufio.NewReader(bytes.NewReader(block)))
	return h
}

// readStatus reads a delivery status (RFC 3464 §2.1), field by field: many
// lack the blank lines between its groups. A field that the recipient under
// way has, and that names one, begins the next.
func readStatus(body []byte) []Failure {
	out := []Failure{}
	var f Failure
	named := map[string]bool{}
	end := func() {
		if f.Address != "" && len(out) < maxFailures {
			out = append(out, f)
		}
		f, named = Failure{}, map[string]bool{}
	}
	for name, value := range statusFields(body) {
		if strings.HasSuffix(name, "-recipient") {
			if named[name] || f.Status != "" || f.Action != "" {
				end()
			}
			named[name] = true
		}
		f.take(name, value)
	}
	end()
	return out
}

// take reads one field of a recipient's group (RFC 3464 §2.3).
func (f *Failure) take(name, value string) {
	switch name {
	case "final-recipient":
		f.Address = bareAddress(afterType(value))
	case "original-recipient", "x-actual-recipient":
		if f.Address == "" {
			f.Address = bareAddress(afterType(value))
		}
	case "action":
		f.Action, _, _ = strings.Cut(clean(strings.ToLower(value)), " ")
	case "status":
		f.Status = statusCode(value)
	case "diagnostic-code":
		f.Diagnostic = shorten(clean(afterType(value)), 1000)
	}
}

// statusFields yields the fields of a delivery status, unfolded, their names
// in lower case.
func statusFields(body []byte) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		var name, value string
		for len(body) > 0 {
			var line []byte
			line, body = cutLine(body)
			if len(line) > 0 && (line[0] == ' ' || line[0] == '\t') {
				value += " " + strings.TrimSpace(string(line))
				continue
			}
			if name != "" && !yield(name, value) {
				return
			}
			n, v, ok := strings.Cut(string(line), ":")
			if name = ""; ok && len(value) < maxHeader {
				name, value = strings.ToLower(strings.TrimSpace(n)), strings.TrimSpace(v)
			}
		}
		if name != "" {
			yield(name, value)
		}
	}
}

// afterType strips "rfc822;" and its like.
func afterType(s string) string {
	if _, after, ok := strings.Cut(s, ";"); ok {
		return strings.TrimSpace(after)
	}
	return strings.TrimSpace(s)
}

// statusCode finds the first RFC 3463 code in s: class 2, 4 or 5, then subject
// and detail of up to three digits.
func statusCode(s string) string {
	for i := 0; i+4 < len(s); i++ {
		if s[i] != '2' && s[i] != '4' && s[i] != '5' || s[i+1] != '.' || i > 0 && (digit(s[i-1]) || s[i-1] == '.') {
			continue
		}
		subject := digits(s[i+2:])
		at := i + 2 + subject
		if subject == 0 || subject > 3 || at >= len(s) || s[at] != '.' {
			continue
		}
		detail := digits(s[at+1:])
		end := at + 1 + detail
		if detail > 0 && detail <= 3 && (end >= len(s) || s[end] != '.' || end+1 >= len(s) || !digit(s[end+1])) {
			return s[i:end]
		}
	}
	return ""
}

func digits(s string) int {
	n := 0
	for n < len(s) && n < 4 && digit(s[n]) {
		n++
	}
	return n
}

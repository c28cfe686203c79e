package mime

import (
	"bufio"
	"bytes"
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
	if strings.EqualFold(a.root.param.get("report-type"), "delivery-status") {
		return "report-type:delivery-status"
	}
	if a.root.media == "multipart/report" && findMedia(a.root, "message/delivery-status") != nil {
		return "content-type:delivery-status"
	}
	if a.root.head.Has("X-Failed-Recipients") {
		return "header:x-failed-recipients"
	}
	if !a.fromSystem() {
		return ""
	}
	subject := strings.ToLower(a.mail.Subject)
	for _, words := range bounceSubjects {
		if strings.Contains(subject, words) {
			return "subject:non-delivery"
		}
	}
	return ""
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
	local, _, _ := strings.Cut(strings.ToLower(a.mail.From.Address), "@")
	return local == "mailer-daemon" || local == "postmaster" || local == "mail-daemon" || local == "maildaemon"
}

var bounceSubjects = []string{
	"undeliver", "undelivered mail", "delivery status notification", "failure notice", "mail delivery failed", "delivery failure", "delivery failed",
	"returned mail", "non-delivery", "nondeliverable", "could not be delivered", "mail system error", "delivery delayed", "delayed mail", "warning: message", "delivery has failed",
	"unzustellbar", "nicht zugestellt", "non remis", "échec de la remise", "no se puede entregar", "no entregado", "mancata consegna", "não entregue", "onbestelbaar", "niedostarczona", "nedoručiteln", "недоставлен",
	"не доставлено", "配信不能", "退信", "無法傳遞", "mailbox full", "quota exceeded",
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
	if status := findMedia(root, "message/delivery-status"); status != nil {
		b.Recipients = readStatus(bodyOf(status))
	}
	if len(b.Recipients) == 0 {
		b.Recipients = guessFailures(m, root)
	}
	for _, media := range []string{"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"} {
		if original := findMedia(root, media); original != nil && b.OriginalMessageID == "" {
			h := blockOf(bodyOf(original))
			b.OriginalMessageID = firstID(h.Get("Message-Id"))
		}
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

// readStatus reads the groups of a delivery status: the first is of the
// message, each other of a recipient (RFC 3464 §2.1).
func readStatus(body []byte) []Failure {
	out := []Failure{}
	for len(body) > 0 && len(out) < maxFailures {
		var group []byte
		group, body = cutGroup(body)
		h := blockOf(group)
		recipient := h.Get("Final-Recipient")
		if recipient == "" {
			recipient = h.Get("Original-Recipient")
		}
		if recipient == "" {
			continue
		}
		out = append(out, Failure{
			Address:    bareAddress(afterType(recipient)),
			Action:     clean(strings.ToLower(h.Get("Action"))),
			Status:     statusCode(h.Get("Status")),
			Diagnostic: shorten(clean(afterType(h.Get("Diagnostic-Code"))), 1000),
		})
	}
	return out
}

// cutGroup takes the lines up to the next blank one.
func cutGroup(body []byte) (group, rest []byte) {
	rest = bytes.TrimLeft(body, "\r\n")
	from := rest
	for len(rest) > 0 {
		line, next := cutLine(rest)
		if len(line) == 0 {
			return from[:len(from)-len(rest)], next
		}
		rest = next
	}
	return from, nil
}

// afterType strips "rfc822;" and its like.
func afterType(s string) string {
	if _, after, ok := strings.Cut(s, ";"); ok {
		return strings.TrimSpace(after)
	}
	return strings.TrimSpace(s)
}

// guessFailures takes recipients from X-Failed-Recipients or from the first
// address in angle brackets of the text, and the status from the text.
func guessFailures(m *Mail, root *entity) []Failure {
	text := shorten(m.Text, 8000)
	status := statusCode(text)
	out := []Failure{}
	list, _ := parseAddresses(root.head.Get("X-Failed-Recipients"), "")
	for _, box := range list[:min(len(list), maxFailures)] {
		out = append(out, Failure{Address: box.Address, Action: "failed", Status: status})
	}
	if len(out) > 0 {
		return out
	}
	_, rest, ok := strings.Cut(text, "<")
	inner, _, closed := strings.Cut(rest, ">")
	if ok && closed && strings.Contains(inner, "@") && len(inner) < 320 {
		out = append(out, Failure{Address: bareAddress(inner), Action: "failed", Status: status})
	}
	return out
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

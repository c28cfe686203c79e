package mime

import (
	"slices"
	"strings"
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

// statusMedia are the types of a delivery status (RFC 3464, RFC 6533).
var statusMedia = []string{"message/delivery-status", "message/global-delivery-status", "text/delivery-status"}

// bounceHeaders stand in delivery failures alone.
var bounceHeaders = []string{"X-Failed-Recipients", "X-MS-Exchange-Message-Is-Ndr"}

// bounce tells delivery failures: reports, and texts from a mail system that
// say so. A person's answer to one comes from a person.
func (a *classifier) bounce() string {
	if report := strings.ToLower(a.root.param.get("report-type")); report == "delivery-status" || report == "global-delivery-status" {
		return "report-type:" + report
	}
	if reason := a.firstHeader(bounceHeaders); reason != "" {
		return reason
	}
	switch {
	case hasMedia(a.root, statusMedia) && (a.root.media == "multipart/report" || a.author() >= byNobody):
		return "content-type:delivery-status"
	case a.header("Content-Class") == "urn:content-classes:dsn":
		return "header:content-class"
	case a.failedDisposition():
		return "disposition:failed"
	}
	return a.saysBounce()
}

// saysBounce reads subject and text. A daemon is believed; so is who gave no
// return path, by the subject. Other machines, whoever answers or forwards,
// and vaguer words have to show more: see showsBounce.
func (a *classifier) saysBounce() string {
	by := a.author()
	if by == byPerson || a.outOfOffice() {
		return ""
	}
	subject, answer := plainLower(a.mail.Subject), isAnswer(a.mail.Subject)
	said, sure, text := "", false, a.mail.Text
	if answer {
		text = a.mail.ReplyText // what it quotes is another's
	}
	switch {
	case (!answer || by == byDaemon) && containsAny(subject, bounceSubjects):
		said, sure = "subject:non-delivery", by >= byNobody && !answer
	case containsAny(plainLower(shorten(text, 4000)), bounceTexts):
		said, sure = "text:non-delivery", by == byDaemon && !answer
	case !answer && by == byDaemon && containsAny(subject, vagueSubjects):
		said = "subject:non-delivery"
	}
	if sure || said != "" && a.showsBounce(text) {
		return said
	}
	return ""
}

// showsBounce reports a server's answer, the message that came back, or a list
// of who was not reached.
func (a *classifier) showsBounce(text string) bool {
	t := dividedBounce(text)
	head := t.head()
	return t.coded != "" || head.Has("Received") || head.Has("Message-Id") || hasMedia(a.root, returnedMedia) || len(t.listed(ownAddresses(a.mail))) > 0
}

// failedDisposition reports a disposition notification that tells a failure
// (RFC 8098 §3.2.6).
func (a *classifier) failedDisposition() bool {
	for _, part := range allMedia(a.root, dispositionMedia) {
		for name, value := range statusFields(bodyOf(part)) {
			_, kind, _ := strings.Cut(strings.ToLower(value), ";")
			if name == "disposition" && containsAny(kind, []string{"failed", "/error", "/failure"}) {
				return true
			}
		}
	}
	return false
}

// readBounce reads the report, or what the text tells in its stead.
func readBounce(m *Mail, root *entity) *Bounce {
	t := dividedBounce(m.Text)
	back := returnedHead(root, t)
	found := readReports(root)
	b := &Bounce{Recipients: found.failures(), OriginalMessageID: back.id}
	if len(b.Recipients) == 0 {
		b.Recipients = t.failures(m, root, back)
	}
	t.prepare(m.Subject)
	for i := range b.Recipients {
		t.complete(&b.Recipients[i])
	}
	if b.OriginalMessageID == "" {
		b.OriginalMessageID = found.originalID
	}
	if b.OriginalMessageID == "" {
		b.OriginalMessageID = messageIDIn(t.report)
	}
	return b
}

// plainLower is s in lower case with plain apostrophes, as the lists have them.
func plainLower(s string) string { return strings.ReplaceAll(strings.ToLower(s), "’", "'") }

func containsAny(s string, list []string) bool {
	return slices.ContainsFunc(list, func(words string) bool { return strings.Contains(s, words) })
}

func hasMedia(e *entity, media []string) bool { return len(allMedia(e, media)) > 0 }

// allMedia lists the parts of some types, in order.
func allMedia(e *entity, media []string) (found []*entity) {
	if slices.Contains(media, e.media) {
		found = append(found, e)
	}
	for _, kid := range e.kids {
		found = append(found, allMedia(kid, media)...)
	}
	return found
}

package mime

import (
	"slices"
	"strings"

	"gatehouse/ingest"
)

// classify tells whether a person wrote the mail; the first kind that holds,
// in the order bounce, feedback, loop, automatic reply, list. Its grounds are
// one of
//
//	report-type:KIND     multipart/report says so, or disposition:failed in one
//	content-type:MEDIA   a part's type: delivery-status, feedback-report, calendar-reply …
//	header:NAME          a header's presence or value
//	subject:KIND         non-delivery, complaint, out-of-office
//	text:KIND            non-delivery, read-receipt, feedback, disposition, out-of-office, auto-generated, do-not-reply
func (r *reader) classify(m *Mail, root *entity) {
	a := &classifier{mail: m, root: root, anyLoop: r.AnyLoop}
	for _, kind := range []struct {
		name  ingest.Auto
		holds func() string
	}{
		{ingest.AutoBounce, a.bounce},
		{ingest.AutoFeedback, a.feedback},
		{ingest.AutoLoop, a.loop},
		{ingest.AutoReply, a.autoReply},
		{ingest.AutoList, a.list},
	} {
		if reason := kind.holds(); reason != "" {
			m.Auto, m.AutoReasons = string(kind.name), append(m.AutoReasons, reason)
			break
		}
	}
	if m.Auto == string(ingest.AutoBounce) {
		m.Bounce = readBounce(m, root)
	}
}

// classifier looks at one mail; each question answers with its grounds or "".
type classifier struct {
	mail    *Mail
	root    *entity
	anyLoop bool
}

func (a *classifier) header(name string) string {
	return strings.ToLower(strings.TrimSpace(a.root.head.Get(name)))
}

// firstHeader is the first of names that the mail has.
func (a *classifier) firstHeader(names []string) string {
	for _, name := range names {
		if a.root.head.Has(name) {
			return "header:" + strings.ToLower(name)
		}
	}
	return ""
}

// feedback tells abuse reports (RFC 5965) and disposition notifications (RFC
// 8098), also those that are written as plain text.
func (a *classifier) feedback() string {
	switch report := strings.ToLower(a.root.param.get("report-type")); {
	case report == "feedback-report", report == "disposition-notification":
		return "report-type:" + report
	}
	if found := allMedia(a.root, feedbackMedia); len(found) > 0 {
		return "content-type:" + found[0].media
	}
	if reason := a.firstHeader(feedbackHeaders); reason != "" {
		return reason
	}
	if strings.HasPrefix(a.header("Content-Class"), "urn:content-classes:mdn") {
		return "header:content-class"
	}
	return a.saysFeedback()
}

// saysFeedback reads the text: fields of a report that nothing labels, or the
// words of a read receipt under its subject.
func (a *classifier) saysFeedback() string {
	if isAnswer(a.mail.Subject) {
		return ""
	}
	var named, disposed, kind bool
	for name, value := range statusFields([]byte(shorten(a.mail.Text, maxWords))) {
		named = named || strings.HasSuffix(name, "-recipient")
		disposed = disposed || name == "disposition" && strings.Contains(strings.ToLower(value), "mdn-sent")
		kind = kind || name == "feedback-type"
	}
	subject := strings.ToLower(a.mail.Subject)
	begins := func(words string) bool { return strings.HasPrefix(subject, words) }
	switch {
	case disposed && named:
		return "text:disposition"
	case kind:
		return "text:feedback"
	case slices.ContainsFunc(complaintSubjects, begins) && hasMedia(a.root, returnedMedia):
		return "subject:complaint"
	case slices.ContainsFunc(receiptSubjects, begins) && containsAny(strings.ToLower(shorten(a.mail.Text, maxWords)), receiptTexts):
		return "text:read-receipt"
	}
	return ""
}

// loop takes any X-Loop for one, if it is asked to. Our own mark is signed: see
// Senders.
func (a *classifier) loop() string {
	if a.anyLoop && a.root.head.Has("X-Loop") {
		return "header:x-loop"
	}
	return ""
}

func (a *classifier) list() string {
	if reason := a.firstHeader(listHeaders); reason != "" {
		return reason
	}
	if a.bulk() {
		return "header:precedence"
	}
	return ""
}

func (a *classifier) bulk() bool {
	return slices.Contains([]string{"list", "bulk", "junk"}, a.header("Precedence"))
}

package mime

import (
	"strings"

	"gatehouse/ingest"
)

// classify tells whether a person wrote the mail; the first kind that holds,
// in the order bounce, feedback, loop, automatic reply, list.
func (r *reader) classify(m *Mail, root *entity) {
	a := &classifier{mail: m, root: root, ownMark: r.OwnMark, anyLoop: r.AnyLoop}
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
	ownMark string
	anyLoop bool
}

func (a *classifier) header(name string) string {
	return strings.ToLower(strings.TrimSpace(a.root.head.Get(name)))
}

func (a *classifier) feedback() string {
	switch report := strings.ToLower(a.root.param.get("report-type")); {
	case report == "feedback-report", report == "disposition-notification":
		return "report-type:" + report
	}
	for _, kid := range a.root.kids {
		if kid.media == "message/disposition-notification" || kid.media == "message/feedback-report" {
			return "content-type:" + kid.media
		}
	}
	return ""
}

// loop finds this system's own mark.
func (a *classifier) loop() string {
	for _, mark := range a.root.head.Values("X-Loop") {
		if a.anyLoop || a.ownMark != "" && strings.EqualFold(strings.TrimSpace(mark), a.ownMark) {
			return "header:x-loop"
		}
	}
	if a.ownMark != "" && strings.HasSuffix(strings.ToLower(a.mail.MessageID), "@"+strings.ToLower(a.ownMark)) {
		return "message-id:own-domain"
	}
	return ""
}

func (a *classifier) autoReply() string {
	if v := a.header("Auto-Submitted"); v != "" && !strings.HasPrefix(v, "no") {
		return "header:auto-submitted"
	}
	for _, name := range []string{"X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply-From", "X-Mail-Autoreply", "X-Vacation"} {
		if v := a.header(name); v != "" && v != "no" {
			return "header:" + strings.ToLower(name)
		}
	}
	if strings.Contains(a.header("X-Auto-Response-Suppress"), "oof") && a.mail.InReplyTo != "" && outOfOffice(a.mail.Subject) {
		return "header:x-auto-response-suppress"
	}
	if p := a.header("Precedence"); p == "auto_reply" || p == "auto-reply" {
		return "header:precedence"
	}
	if outOfOffice(a.mail.Subject) {
		return "subject:out-of-office"
	}
	return ""
}

func (a *classifier) list() string {
	for _, name := range []string{"List-Id", "List-Post", "List-Unsubscribe", "Mailing-List"} {
		if a.root.head.Has(name) {
			return "header:" + strings.ToLower(name)
		}
	}
	switch a.header("Precedence") {
	case "list", "bulk", "junk":
		return "header:precedence"
	}
	return ""
}

// outOfOffice knows the subjects of automatic replies. They stand at the
// subject's beginning, and no question follows: a person's "Out of office
// hours question" is none.
func outOfOffice(subject string) bool {
	s := strings.ToLower(strings.TrimSpace(subject))
	for _, words := range autoSubjects {
		rest, ok := strings.CutPrefix(s, words)
		if ok && (rest == "" || strings.HasSuffix(words, ":") || strings.IndexAny(rest, ":-([ ") == 0 && !strings.HasPrefix(rest, " hours")) {
			return true
		}
	}
	return false
}

// autoSubjects are how automatic replies begin their subject, in lower case.
var autoSubjects = []string{
	"out of office", "out of the office", "ooo:", "automatic reply", "auto reply", "auto-reply", "autoreply", "auto response", "automated response", "auto:", "autoresponse", "vacation reply",
	"abwesenheitsnotiz", "automatische antwort", "abwesend:", "nicht im büro", "réponse automatique", "absence du bureau", "absent du bureau",
	"respuesta automática", "fuera de la oficina", "resposta automática", "ausência temporária", "fora do escritório", "risposta automatica", "fuori sede", "assente:",
	"automatisch antwoord", "afwezigheidsbericht", "automatyczna odpowiedź", "odpowiedź automatyczna", "automatická odpověď", "automatická odpoveď",
	"автоответ", "автоматический ответ", "автоматична відповідь", "autosvar", "automatiskt svar", "automatisk svar", "automaattinen vastaus",
	"otomatik yanıt", "automatikus válasz", "αυτόματη απάντηση", "תשובה אוטומטית", "رد تلقائي", "自动回复", "自動回覆", "自動応答", "自動返信", "자동 회신", "부재 중", "trả lời tự động", "răspuns automat",
}

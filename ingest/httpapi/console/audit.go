package console

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"gatehouse/ingest"
)

// auditView is who did what, and how far it is sealed.
type auditView struct {
	ingest.List[ingest.AuditEntry]
	Head ingest.AuditHead
}

func (v *visit) audit() error {
	var view auditView
	q := v.filters([]string{"actor", "action", "subject", "cursor"})
	if err := v.get("/audit", q, &view.List); err != nil {
		return err
	}
	if err := v.get("/audit/head", nil, &view.Head); err != nil {
		return err
	}
	return v.render(http.StatusOK, "audit", view)
}

// done are the actions of the audit whose words do not follow from their names.
var done = map[string]string{
	"blocked.read": "looked at the blocked list", "conversation.outgoing": "answered", "conversation.change": "changed", "message.attachment": "took a file of",
	"contact.not_one": "kept apart from another", "job.cancel": "cancelled", "job.retry": "had go on", "rule.change": "changed a rule", "rule.restore": "set again",
	"dead.retry": "tried again", "dead.delete": "deleted", "user.change": "changed", "token.revoke": "revoked", "endpoint.create": "added", "endpoint.change": "changed", "endpoint.delete": "took away",
	"message.read": "read messages", "rule.set": "set a rule", "rule.lift": "lifted a rule", "rule.import": "imported rules", "ticket.open": "looked into a ticket", "job.start": "ordered a job",
	"job.join": "joined a running job", "user.invite": "invited", "user.free": "let try to sign in again", "user.password": "changed the password of",
	"session.begin": "signed in", "session.end": "signed out", "token.create": "made a token", "user.create": "made a user", "message.raw": "read as it came",
	"settings.change": "changed settings", "contact.merge": "made one with another", "contact.unmerge": "took apart", "audit.cut": "removed old lines of the audit",
}

// Deeds are the actions that a reader may look for.
func (a auditView) Deeds() (list []way) {
	for _, name := range slices.Sorted(maps.Keys(done)) {
		list = append(list, way{name, done[name]})
	}
	return list
}

// Did is an action in words: "job.cancel" is "job: cancel" unless it has its own.
func (a auditView) Did(e ingest.AuditEntry) string { return did(e) }

func did(e ingest.AuditEntry) string {
	if says, ok := done[e.Action]; ok {
		return says
	}
	of, what, _ := strings.Cut(e.Action, ".")
	return strings.ReplaceAll(of+": "+what, "_", " ")
}

// places are where the console shows what the audit names.
var places = map[string]string{
	"contact": "/contacts/", "ticket": "/blocked/", "conversation": "/conversations/", "job": "/jobs/", "channel": "/channels/", "endpoint": "/endpoints/",
	"rule": "/rules/", "dead": "/dead/",
}

// Place is the page of what an action was on; "": there is none.
func (a auditView) Place(e ingest.AuditEntry) string {
	kind, id, _ := strings.Cut(e.Subject, ":")
	at, ok := places[kind]
	switch {
	case ok && id != "":
		return at + url.PathEscape(id)
	case kind == "user" || kind == "token":
		return "/people"
	case kind == "settings":
		return "/settings"
	}
	return ""
}

// On is what an action was on, in few words: of an id no more than tells it from
// others.
func (a auditView) On(e ingest.AuditEntry) string {
	kind, id, _ := strings.Cut(e.Subject, ":")
	if _, err := ingest.ParseID(id); err == nil {
		id = id[:8]
	}
	return strings.TrimSpace(kind + " " + id)
}

// More is what else was recorded, as words.
func (a auditView) More(e ingest.AuditEntry) string {
	var data map[string]any
	if json.Unmarshal(e.Data, &data) != nil {
		return ""
	}
	var list []string
	for _, name := range slices.Sorted(maps.Keys(data)) {
		list = append(list, fmt.Sprintf("%s %s", strings.ReplaceAll(name, "_", " "), inWords(data[name])))
	}
	return strings.Join(list, ", ")
}

// inWords is a value of the audit as people read it.
func inWords(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case bool:
		if value {
			return "yes"
		}
		return "no"
	case []any:
		return count(len(value), "thing")
	}
	text, _ := json.Marshal(value) // it came as JSON
	return string(text)
}

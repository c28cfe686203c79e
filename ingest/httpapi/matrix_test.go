package httpapi_test

import (
	"encoding/json"
	"net/http"
	"sort"
	"strings"
	"testing"

	"gatehouse/ingest"
)

// matrix names the least role of every route, by default settings. A route
// that is not here fails the test, and so does a line without a route.
var matrix = map[string]ingest.Role{
	"POST /messages/{id}/attachments/{index}/retry": supervisor,

	"GET /messages":                               agent,
	"GET /messages/{id}":                          agent,
	"GET /messages/{id}/attachments/{index}":      agent,
	"GET /messages/{id}/raw":                      admin,
	"GET /conversations":                          agent,
	"GET /conversations/{id}":                     agent,
	"GET /conversations/{id}/messages":            agent,
	"PATCH /conversations/{id}":                   agent,
	"POST /conversations/{id}/outgoing":           agent,
	"GET /conversations/{id}/token":               agent,
	"GET /contacts":                               agent,
	"GET /contacts/{id}":                          agent,
	"POST /contacts":                              agent,
	"POST /contacts/resolve":                      agent,
	"PATCH /contacts/{id}":                        agent,
	"POST /contacts/{id}/identities":              agent,
	"PATCH /contacts/{id}/identities/{identity}":  agent,
	"DELETE /contacts/{id}/identities/{identity}": agent,
	"GET /contacts/{id}/notes":                    agent,
	"POST /contacts/{id}/notes":                   agent,
	"DELETE /contacts/{id}/notes/{note}":          agent,
	"POST /contacts/{id}/merge":                   supervisor,
	"GET /contacts/{id}/merges":                   supervisor,
	"GET /suggestions":                            supervisor,
	"DELETE /suggestions/{id}":                    supervisor,
	"GET /merges/{id}":                            supervisor,
	"POST /merges/{id}/undo":                      supervisor,
	"GET /contacts/{id}/history":                  agent,
	"POST /conversations":                         agent,
	"POST /contacts/{id}/unblock":                 supervisor,
	"POST /contacts/{id}/opt-out":                 supervisor,
	"POST /contacts/{id}/opt-in":                  supervisor,
	"POST|DELETE /contacts/{id}/legal-hold":       admin,
	"POST /contacts/{id}/erase":                   admin,
	"POST /contacts/{id}/dossier":                 admin,
	"GET /erasures":                               admin,
	"GET /erasures/{id}":                          admin,
	"GET /erasures/{id}/text":                     admin,
	"POST /contacts/{id}/review":                  agent,
	"DELETE /contacts/{id}/review":                supervisor,
	"GET /rules":                                  supervisor,
	"GET /rules/{id}":                             supervisor,
	"GET /rules/export":                           supervisor,
	"POST /rules/import":                          supervisor,
	"PATCH /rules/{id}":                           supervisor,
	"POST /rules":                                 supervisor,
	"DELETE /rules/{id}":                          supervisor,
	"POST /rules/{id}/lift":                       supervisor,
	"POST /rules/{id}/refetch":                    supervisor,
	"POST /messages/{id}/fetch":                   supervisor,
	"GET /blocked":                                supervisor,
	"GET /blocked/{id}":                           supervisor,
	"GET /blocked/groups":                         supervisor,
	"GET /blocked/export":                         supervisor,
	"POST /blocked/preview":                       supervisor,
	"POST /blocked/{id}/release":                  supervisor,
	"POST /blocked/{id}/delete":                   supervisor,
	"POST /blocked/release":                       supervisor,
	"POST /blocked/delete":                        supervisor,
	"POST /messages/{id}/release":                 supervisor,
	"POST /messages/{id}/delete":                  supervisor,
	"POST /contacts/export":                       admin,
	"POST /blocked/export":                        supervisor,
	"GET /exports":                                supervisor,
	"GET /exports/{id}":                           supervisor,
	"GET /exports/{id}/file":                      supervisor,
	"DELETE /exports/{id}":                        supervisor,
	"GET /jobs":                                   supervisor,
	"GET /jobs/{id}":                              supervisor,
	"GET /jobs/{id}/events":                       supervisor,
	"POST /jobs/{id}/cancel":                      supervisor,
	"POST /jobs/{id}/retry":                       supervisor,
	"GET /stats":                                  agent,
	"GET /stats/hours":                            agent,
	"POST /channels/{name}/reconcile":             admin,
	"GET /channels/{name}/reconcile":              supervisor,
	"POST /channels/{name}/backfill":              admin,
	"GET /channels/{name}/backfill":               supervisor,
	"GET /channels/{name}/backfill/{id}":          supervisor,
	"GET /channels":                               supervisor,
	"GET /channels/{name}":                        supervisor,
	"POST /channels/{name}/unknown/settle":        admin,
	"POST /channels/reload":                       admin,
	"POST /channels/{name}/pause":                 admin,
	"POST /channels/{name}/auth":                  admin,
	"GET /channels/{name}/setup":                  supervisor,
	"GET /channels/{name}/auth":                   supervisor,
	"POST /channels/{name}/resume":                admin,
	"GET /standing":                               agent,
	"POST /standing":                              agent,
	"GET /settings":                               admin,
	"PATCH /settings":                             admin,
	"GET /events":                                 agent,
	"GET /events/stream":                          agent,
	"GET /dead":                                   supervisor,
	"GET /dead/{id}/raw":                          admin,
	"POST /dead/{id}/retry":                       admin,
	"DELETE /dead/{id}":                           admin,
	"GET /endpoints":                              supervisor,
	"POST /endpoints":                             admin,
	"GET /endpoints/{id}":                         supervisor,
	"PATCH /endpoints/{id}":                       admin,
	"DELETE /endpoints/{id}":                      admin,
	"POST /endpoints/{id}/rotate":                 admin,
	"POST /endpoints/{id}/pause":                  admin,
	"POST /endpoints/{id}/resume":                 admin,
	"POST /endpoints/{id}/test":                   admin,
	"POST /endpoints/{id}/replay":                 admin,
	"GET /endpoints/{id}/replays":                 supervisor,
	"POST /endpoints/{id}/dead/retry":             admin,
	"DELETE /endpoints/{id}/dead":                 admin,
	"GET /deliveries":                             supervisor,
	"GET /deliveries/{id}":                        supervisor,
	"POST /deliveries/{id}/retry":                 admin,
	"DELETE /deliveries/{id}":                     admin,
	"GET /alerts":                                 supervisor,
	"POST /alerts/{id}/mute":                      supervisor,
	"GET /tokens":                                 admin,
	"POST /tokens/{id}/rotate":                    admin,
	"POST /tokens":                                admin,
	"DELETE /tokens/{id}":                         admin,
	"GET /audit":                                  admin,
	"GET /retention":                              admin,
	"GET /audit/head":                             admin,
	"GET /audit/export":                           admin,
	"POST /session":                               anyone,
	"GET /session/ways":                           anyone,
	"POST /session/invitation":                    anyone,
	"GET /session":                                agent,
	"DELETE /session":                             agent,
	"POST /session/password":                      agent,
	"GET /sessions":                               agent,
	"DELETE /sessions/{id}":                       agent,
	"GET /users":                                  admin,
	"GET /users/{id}":                             admin,
	"POST /users":                                 admin,
	"PATCH /users/{id}":                           admin,
	"POST /users/{id}/reset":                      admin,
	"POST /users/{id}/free":                       admin,
	"DELETE /users/{id}/sessions":                 admin,
	"POST|DELETE /contacts/{id}/block":            agent,
	"POST|DELETE /conversations/{id}/block":       agent,
	"POST|DELETE /messages/{id}/block":            agent,
	"POST|DELETE /blocked/{id}/block":             supervisor,
	"POST|DELETE /contacts/{id}/ban":              supervisor,
	"POST|DELETE /conversations/{id}/ban":         supervisor,
	"POST|DELETE /messages/{id}/ban":              supervisor,
	"POST|DELETE /blocked/{id}/ban":               supervisor,
	"POST|DELETE /contacts/{id}/blacklist":        admin,
	"POST|DELETE /conversations/{id}/blacklist":   admin,
	"POST|DELETE /messages/{id}/blacklist":        admin,
	"POST|DELETE /blocked/{id}/blacklist":         admin,
	"POST|DELETE /contacts/{id}/allow":            supervisor,
	"POST|DELETE /conversations/{id}/allow":       supervisor,
	"POST|DELETE /messages/{id}/allow":            supervisor,
	"POST|DELETE /blocked/{id}/allow":             supervisor,
}

// anyone may ask by such a route, whether or not they are signed in.
const anyone ingest.Role = "anyone"

// routes lists what the description has, as "GET /path".
func routes(t *testing.T, d *desk) []string {
	t.Helper()
	a := d.ask("", "GET /openapi.json", "").is(200)
	var o struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	must(t, json.Unmarshal(a.Body, &o))
	var list []string
	for path, methods := range o.Paths {
		for method := range methods {
			list = append(list, strings.ToUpper(method)+" "+path)
		}
	}
	sort.Strings(list)
	return list
}

func leastOf() map[string]ingest.Role {
	least := map[string]ingest.Role{}
	for does, role := range matrix {
		methods, path, _ := strings.Cut(does, " ")
		for m := range strings.SplitSeq(methods, "|") {
			least[m+" "+path] = role
		}
	}
	return least
}

// real is the request of a route to something that exists, so that only the
// role decides.
func (d *desk) real(does string, talk answer) (string, string) {
	contact, conversation := talk.get("items.0.contact_id"), talk.get("items.0.id")
	message := d.ask(admin, "GET /messages?conversation_id="+conversation, "").get("items.0.id")
	method, path, _ := strings.Cut(does, " ")
	id := map[string]string{"contacts": contact, "conversations": conversation, "messages": message,
		"rules": "1", "tokens": "999", "jobs": "1", "exports": "999", "users": "999", "sessions": "999", "deliveries": "1"}[strings.Split(path, "/")[1]]
	if id == "" {
		id = contact // of the right form: 404 at worst
	}
	path = strings.NewReplacer("{id}", id, "{index}", "0", "{name}", "chat").Replace(path)
	body := ""
	if method == http.MethodPost || method == http.MethodPatch {
		body = "{}"
	}
	return method + " " + path, body
}

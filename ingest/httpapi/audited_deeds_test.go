package httpapi_test

import (
	"context"
	"time"

	"gatehouse/ingest"
)

// deeds are good requests, one a route.
var deeds = map[string]func(s *scene) (does, body string){
	"POST /channels/{name}/backfill": func(*scene) (string, string) {
		return "/channels/chat/backfill", `{"since":"` + time.Now().Add(-time.Hour).Format(time.RFC3339) + `"}`
	},
	"POST /channels/{name}/unknown/settle": func(s *scene) (string, string) {
		must(s.t, s.store.Present(context.Background(), ingest.Presence{At: time.Now().Add(time.Minute)}))
		must(s.t, s.store.Present(context.Background(), ingest.Presence{At: time.Now().Add(time.Hour), Failed: true, Pushed: map[string]time.Duration{"chat": time.Minute}}))
		return "/channels/chat/unknown/settle", ""
	},
	"POST /channels/{name}/pause":     func(*scene) (string, string) { return "/channels/chat/pause", "" },
	"POST /channels/{name}/resume":    func(*scene) (string, string) { return "/channels/chat/resume", "" },
	"POST /channels/{name}/reconcile": (*scene).books,
	"POST /channels/{name}/auth":      func(*scene) (string, string) { return "/channels/mail/auth", "" },
	"POST /conversations": func(s *scene) (string, string) {
		return "/conversations", `{"identity":"email:` + s.fresh() + `@example.com","channel":"mail","subject":"your order"}`
	},
	"PATCH /conversations/{id}": func(s *scene) (string, string) { return s.talk(), `{"status":"closed"}` },
	"POST /conversations/{id}/outgoing": func(s *scene) (string, string) {
		return s.talk() + "/outgoing", `{"message_id":"` + s.fresh() + `@example.com","from":"support@example.com"}`
	},
	"POST /dead/{id}/retry": func(s *scene) (string, string) {
		return "/dead/" + s.unreadable(`{"text":"readable after all"}`).String() + "/retry", ""
	},
	"DELETE /dead/{id}":                func(s *scene) (string, string) { return "/dead/" + s.unreadable(`{`).String(), "" },
	"POST /alerts/{id}/mute":           func(s *scene) (string, string) { return s.alert() + "/mute", `{"until":"2030-01-01T00:00:00Z"}` },
	"POST /contacts/{id}/dossier":      func(s *scene) (string, string) { return s.person() + "/dossier", "" },
	"POST /contacts/{id}/erase":        func(s *scene) (string, string) { return s.person() + "/erase", `{"reason":"request-9"}` },
	"POST /contacts/{id}/legal-hold":   func(s *scene) (string, string) { return s.person() + "/legal-hold", `{"reason":"case-7"}` },
	"DELETE /contacts/{id}/legal-hold": func(s *scene) (string, string) { return s.after("/legal-hold", `{"reason":"case-7"}`), "" },
	"POST /contacts": func(s *scene) (string, string) {
		return "/contacts", `{"identities":["email:` + s.fresh() + `@example.com"]}`
	},
	"PATCH /contacts/{id}": func(s *scene) (string, string) { return s.person(), `{"company":"Example"}` },
	"POST /contacts/{id}/identities": func(s *scene) (string, string) {
		return s.person() + "/identities", `{"identity":"email:` + s.fresh() + `@example.org"}`
	},
	"PATCH /contacts/{id}/identities/{identity}": func(s *scene) (string, string) {
		return s.identity(), `{"identity":"email:` + s.fresh() + `@example.org"}`
	},
	"DELETE /contacts/{id}/identities/{identity}": func(s *scene) (string, string) { return s.identity(), "" },
	"POST /contacts/{id}/notes":                   func(s *scene) (string, string) { return s.person() + "/notes", `{"text":"wants a call"}` },
	"DELETE /contacts/{id}/notes/{note}":          (*scene).note,
	"POST /contacts/{id}/opt-out": func(s *scene) (string, string) {
		return s.texter() + "/opt-out", `{"channel":"sms","reason":"said so"}`
	},
	"POST /contacts/{id}/opt-in": func(s *scene) (string, string) { return s.texter() + "/opt-in", `{"channel":"sms","reason":"said so"}` },
	"POST /contacts/{id}/review": func(s *scene) (string, string) {
		_, _, _, c := s.held()
		return c + "/review", `{"reason":"a customer"}`
	},
	"DELETE /contacts/{id}/review": (*scene).review,
	"POST /contacts/{id}/unblock": func(s *scene) (string, string) {
		_, _, _, c := s.held()
		return c + "/unblock", `{"held":"unblock_all"}`
	},
	"POST /jobs/{id}/cancel":                        func(s *scene) (string, string) { return s.job(false) + "/cancel", "" },
	"POST /jobs/{id}/retry":                         func(s *scene) (string, string) { return s.job(true) + "/retry", "" },
	"POST /messages/{id}/attachments/{index}/retry": func(s *scene) (string, string) { return s.failedFile() + "/retry", "" },
	"POST /blocked/{id}/release":                    func(s *scene) (string, string) { return s.place("blocked") + "/release", "" },
	"POST /blocked/{id}/delete":                     func(s *scene) (string, string) { return s.place("blocked") + "/delete", "" },
	"POST /messages/{id}/release":                   func(s *scene) (string, string) { _, _, m, _ := s.held(); return m + "/release", "" },
	"POST /messages/{id}/delete":                    func(s *scene) (string, string) { _, _, m, _ := s.held(); return m + "/delete", "" },
	"POST /blocked/release":                         func(s *scene) (string, string) { return "/blocked/release", s.selection() },
	"POST /blocked/delete":                          func(s *scene) (string, string) { return "/blocked/delete", s.selection() },
	"POST /messages/{id}/fetch":                     (*scene).bare,
	"POST /rules/import": func(s *scene) (string, string) {
		return "/rules/import", `{"kind":"ban","target":"visitor:` + s.fresh() + `"}`
	},
	"POST /rules": func(s *scene) (string, string) {
		return "/rules", `{"kind":"ban","target":"visitor:` + s.fresh() + `"}`
	},
	"PATCH /rules/{id}":  func(s *scene) (string, string) { return s.banned(false), `{"reason":"abuse"}` },
	"DELETE /rules/{id}": func(s *scene) (string, string) { return s.banned(false), "" },
	"POST /rules/{id}/lift": func(s *scene) (string, string) {
		r, _, _, _ := s.held()
		return "/rules/" + r + "/lift", `{"held":"keep"}`
	},
	"POST /rules/{id}/refetch": func(s *scene) (string, string) { return s.banned(true) + "/refetch", "" },
	"PATCH /settings":          func(*scene) (string, string) { return "/settings", `{"close_chat_after":"45m"}` },
	"POST /tokens":             func(*scene) (string, string) { return "/tokens", `{"name":"bot","role":"agent"}` },
	"POST /users": func(s *scene) (string, string) {
		return "/users", `{"login":"` + s.fresh() + `","name":"Some One","role":"agent"}`
	},
	"PATCH /users/{id}":           func(s *scene) (string, string) { return s.user(), `{"name":"Some Other"}` },
	"POST /users/{id}/reset":      func(s *scene) (string, string) { return s.user() + "/reset", "" },
	"POST /users/{id}/free":       func(s *scene) (string, string) { return s.user() + "/free", "" },
	"DELETE /users/{id}/sessions": func(s *scene) (string, string) { return s.user() + "/sessions", "" },
	"POST /contacts/export":       func(*scene) (string, string) { return "/contacts/export", "" },
	"POST /blocked/export":        func(*scene) (string, string) { return "/blocked/export", "" },
	"DELETE /exports/{id}":        (*scene).exported,
	"POST /contacts/{id}/merge":   (*scene).merging,
	"POST /merges/{id}/undo":      (*scene).merged,
	"DELETE /suggestions/{id}":    (*scene).suggested,
	"POST /tokens/{id}/rotate": func(s *scene) (string, string) {
		return "/tokens/" + s.ask(admin, "POST /tokens", `{"name":"bot","role":"agent"}`).get("id") + "/rotate", "{}"
	},
	"POST /endpoints":             func(*scene) (string, string) { return "/endpoints", hooked },
	"PATCH /endpoints/{id}":       func(s *scene) (string, string) { return s.endpoint(), `{"types":[]}` },
	"DELETE /endpoints/{id}":      func(s *scene) (string, string) { return s.endpoint(), "" },
	"POST /endpoints/{id}/rotate": func(s *scene) (string, string) { return s.endpoint() + "/rotate", "{}" },
	"POST /endpoints/{id}/pause":  func(s *scene) (string, string) { return s.endpoint() + "/pause", "" },
	"POST /endpoints/{id}/resume": func(s *scene) (string, string) { return s.paused() + "/resume", "" },
	"POST /endpoints/{id}/replay": func(s *scene) (string, string) {
		return s.endpoint() + "/replay", `{"from":"` + time.Now().Add(-time.Hour).Format(time.RFC3339) + `"}`
	},
	"POST /endpoints/{id}/dead/retry": func(s *scene) (string, string) { e, _ := s.given(); return e + "/dead/retry", "" },
	"DELETE /endpoints/{id}/dead":     func(s *scene) (string, string) { e, _ := s.given(); return e + "/dead", "" },
	"POST /deliveries/{id}/retry":     func(s *scene) (string, string) { _, d := s.given(); return d + "/retry", "" },
	"DELETE /deliveries/{id}":         func(s *scene) (string, string) { _, d := s.given(); return d, "" },
	"DELETE /tokens/{id}": func(s *scene) (string, string) {
		return "/tokens/" + s.ask(admin, "POST /tokens", `{"name":"bot","role":"agent"}`).get("id"), ""
	},
}

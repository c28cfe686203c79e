package httpapi_test

import (
	"strings"
	"testing"
	"time"
)

func TestPatchRule(t *testing.T) {
	d := open(t)
	id := d.rule(`{"kind":"block","target":"email:eve@example.net","reason":"spam","expires_in":"1h"}`)
	path := "PATCH /rules/" + id
	d.receive(d.mail("eve@example.net", "one", "1"))
	d.ask(supervisor, path, `{"reason":" abuse ","comment":"seen twice"}`).is(200).has("reason", "abuse", "comment", "seen twice", "kind", "block", "held", "1")
	later := d.ask(supervisor, path, `{"expires_in":"48h"}`).is(200)
	if at, err := time.Parse(time.RFC3339, later.get("expires_at")); err != nil || time.Until(at) < 47*time.Hour {
		t.Errorf("ends at %s, want in two days", later.get("expires_at"))
	}
	d.ask(supervisor, path, `{"expires_at":"2099-01-02T03:04:05Z","on_expiry":"release"}`).is(200).has("expires_at", "2099-01-02T03:04:05.000Z", "on_expiry", "release")
	d.ask(supervisor, path, `{"expires_in":"never","on_expiry":"keep"}`).is(200).has("expires_at", "", "on_expiry", "keep")
	d.ask(supervisor, path, `{"kind":"ban"}`).is(200).has("kind", "ban", "held", "1") // held by it all the same
	d.receive(d.mail("eve@example.net", "two", "2"))
	d.ask(supervisor, "GET /messages?state=refused", "").is(200).has("items", "1")
	d.ask(supervisor, path, `{"kind":"allow"}`).problem(409, "conflict") // it holds something
	d.ask(admin, "GET /audit?subject=rule:"+id, "").is(200).has("items.0.action", "rule.change", "items.0.data.kind", "ban", "items.0.data.was", "block")
	for body, field := range map[string]string{
		`{"expires_in":"soon"}`: "expires_in", `{"expires_in":"1h","expires_at":"2099-01-02T03:04:05Z"}`: "expires_in",
		`{"kind":"burn"}`: "kind", `{"scope":["mail"]}`: "scope", `{"expires_in":"0s","reason":"x"}`: "expires_at",
		`{"expires_in":"0s","dry_run":true}`: "dry_run",
	} {
		d.ask(supervisor, path, body).problem(422, "invalid").has("errors.0.field", field)
	}
	d.ask(supervisor, "PATCH /rules/999", `{"reason":"x"}`).problem(404, "not-found")
}

// An end that has come is a lift, and asks what becomes of what is held.
func TestShortenedEndsAskForHeld(t *testing.T) {
	for _, end := range []string{`"expires_in":"0s"`, `"expires_in":"-1h"`, `"expires_at":"2020-01-02T03:04:05Z"`} {
		for choice, want := range map[string]string{"unblock_all": "conversed", "delete_all": "purged", "keep": "held"} {
			d := open(t)
			id := d.rule(`{"kind":"block","target":"email:eve@example.net"}`)
			message := d.receive(d.mail("eve@example.net", "one", "1"))[0]
			d.ask(supervisor, "PATCH /rules/"+id, `{`+end+`}`).problem(409, "held-choice-required").has("held", "1")
			d.ask(supervisor, "GET /rules/"+id, "").is(200).has("lifted_at", "")
			a := d.ask(supervisor, "PATCH /rules/"+id, `{`+end+`,"held":"`+choice+`"}`, "Idempotency-Key", "k")
			if choice == "keep" {
				a.is(200).has("job", "", "lifted_by", "supervisor")
			} else {
				a.is(202).has("job.kind", choice, "lifted_by", "supervisor")
			}
			if again := d.ask(supervisor, "PATCH /rules/"+id, `{`+end+`,"held":"`+choice+`"}`, "Idempotency-Key", "k"); again.Code != a.Code {
				t.Errorf("%s: repeated: %d, want %d", end, again.Code, a.Code)
			}
			d.work()
			d.ask(supervisor, "GET /messages/"+message.String(), "").is(200).has("state", want)
			d.ask(supervisor, "PATCH /rules/"+id, `{"reason":"x"}`).problem(409, "conflict") // it was lifted
		}
	}
}

func TestPatchNeedsTheVersion(t *testing.T) {
	d := open(t)
	id := d.rule(`{"kind":"block","target":"visitor:v1"}`)
	tag := d.ask(supervisor, "GET /rules/"+id, "").is(200).Header.Get("ETag")
	d.ask(supervisor, "PATCH /rules/"+id, `{"reason":"a"}`, "If-Match", tag).is(200)
	d.ask(supervisor, "PATCH /rules/"+id, `{"reason":"b"}`, "If-Match", tag).problem(412, "stale").has("detail", "supervisor changed it meanwhile: read it again")
	d.ask(supervisor, "PATCH /rules/"+id, `{"expires_in":"0s"}`, "If-Match", tag).problem(412, "stale")
	d.ask(supervisor, "PATCH /rules/"+id, `{"reason":"b"}`, "If-Match", "x").problem(422, "invalid")
	d.ask(supervisor, "GET /rules/"+id, "").is(200).has("reason", "a", "lifted_at", "")
}

// Changing a kind takes what setting the new one takes, and does what it does.
func TestPatchOfKinds(t *testing.T) {
	d := open(t)
	d.receive(d.chat("v1", "hello"), d.mail("ann@example.com", "order", "hello"))
	v1 := d.contactOf("v1")
	allow := d.rule(`{"kind":"allow","target":"contact:` + v1[len("/contacts/"):] + `"}`)
	d.ask(supervisor, "PATCH /rules/"+allow, `{"kind":"blacklist"}`).problem(403, "role")
	d.ask(supervisor, "PATCH /rules/"+allow, `{"kind":"block"}`).problem(409, "feature-off")
	d.ask(supervisor, "PATCH /rules/"+allow, `{"kind":"ban","dry_run":true}`).is(200).has("messages", "1", "contacts", "1")
	d.ask(supervisor, "PATCH /rules/"+allow, `{"kind":"ban"}`).is(200).has("kind", "ban", "closed_conversations", "1")
	d.ask(supervisor, "PATCH /rules/"+allow, `{"kind":"allow"}`).is(200).has("kind", "allow")
	d.rule(`{"kind":"ban","target":"contact:` + v1[len("/contacts/"):] + `"}`)
	d.ask(supervisor, "PATCH /rules/"+allow, `{"kind":"ban"}`).problem(409, "conflict") // such a rule stands
	domain := d.rule(`{"kind":"allow","target":"domain:gmail.com"}`)
	d.ask(supervisor, "PATCH /rules/"+domain, `{"reason":"x"}`).problem(403, "role")
	d.ask(admin, "PATCH /rules/"+domain, `{"kind":"block"}`).problem(409, "foot-gun").has("alarms.0.code", "public_domain")
	d.ask(admin, "PATCH /rules/"+domain, `{"kind":"block","force":true,"expires_in":"1h"}`).is(200)
	d.ask(admin, "GET /audit?subject=rule:"+domain, "").is(200).has("items.0.data.forced.0", "public_domain")
	d.ask(admin, "PATCH /rules/"+domain, `{"expires_in":"2h"}`).problem(409, "foot-gun")
	d.ask(admin, "PATCH /rules/"+domain, `{"expires_in":"30m","reason":"less"}`).is(200)
}

// A rule that the clock has ended can be given a later end.
func TestExtendingWhatHasExpired(t *testing.T) {
	d := open(t)
	id := d.rule(`{"kind":"block","target":"email:eve@example.net","expires_in":"1h"}`)
	d.exec("update rules set expires_at = now() - interval '1 minute'", "update epoch set n = n + 1", "update rules set epoch = (select n from epoch)")
	d.receive(d.mail("eve@example.net", "one", "1"))
	d.ask(supervisor, "GET /blocked", "").is(200).has("items", "0")
	d.ask(supervisor, "PATCH /rules/"+id, `{"expires_in":"1h"}`).is(200)
	d.receive(d.mail("eve@example.net", "two", "2"))
	d.ask(supervisor, "GET /blocked", "").is(200).has("items", "1", "items.0.rule.id", id)
}

// A new rule ends at a moment or after a time, not both, and never before now.
func TestARuleIsSetUntilAMoment(t *testing.T) {
	d := open(t)
	at := time.Now().Add(100 * time.Hour).UTC().Truncate(time.Second).Format(time.RFC3339)
	order := `{"kind":"block","target":"email:bob@example.net","reason":"spam"`
	d.ask(supervisor, "POST /rules", order+`,"expires_at":"`+at+`","expires_in":"1h"}`).problem(422, "invalid").has("errors.0.field", "expires_in")
	d.ask(supervisor, "POST /rules", order+`,"expires_at":"2020-01-02T03:04:05Z"}`).problem(422, "invalid").has("errors.0.field", "expires_at")
	d.ask(supervisor, "POST /rules", order+`,"expires_at":"`+at+`"}`).is(201).has("expires_at", strings.TrimSuffix(at, "Z")+".000Z")
}

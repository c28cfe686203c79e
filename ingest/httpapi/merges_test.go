package httpapi_test

import (
	"fmt"
	"strings"
	"testing"

	"gatehouse/ingest"
)

// Two contacts become one by order of a supervisor; whatever is asked of either
// id is answered by the one that stayed.
func TestMergeByTheDesk(t *testing.T) {
	d := open(t)
	d.receive(d.mail("ann@example.com", "order", "hello"), d.chat("v1", "hi"))
	ann, visitor := d.contactOf("ann@example.com"), "/contacts/"+d.ask(agent, "GET /contacts?q=v1", "").is(200).get("items.0.id")
	d.ask(agent, "PATCH "+ann, `{"company":"Example Ltd","tags":["vip"],"fields":{"plan":"pro"}}`).is(200)
	d.ask(agent, "PATCH "+visitor, `{"nickname":"Annie","tags":["new"],"fields":{"plan":"free","seats":"3"}}`).is(200)
	d.ask(agent, "POST "+visitor+"/notes", `{"text":"from the chat"}`).is(201)
	into := strings.TrimPrefix(ann, "/contacts/")
	order := fmt.Sprintf(`{"into":"%s"}`, into)
	d.ask(agent, "POST "+visitor+"/merge", order).problem(403, "role")
	d.ask(supervisor, "POST "+visitor+"/merge", `{"into":"00000000-0000-7000-8000-000000000000"}`).problem(422, "invalid").has("errors.0.field", "into")
	d.ask(supervisor, "POST "+ann+"/merge", order).problem(422, "invalid").has("errors.0.field", "into")
	d.ask(supervisor, "POST "+visitor+"/merge", fmt.Sprintf(`{"into":"%s","dry_run":true}`, into)).is(200).has("merge", "", "would.choices", "0",
		"would.conflicts", "2", "would.conflicts.1", "fields.plan")
	merged := d.ask(supervisor, "POST "+visitor+"/merge", order, "Idempotency-Key", "m").is(201).has("contact.id", into, "merge.by", "supervisor",
		"merge.took.profile.0", "nickname", "merge.took.tags.0", "new", "merge.took.fields.0", "seats", "merge.was.fields.plan", "free")
	d.ask(supervisor, "POST "+visitor+"/merge", order, "Idempotency-Key", "m").is(201).has("merge.id", merged.get("merge.id"))
	d.ask(supervisor, "POST "+ann+"/merge", fmt.Sprintf(`{"into":"%s"}`, strings.TrimPrefix(visitor, "/contacts/"))).is(200).has("merge.id", merged.get("merge.id"))

	for _, who := range []string{ann, visitor} {
		d.ask(agent, "GET "+who, "").is(200).has("id", into, "identities", "2", "nickname", "Annie", "company", "Example Ltd", "tags", "2",
			"fields.plan", "pro", "fields.seats", "3")
		d.ask(agent, "GET "+who+"/history", "").is(200).has("items", "2", "items.0.contact_id", into, "items.1.contact_id", into)
		d.ask(agent, "GET "+who+"/notes", "").is(200).has("items", "1")
		d.ask(agent, "GET /conversations?contact_id="+strings.TrimPrefix(who, "/contacts/"), "").is(200).has("items", "2", "items.0.contact_id", into)
		d.ask(agent, "GET /messages?contact_id="+strings.TrimPrefix(who, "/contacts/"), "").is(200).has("items", "2")
		d.ask(supervisor, "GET "+who+"/merges", "").is(200).has("items", "1")
	}
	d.ask(agent, "GET "+visitor, "").has("merged_into", into)
	d.ask(agent, "GET "+ann, "").has("merged_into", "")
	d.ask(agent, "GET /contacts?q=v1", "").is(200).has("items", "1", "items.0.id", into)
	d.ask(agent, "GET /contacts", "").is(200).has("items", "1")
	d.ask(agent, "PATCH "+visitor, `{"location":"Berlin"}`).is(200).has("id", into)
	d.ask(agent, "GET /events?types=contact.merged", "").is(200).has("items", "1", "items.0.contact_id", into)

	d.blocksOn()
	d.ask(supervisor, "POST "+visitor+"/block", `{"reason":"spam"}`).is(201)
	d.receive(d.mail("ann@example.com", "again", "held?"), d.chat("v1", "held?"))
	d.ask(supervisor, "GET "+ann, "").is(200).has("held", "2", "standing.effect", "hold")
	d.ask(agent, "GET /standing?kind=visitor&value=v1", "").is(200).has("effect", "hold")
	d.ask(supervisor, "GET /blocked?contact_id="+strings.TrimPrefix(visitor, "/contacts/"), "").is(200).has("total", "2", "items.0.contact_id", into)
	d.ask(supervisor, "POST "+visitor+"/unblock", `{"held":"unblock_all"}`).is(202)
	d.work()
	d.ask(supervisor, "GET "+ann, "").is(200).has("held", "0", "standing.effect", "none")
	d.ask(agent, "GET "+ann+"/history", "").is(200).has("items", "4")

	d.ask(supervisor, "GET /merges/"+merged.get("merge.id"), "").is(200).has("by", "supervisor")
	undo := "POST /merges/" + merged.get("merge.id") + "/undo"
	d.ask(supervisor, undo, "{}").is(200).has("merge.undone_by", "supervisor")
	d.ask(supervisor, undo, "{}").problem(409, "conflict")
	d.ask(agent, "GET "+ann, "").is(200).has("identities", "1", "nickname", "", "tags", "1", "fields.seats", "", "location", "Berlin")
	d.ask(agent, "GET "+visitor, "").is(200).has("identities", "1", "nickname", "Annie", "fields.plan", "free", "merged_into", "")
	d.ask(agent, "GET "+visitor+"/history", "").is(200).has("items", "2")
	d.ask(agent, "GET "+visitor+"/notes", "").is(200).has("items", "1")
	d.ask(agent, "GET "+ann+"/notes", "").is(200).has("items", "0")
	d.lawful()
}

// Who stands differently is merged by a choice that is put before a supervisor,
// with what it would come to.
func TestMergeAsksWhoseRulesStand(t *testing.T) {
	d := open(t)
	d.blocksOn()
	d.receive(d.mail("ann@example.com", "order", "hello"), d.chat("v1", "hi"))
	ann, visitor := d.contactOf("ann@example.com"), "/contacts/"+d.ask(agent, "GET /contacts?q=v1", "").is(200).get("items.0.id")
	d.ask(supervisor, "POST "+visitor+"/block", `{"reason":"spam"}`).is(201)
	d.receive(d.chat("v1", "held"))
	into := strings.TrimPrefix(ann, "/contacts/")
	d.ask(supervisor, "POST "+visitor+"/merge", fmt.Sprintf(`{"into":"%s"}`, into)).problem(409, "merge-choice-required").has(
		"merge.contact.standing.effect", "hold", "merge.contact.held", "1", "merge.into.standing.effect", "none", "merge.choices", "3",
		"merge.choices.0.rules", "keep_both", "merge.choices.0.standing.effect", "hold",
		"merge.choices.1.rules", "keep_survivor", "merge.choices.1.standing.effect", "none", "merge.choices.1.lifts", "1", "merge.choices.1.held", "1",
		"merge.choices.2.rules", "keep_merged", "merge.choices.2.standing.effect", "hold")
	d.ask(supervisor, "POST "+visitor+"/merge", fmt.Sprintf(`{"into":"%s","rules":"keep_survivor"}`, into)).problem(409, "held-choice-required").has("held", "1")
	d.ask(supervisor, "POST "+visitor+"/merge", fmt.Sprintf(`{"into":"%s","rules":"keep_survivor","held":"unblock_all"}`, into)).is(201).has(
		"job.kind", "unblock_all", "merge.lifted", "1", "contact.standing.effect", "none")
	d.work()
	d.ask(supervisor, "GET "+ann, "").is(200).has("held", "0")
	d.lawful()
}

// Who may be one person is shown to whoever looks at one of the two, and left
// once somebody says that they are not.
func TestSuggestions(t *testing.T) {
	d := open(t)
	d.receive(d.mail("ann@example.com", "order", "hello"))
	a := d.chat("v1", "hi")
	a.Message.Identities = append(a.Message.Identities, ingest.Identity{Kind: "email", Value: "ann@example.com", How: ingest.Claimed})
	d.receive(a)
	found := d.ask(supervisor, "GET /suggestions", "").is(200).has("items", "1", "items.0.why", "claimed", "items.0.contacts", "2")
	ann := "/contacts/" + found.get("items.0.contacts.0.id")
	d.ask(agent, "GET "+ann, "").is(200).has("suggested", "1", "suggested.0.why", "claimed")
	d.ask(supervisor, "GET /suggestions?contact_id="+strings.TrimPrefix(ann, "/contacts/"), "").is(200).has("items", "1")
	dismiss := "DELETE /suggestions/" + found.get("items.0.id")
	d.ask(supervisor, dismiss, "").is(204)
	d.ask(supervisor, dismiss, "").problem(404, "not-found")
	d.ask(agent, "GET "+ann, "").is(200).has("suggested", "0")
	d.ask(admin, "GET /audit?action=contact.not_one", "").is(200).has("items", "1")
}

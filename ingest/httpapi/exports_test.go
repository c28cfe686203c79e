package httpapi_test

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"gatehouse/ingest"
)

// export asks for a file and has it made; it returns its number.
func (d *desk) export(role ingest.Role, path, filter string) string {
	d.t.Helper()
	job := d.ask(role, "POST "+path, filter).is(202).has("kind", "export", "state", "running").get("id")
	if d.woken == 0 {
		d.t.Error("nobody was woken")
	}
	d.make()
	return job
}

func (d *desk) make() {
	d.t.Helper()
	_, err := d.store.MakeExports(context.Background())
	must(d.t, err)
}

// lines reads a file.
func (d *desk) lines(role ingest.Role, id string) [][]string {
	d.t.Helper()
	a := d.ask(role, "GET /exports/"+id+"/file", "").is(200)
	text, marked := strings.CutPrefix(string(a.Body), ingest.ByteOrderMark)
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	must(d.t, err)
	if !marked || len(lines) == 0 {
		d.t.Fatalf("no mark or no line: %.100s", a.Body)
	}
	return lines
}

func TestContactsAreExported(t *testing.T) {
	d := open(t)
	d.receive(d.mail("ann@example.com", "order", "hello"), d.mail("=cmd@example.net", "offer", "hello"), d.chat("v1", "hello"))
	ann := d.contact("Ann")
	d.ask(agent, "PATCH /contacts/"+ann, `{"name":"=HYPERLINK(\"x\")","company":"Müller; +Söhne","fields":{"tier":"gold"},"tags":["vip"]}`).is(200)
	d.ask(agent, "POST /contacts/"+ann+"/identities", `{"identity":"phone:+49 1555 0100123"}`).is(201)
	d.rule(`{"kind":"block","target":"email:ann@example.com"}`)
	id := d.export(admin, "/contacts/export", `{"q":"ann@example.com"}`)
	d.ask(admin, "GET /jobs/"+id, "").is(200).has("state", "done", "total", "1", "done", "1", "scope", "export:contacts")
	lines := d.lines(admin, id)
	if len(lines) != 2 || strings.Join(lines[0], ",") != strings.Join(ingest.ContactHead, ",") {
		t.Fatalf("%q", lines)
	}
	got := map[string]string{}
	for i, name := range lines[0] {
		got[name] = lines[1][i]
	}
	for name, want := range map[string]string{"contact_id": ann, "name": `'=HYPERLINK("x")`, "company": "Müller; +Söhne", "email": "ann@example.com",
		"phone": "'+4915550100123", "addresses": "email:ann@example.com phone:+4915550100123", "tags": "vip", "fields": `{"tier":"gold"}`,
		"rules": "block", "held": "0"} {
		if got[name] != want {
			t.Errorf("%s: %q, want %q", name, got[name], want)
		}
	}
	for _, blank := range []string{`{"q":" "}`, `{"q":"\u0000"}`} {
		if all := d.lines(admin, d.export(admin, "/contacts/export", blank)); len(all) != 4 {
			t.Errorf("%s exports %q", blank, all)
		}
	}
	if all := d.lines(admin, d.export(admin, "/contacts/export", "")); len(all) != 4 {
		t.Errorf("without a filter: %q", all)
	}
	for filter, n := range map[string]int{`{"tag":"vip"}`: 1, `{"standing":"blocked"}`: 1, `{"standing":"active"}`: 2, `{"to":"2020-01-01T00:00:00Z"}`: 0} {
		if got := d.lines(admin, d.export(admin, "/contacts/export", filter)); len(got) != n+1 {
			t.Errorf("%s: %d lines: %q", filter, len(got), got)
		}
	}
}

func TestExportIsReadAndDeleted(t *testing.T) {
	d := open(t)
	hold(d)
	id := d.export(supervisor, "/blocked/export", `{"channel":"mail"}`)
	e := d.ask(supervisor, "GET /exports/"+id, "").is(200).has("what", "held", "state", "ready", "created_by", "supervisor", "says", "")
	made, err := time.Parse(time.RFC3339, e.get("made_at"))
	must(t, err)
	if ends, err := time.Parse(time.RFC3339, e.get("expires_at")); err != nil || ends.Sub(made) != 7*24*time.Hour {
		t.Errorf("made %v, ends %v", made, ends)
	}
	file := d.ask(supervisor, "GET /exports/"+id+"/file", "").is(200)
	sum := sha256.Sum256(file.Body)
	if hex.EncodeToString(sum[:]) != e.get("sha256") || fmt.Sprint(len(file.Body)) != e.get("bytes") || file.Header.Get("Content-Disposition") != `attachment; filename=held-`+id+`.csv` {
		t.Errorf("%d octets, %v", len(file.Body), file.Header)
	}
	part := d.ask(supervisor, "GET /exports/"+id+"/file", "", "Range", "bytes=3-11").is(206)
	if string(part.Body) != "ticket_id" {
		t.Errorf("a part: %q", part.Body)
	}
	d.ask(supervisor, "GET /exports/"+id+"/file", "", "If-None-Match", file.Header.Get("ETag")).is(304)
	d.ask(admin, "GET /audit?subject=export:"+id, "").is(200).has("items.0.action", "export.read", "items.0.actor", "supervisor")
	d.ask(supervisor, "GET /exports", "").is(200).has("items", "1", "items.0.id", id)
	d.ask(supervisor, "DELETE /exports/"+id, "").is(204)
	d.ask(supervisor, "DELETE /exports/"+id, "").is(204)
	d.ask(supervisor, "GET /exports/"+id+"/file", "").problem(410, "gone")
	d.ask(supervisor, "GET /exports/"+id, "").is(200).has("state", "gone", "error", "deleted")
}

// Whoever may not ask for a file may not have it either.
func TestExportsByRole(t *testing.T) {
	d := open(t)
	d.receive(d.mail("ann@example.com", "order", "hello"))
	id := d.export(admin, "/contacts/export", "")
	for _, does := range []string{"GET /exports/" + id, "GET /exports/" + id + "/file", "DELETE /exports/" + id} {
		d.ask(supervisor, does, "").problem(403, "role")
	}
	d.ask(supervisor, "GET /exports", "").is(200).has("items", "0")
	d.ask(admin, "GET /exports", "").is(200).has("items", "1")
	d.ask(admin, "GET /exports/999/file", "").problem(404, "not-found")
}

func TestExportThatIsNotMade(t *testing.T) {
	d := open(t)
	id := d.ask(supervisor, "POST /blocked/export", "").is(202).get("id")
	next := d.ask(supervisor, "POST /blocked/export", "").is(202).has("state", "queued").get("id")
	d.ask(supervisor, "GET /exports/"+id+"/file", "").problem(409, "not-ready")
	d.ask(supervisor, "DELETE /exports/"+id, "").problem(409, "conflict")
	d.ask(supervisor, "POST /jobs/"+id+"/cancel", "").is(200).has("state", "cancelled")
	contacts := d.ask(admin, "POST /contacts/export", "").is(202).get("id")
	d.ask(supervisor, "POST /jobs/"+contacts+"/cancel", "").problem(403, "role")
	d.ask(supervisor, "GET /exports/"+id, "").is(200).has("state", "cancelled", "says", "retry its job, or ask for a new one")
	_, err := d.store.StepJobs(context.Background(), 100)
	must(t, err)
	d.make()
	d.ask(supervisor, "GET /exports/"+next, "").is(200).has("state", "ready", "rows", "0")
	d.ask(supervisor, "POST /blocked/export", `{"channel":"nowhere"}`).problem(422, "invalid")
	d.ask(supervisor, "POST /blocked/export", `{"colour":"red"}`).problem(422, "invalid")
}

// A request that is sent twice makes one file.
func TestExportOnce(t *testing.T) {
	d := open(t)
	first := d.ask(supervisor, "POST /blocked/export", `{}`, "Idempotency-Key", "k").is(202).get("id")
	d.ask(supervisor, "POST /blocked/export", `{}`, "Idempotency-Key", "k").is(202).has("id", first)
	d.ask(supervisor, "GET /exports", "").is(200).has("items", "1")
}

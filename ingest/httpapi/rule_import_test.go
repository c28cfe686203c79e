package httpapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestExportIsImported(t *testing.T) {
	d := open(t)
	d.rule(`{"kind":"block","target":"email:eve@example.net","reason":"spam","comment":"two\nlines","scope":["mail"],"expires_in":"24h","on_expiry":"release"}`)
	d.rule(`{"kind":"allow","target":"domain:example.org","spare_known":true}`)
	lifted := d.rule(`{"kind":"ban","target":"visitor:v1"}`)
	d.ask(supervisor, "DELETE /rules/"+lifted, "").is(204)
	out := d.ask(supervisor, "GET /rules/export", "").is(200)
	if n := strings.Count(string(out.Body), "\n"); n != 2 || out.Header.Get("Content-Type") != "application/x-ndjson" {
		t.Fatalf("%d lines as %s:\n%s", n, out.Header.Get("Content-Type"), out.Body)
	}
	d.ask(admin, "POST /rules/import", string(out.Body)).is(200).has("set", "0", "standing", "2", "lifted", "0", "absent", "0", "job", "")
	other := open(t)
	other.ask(admin, "POST /rules/import?dry_run=true", string(out.Body)).is(200).has("set", "2")
	other.ask(supervisor, "GET /rules", "").is(200).has("items", "0")
	other.ask(admin, "POST /rules/import", string(out.Body)).is(200).has("set", "2", "standing", "0")
	again := other.ask(supervisor, "GET /rules/export", "").is(200)
	strip := func(b []byte) string {
		var lines []string
		for line := range strings.Lines(string(b)) {
			lines = append(lines, line[:strings.Index(line, `"created_by"`)])
		}
		slices.Sort(lines)
		return strings.Join(lines, "\n")
	}
	if strip(again.Body) != strip(out.Body) {
		t.Errorf("exported again:\n%s\nwant\n%s", again.Body, out.Body)
	}
	d.ask(supervisor, "GET /rules/export?state=lifted&kind=ban", "").is(200).has("target", "visitor:v1", "lifted", "true")
}

func TestImportSaysWhichLinesAreWrong(t *testing.T) {
	d := open(t)
	lines := []string{
		`{"kind":"ban","target":"visitor:v1"}`,
		``,
		`{"kind":"burn","target":"visitor:v1"}`,
		`{"kind":"ban","target":"nonsense"}`,
		`not JSON`,
		`{"kind":"ban","target":"visitor:v1","colour":"red"}`,
		`{"kind":"ban","target":"visitor:v1","scope":["nowhere"]}`,
		`{"kind":"ban","target":"visitor:v1","expires_at":"2020-01-01T00:00:00Z"}`,
		`{"kind":"ban","target":"domain:example.net"}`,
		`{"kind":"blacklist","target":"visitor:v1"}`,
		`{"kind":"ban","target":"contact:018f0000-0000-7000-8000-000000000000"}`,
		`{"kind":"ban","target":"visitor:v1","reason":"` + strings.Repeat("x", 101) + `"}`,
		`{"kind":"ban","target":"visitor:v1","on_expiry":"burn"}`,
		`{"kind":"ban","target":"visitor:v1"} {"kind":"ban","target":"visitor:v2"}`,
	}
	p := d.ask(supervisor, "POST /rules/import", strings.Join(lines, "\n")).problem(422, "invalid").has("errors", "12")
	for i := range 12 {
		p.has(fmt.Sprintf("errors.%d.field", i), fmt.Sprintf("line %d", i+3))
	}
	d.ask(supervisor, "GET /rules", "").is(200).has("items", "0")
	d.ask(supervisor, "POST /rules/import", "\n\n").problem(422, "invalid")
	d.ask(agent, "POST /rules/import", lines[0]).problem(403, "role")
	d.ask(supervisor, "POST /rules/import", strings.Repeat(lines[0]+"\n", 10_001)).problem(422, "invalid")
}

// A lift by import asks what becomes of what is held, as every other.
func TestImportedLiftsAskForHeld(t *testing.T) {
	for choice, want := range map[string]string{"unblock_all": "conversed", "delete_all": "purged", "keep": "held"} {
		d := open(t)
		d.rule(`{"kind":"block","target":"email:eve@example.net"}`)
		d.rule(`{"kind":"block","target":"email:ann@example.net"}`)
		ids := d.receive(d.mail("eve@example.net", "one", "1"), d.mail("ann@example.net", "two", "2"))
		lines := `{"kind":"block","target":"email:EVE@example.net","lifted":true}` + "\n" + `{"kind":"block","target":"email:ann@example.net","lifted":true}` +
			"\n" + `{"kind":"ban","target":"visitor:v9","lifted":true}` + "\n" + `{"kind":"ban","target":"visitor:v1"}`
		for _, query := range []string{"", "?dry_run=true"} {
			d.ask(supervisor, "POST /rules/import"+query, lines).problem(409, "held-choice-required").has("held", "2")
		}
		d.ask(supervisor, "GET /rules?state=standing", "").is(200).has("items", "2")
		a := d.ask(supervisor, "POST /rules/import?held="+choice, lines, "Idempotency-Key", "k").has("set", "1", "lifted", "2", "absent", "1")
		if choice == "keep" {
			a.is(200).has("job", "")
		} else {
			a.is(202).has("job.kind", choice)
		}
		d.ask(supervisor, "POST /rules/import?held="+choice, lines, "Idempotency-Key", "k").is(a.Code).has("set", "1", "lifted", "2")
		d.work()
		for _, id := range ids {
			d.ask(supervisor, "GET /messages/"+id.String(), "").is(200).has("state", want)
		}
	}
}

func TestImportMeetsFootGuns(t *testing.T) {
	d := open(t, owning)
	lines := `{"kind":"ban","target":"visitor:v1"}` + "\n" + `{"kind":"ban","target":"email:support@example.com"}` + "\n" +
		`{"kind":"allow","target":"domain:gmail.com"}` + "\n" + `{"kind":"block","target":"domain:gmail.com"}`
	d.ask(admin, "POST /rules/import", lines).problem(409, "foot-gun").has("alarms", "2", "alarms.0.code", "own_address", "alarms.0.line", "2",
		"alarms.1.code", "public_domain", "alarms.1.line", "4")
	d.ask(supervisor, "POST /rules/import?force=true", strings.Join(strings.Split(lines, "\n")[:2], "\n")).problem(403, "role")
	d.ask(admin, "POST /rules/import?force=true", lines).is(200).has("set", "4")
	d.ask(admin, "GET /audit?subject=rules", "").is(200).has("items.0.action", "rule.import", "items.0.data.forced", "2", "items.0.data.set", "4")
}

// Ten thousand rules at once, some twice, some that stand and one that expired.
func TestImportOfMany(t *testing.T) {
	d := open(t)
	d.rule(`{"kind":"block","target":"visitor:v1","expires_in":"1h"}`)
	d.rule(`{"kind":"block","target":"visitor:v2"}`)
	d.exec("update rules set expires_at = now() - interval '1 minute' where target = 'v1'")
	var lines strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&lines, `{"kind":"block","target":"visitor:v%d","comment":"%s"}`+"\n", i/2, strings.Repeat("x", 100))
	}
	d.ask(admin, "POST /rules/import", lines.String(), "Idempotency-Key", "many").is(200).has("set", "4999", "standing", "5001")
	d.ask(supervisor, "GET /rules?state=standing&target=visitor:v1", "").is(200).has("items", "1", "items.0.comment", strings.Repeat("x", 100))
	d.receive(d.chat("v4321", "hello"))
	d.ask(supervisor, "GET /blocked", "").is(200).has("items", "1")
}

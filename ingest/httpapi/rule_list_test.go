package httpapi_test

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gatehouse/ingest"
)

// What CSV says is what is imported, whatever a spreadsheet would have made of it.
func TestRulesAsCSV(t *testing.T) {
	d := open(t)
	d.rule(`{"kind":"block","target":"email:eve@example.net","reason":"=1+1","comment":"two\nlines; +49 \"x\"","scope":["chat","mail"],"expires_in":"24h","on_expiry":"release"}`)
	d.rule(`{"kind":"allow","target":"domain:example.org","spare_known":true}`)
	out := d.ask(supervisor, "GET /rules/export?format=csv", "").is(200)
	text, marked := strings.CutPrefix(string(out.Body), ingest.ByteOrderMark)
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	must(t, err)
	if !marked || len(lines) != 3 || lines[2][2] != "'=1+1" || lines[2][4] != "chat mail" {
		t.Fatalf("%q", out.Body)
	}
	d.ask(admin, "POST /rules/import", string(out.Body)).is(200).has("set", "0", "standing", "2")
	other := open(t)
	other.ask(admin, "POST /rules/import?format=csv", string(out.Body)).is(200).has("set", "2")
	strip := func(d *desk) (list []string) {
		for line := range strings.Lines(string(d.ask(supervisor, "GET /rules/export", "").is(200).Body)) {
			list = append(list, line[:strings.Index(line, `"created_by"`)])
		}
		slices.Sort(list)
		return list
	}
	if got, want := strings.Join(strip(other), "\n"), strings.Join(strip(d), "\n"); got != want {
		t.Errorf("imported:\n%s\nwant\n%s", got, want)
	}
	d.ask(admin, "POST /rules/import", "Target;Kind;expires_at\ndomain:example.com;Block;2099-01-01\n").is(200).has("set", "1")
	for _, wrong := range []string{"kind,target,colour\n", "kind\nban\n", "kind,target\nban\n", "kind,target,lifted\nban,visitor:v1,perhaps\n", "kind,target\nban,\"visitor:v1\n"} {
		d.ask(admin, "POST /rules/import?format=csv", wrong).problem(422, "invalid")
	}
}

// A preview says of each line what would become of it, and changes nothing.
func TestImportIsPreviewed(t *testing.T) {
	d := open(t)
	d.receive(d.mail("ann@example.com", "order", "hello"))
	stands := d.rule(`{"kind":"block","target":"email:eve@example.net"}`)
	allowed := d.rule(`{"kind":"allow","target":"email:ann@example.com"}`)
	list := strings.Join([]string{"kind,target,lifted",
		"block,email:eve@example.net,",
		"ban,email:ann@example.com,",
		"ban,nonsense,",
		"block,domain:example.org,",
		"block,domain:EXAMPLE.org,",
		"allow,domain:example.org,",
		"ban,visitor:v9,true",
		"block,EMAIL:eve@example.net,true",
		"block,domain:gmail.com,"}, "\n")
	a := d.ask(admin, "POST /rules/import?dry_run=true", list).is(200).has("format", "csv", "wrong", "2", "lines", "9")
	for i, want := range []string{"stands", "rule", "wrong", "rule", "repeat", "rule", "absent", "wrong", "rule"} {
		a.has(fmt.Sprintf("lines.%d.becomes", i), want, fmt.Sprintf("lines.%d.line", i), fmt.Sprint(i+2))
	}
	a.has("lines.0.rule_id", stands, "lines.1.contradicts.0", allowed, "lines.1.known_contacts", "1", "lines.4.says", "the same as line 5",
		"lines.8.alarms.0.code", "public_domain")
	if says := a.get("lines.5.says"); !strings.Contains(says, "contradicts line 5, of the two the allow holds") {
		t.Errorf("it says %q", says)
	}
	d.ask(supervisor, "GET /rules", "").is(200).has("items", "2")
	d.ask(admin, "POST /rules/import", list).problem(422, "invalid").has("errors", "2", "errors.0.field", "line 4")
}

// Zendesk's lists are read as they are pasted.
func TestZendeskListsAreImported(t *testing.T) {
	d := open(t)
	block := "* suspend:ann@example.com reject:bob@example.com example.net\nspam*@example.org"
	a := d.ask(admin, "POST /rules/import?dry_run=true", block).is(200).has("format", "zendesk_block", "skipped", "1", "lines", "5")
	a.has("lines.0.becomes", "rule", "lines.0.alarms.0.code", "everyone", "lines.1.rule.kind", "block", "lines.2.rule.kind", "ban",
		"lines.3.rule.target", "domain:example.net", "lines.4.becomes", "skipped", "lines.4.line", "2", "lines.4.text", "spam*@example.org")
	if says := a.get("lines.2.says"); !strings.Contains(says, "rejected without a record: banned here") {
		t.Errorf("it says %q", says)
	}
	d.ask(admin, "POST /rules/import", block).problem(409, "confirm-required")
	d.ask(admin, "POST /rules/import?confirm=true", block).problem(409, "foot-gun").has("alarms.0.line", "1")
	d.ask(supervisor, "POST /rules/import?confirm=true", block).problem(422, "invalid")
	d.ask(admin, "POST /rules/import?confirm=true&force=true", block).is(200).has("set", "4")
	d.ask(admin, "POST /rules/import?confirm=true&force=true", block).is(200).has("set", "0", "standing", "4")

	d.ask(admin, "POST /rules/import?dry_run=true", "example.org ann@example.org").problem(422, "invalid").has("errors.0.field", "format")
	d.ask(admin, "POST /rules/import?format=zendesk_allow&confirm=true", "example.org ann@example.org").is(200).has("set", "2")
	d.receive(d.mail("cara@example.org", "a", "1"), d.mail("dan@example.edu.example", "b", "2"))
	d.ask(supervisor, "GET /blocked", "").is(200).has("total", "1")
}

// Ten thousand lines are previewed and imported.
func TestLongListsAreImported(t *testing.T) {
	d := open(t)
	var list strings.Builder
	for n := range 9_999 {
		fmt.Fprintf(&list, "reject:user%d@example%d.com ", n, n%50)
	}
	list.WriteString("\nann@example.com")
	d.ask(admin, "POST /rules/import?dry_run=true", list.String()).is(200).has("set", "10000", "lines", "10000")
	d.ask(admin, "POST /rules/import?confirm=true", list.String()).is(200).has("set", "10000")
}

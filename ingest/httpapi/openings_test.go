package httpapi_test

import (
	"strings"
	"testing"
)

// openings is the actions of who opened what, the newest first.
func (d *desk) openings() string {
	d.t.Helper()
	list := d.ask(admin, "GET /audit?actor=supervisor&limit=200", "").is(200)
	var parts []string
	for i := range len(strings.Split(string(list.Body), `"action":`)) - 1 {
		at := "items." + string(rune('0'+i))
		kind, _, _ := strings.Cut(list.get(at+".subject"), ":")
		parts = append(parts, list.get(at+".action")+" "+kind)
	}
	return strings.Join(parts, ", ")
}

// Who is shown what is held or dead leaves a line, once in a while.
func TestOpeningsOfWhatIsHeldAreNoted(t *testing.T) {
	d := open(t)
	d.rule(`{"kind":"block","target":"visitor:v1"}`)
	held := d.receive(d.chat("v1", "one", "<b>"))[0].String()
	d.receive(d.chat("v1", "two"))
	dead := d.unreadable(`{`).String()
	contact := d.ask(supervisor, "GET /messages?state=purged", "").is(200) // nothing is shown: no line
	if contact.get("items") != "0" {
		t.Fatal("something is purged")
	}
	for _, c := range []struct{ does, want string }{
		{"GET /messages/" + held, "message.read message"},
		{"GET /messages/" + held + "/attachments/0", "message.attachment message"},
		{"GET /messages?state=held", "message.read messages"},
		{"GET /dead", "message.read message"},
		{"GET /blocked", "blocked.read blocked"},
		{"GET /blocked/export", "blocked.export blocked"},
	} {
		before := d.openings()
		d.ask(supervisor, c.does, "").is(200)
		if got := d.openings(); got != strings.TrimSuffix(c.want+", "+before, ", ") {
			t.Errorf("%s: %q, before %q", c.does, got, before)
		}
		if c.want != "blocked.export blocked" { // each export is one
			d.ask(supervisor, c.does, "").is(200)
		}
		if got := d.openings(); got != strings.TrimSuffix(c.want+", "+before, ", ") {
			t.Errorf("%s again: %q, before %q", c.does, got, before)
		}
	}
	d.ask(admin, "GET /audit?subject=messages", "").is(200).has("items", "1", "items.0.data.messages", "2", "items.0.data.messages.1", held)
	d.ask(admin, "GET /audit?subject=message:"+dead, "").is(200).has("items.0.actor", "supervisor")
	d.ask(admin, "GET /messages/"+held, "").is(200)
	d.ask(admin, "GET /audit?subject=message:"+held+"&actor=admin", "").is(200).has("items", "1")
}

// What stands in conversations is read all day, and leaves none.
func TestReadingConversationsLeavesNoLine(t *testing.T) {
	d := open(t)
	id := d.receive(d.chat("v1", "one", "<b>"))[0].String()
	talk := d.ask(supervisor, "GET /conversations", "").is(200).get("items.0.id")
	for _, does := range []string{"GET /messages/" + id, "GET /messages", "GET /messages/" + id + "/attachments/0", "GET /conversations/" + talk + "/messages", "GET /blocked", "GET /dead"} {
		d.ask(supervisor, does, "").is(200)
	}
	if got := d.openings(); got != "" {
		t.Error(got)
	}
}

package main

import (
	"os"
	"path"
	"strings"
	"testing"

	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

// The types of events that docs/consume.md lists are those that the program
// has; go test with -update writes them.
func TestConsumePageSaysWhatIsTold(t *testing.T) {
	const name, begin, end = "docs/consume.md", "<!-- events -->\n", "<!-- /events -->"
	page := read(t, name)
	head, rest, opened := strings.Cut(page, begin)
	_, tail, closed := strings.Cut(rest, end)
	if !opened || !closed {
		t.Fatal(name + " has no place for the events")
	}
	now := head + begin + eventTable() + end + tail
	if now == page {
		return
	}
	if !channeltest.Update() {
		t.Fatal(name + " is not what the program says: go test ./cmd/gatehouse -run ConsumePage -update")
	}
	if err := os.WriteFile(path.Join(root, name), []byte(now), 0o644); err != nil {
		t.Fatal(err)
	}
}

func eventTable() string {
	rows := [][]string{{"type", "what happened", "ids", "keys of `data`"}}
	for _, e := range ingest.EventTypes {
		keys := strings.Join(e.Data, "`, `")
		if keys != "" {
			keys = "`" + keys + "`"
		}
		rows = append(rows, []string{"`" + e.Name + "`", e.Says, strings.Join(e.IDs, ", "), keys})
	}
	return table(rows)
}

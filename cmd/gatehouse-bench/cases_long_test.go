//go:build long

package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// TestLongCasesRun runs small the cases that fill a blocked list first.
func TestLongCasesRun(t *testing.T) {
	runsSmall(t, "replay,purge", "60", "replay", "replay-busy", "purge", "purge-busy")
	runsSmall(t, "blocked", "60", "blocked", "blocked-contact", "blocked-channel", "blocked-kind", "blocked-rule", "blocked-expired", "blocked-text")
	runsSmall(t, "standing", "60", "round-trip", "standing", "standing-1000", "standing-http", "standing-http-1000", "review-http")
	runsSmall(t, "deliver", "60", "deliver")
	runsSmall(t, "rulechange,refuse", "60", "rulechange", "refuse", "refuse-header")
}

// TestLongPagesRun runs case console small: each page is there, and one line of
// each.
func TestLongPagesRun(t *testing.T) {
	var out, log bytes.Buffer
	if code := run(t.Context(), []string{"--case", "console", "--n", "2000", "--rounds", "1", "--json"}, &out, &log); code != exitDone {
		t.Fatalf("exit %d: %s\n%s", code, out.String(), log.String())
	}
	n := 0
	for text := range strings.Lines(out.String()) {
		var l line
		must(t, json.Unmarshal([]byte(text), &l))
		if n++; l.P95 < l.P50 || l.Max < l.P95 || l.Bytes <= l.Zipped || l.GoalP95 != 100 {
			t.Errorf("%+v", l)
		}
	}
	if n < 40 {
		t.Errorf("%d pages were measured", n)
	}
}

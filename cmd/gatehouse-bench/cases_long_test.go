//go:build long

package main

import "testing"

// TestLongCasesRun runs small the cases that fill a blocked list first.
func TestLongCasesRun(t *testing.T) {
	runsSmall(t, "replay,purge", "60", "replay", "replay-busy", "purge", "purge-busy")
	runsSmall(t, "blocked", "60", "blocked", "blocked-contact", "blocked-channel", "blocked-kind", "blocked-rule", "blocked-expired", "blocked-text")
	runsSmall(t, "standing", "60", "round-trip", "standing", "standing-1000", "standing-http", "standing-http-1000", "review-http")
	runsSmall(t, "deliver", "60", "deliver")
	runsSmall(t, "rulechange,refuse", "60", "rulechange", "refuse", "refuse-header")
}

//go:build long

package imap

import "testing"

// TestLongFaults has each manner of going wrong happen at each point of a poll.
func TestLongFaults(t *testing.T) {
	for _, f := range atAnyPoint() {
		t.Run(f.name, f.run)
	}
}

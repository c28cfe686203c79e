//go:build long

package postgres_test

import "testing"

func TestLongBannedFloodLeavesNoRows(t *testing.T) { bannedFlood(t, 100_000) }

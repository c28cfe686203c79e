package app

import (
	"log/slog"
	"testing"
)

// The room on the disk is that of a file system.
func TestRoomOnTheDisk(t *testing.T) {
	own := (&App{Log: slog.New(slog.DiscardHandler)}).disk()
	if own == nil || own.Host == "" || own.Size <= 0 || own.Free < 0 || own.Free > own.Size {
		t.Errorf("%+v", own)
	}
}

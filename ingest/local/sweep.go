package local

import (
	"os"
	"path/filepath"
	"time"
)

const tempPrefix = "gatehouse-test-"

// sweep removes the temporary bases of processes that were killed: their lock
// is free. One younger than a minute may not be locked yet.
func sweep(parent string) {
	left, _ := filepath.Glob(filepath.Join(parent, tempPrefix+"*"))
	for _, dir := range left {
		info, err := os.Stat(dir)
		if err != nil || time.Since(info.ModTime()) < time.Minute {
			continue
		}
		lock, err := lockFile(filepath.Join(dir, "lock"))
		if err != nil {
			continue // in use, or another user's
		}
		os.RemoveAll(socketsOf(dir))
		os.RemoveAll(dir)
		lock.Close()
	}
}

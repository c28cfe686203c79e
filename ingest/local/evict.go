package local

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"syscall"
	"time"
)

// Evict ends the server that a killed program left running on the data in dir,
// if there is one, and removes its pid file. A server refuses to start while
// its pid file names a live process, and after a crash that may be a stranger
// with the same number: such a one is left alone. The server gets sig, and
// after grace SIGKILL. Call it under the base's lock.
func Evict(pidFile, dir string, sig syscall.Signal, grace time.Duration) error {
	text, err := os.ReadFile(pidFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	first, _, _ := bytes.Cut(text, []byte("\n"))
	pid, err := strconv.Atoi(string(bytes.TrimSpace(first)))
	if err == nil && pid > 0 && !end(pid, dir, sig, grace) && !end(pid, dir, syscall.SIGKILL, grace) {
		return fmt.Errorf("process %d on %s does not end", pid, dir)
	}
	if err := os.Remove(pidFile); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// end sends sig to the process pid if it works in dir, and tells whether it
// was gone within grace.
func end(pid int, dir string, sig syscall.Signal, grace time.Duration) bool {
	if worksIn(pid, dir) {
		_ = syscall.Kill(pid, sig) // one that has just ended is seen below
	}
	for deadline := time.Now().Add(grace); worksIn(pid, dir); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			return false
		}
	}
	return true
}

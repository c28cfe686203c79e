package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// Bounds of the other program that case parse runs.
const (
	maxBuild    = 5 * time.Minute // its modules may have to be fetched
	enmimeLeast = time.Second     // what a round takes at least
)

// A rival is enmime in a program of its own: it and what it needs stay out of
// Gatehouse's go.mod.
type rival struct {
	folder  string // holds the mails and the program
	program string
}

// newRival builds the program and writes the mails that it reads. It fails
// where its modules cannot be fetched.
func newRival(ctx context.Context, mails [][]byte) (*rival, error) {
	folder, err := os.MkdirTemp("", "gatehouse-bench-")
	if err != nil {
		return nil, err
	}
	r := &rival{folder: folder}
	r.program, err = buildEnmime(ctx, folder)
	for i := 0; i < len(mails) && err == nil; i++ {
		err = os.WriteFile(filepath.Join(folder, fmt.Sprintf("%06d.eml", i)), mails[i], 0o600)
	}
	if err != nil {
		return nil, errors.Join(err, r.remove())
	}
	return r, nil
}

func (r *rival) remove() error { return os.RemoveAll(r.folder) }

// buildEnmime builds the yardstick from its source, which lies in this module:
// so it must be built within it.
func buildEnmime(ctx context.Context, folder string) (program string, err error) {
	ctx, cancel := context.WithTimeout(ctx, maxBuild)
	defer cancel()
	module, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("find enmime's program: %w", err)
	}
	program = filepath.Join(folder, "enmime")
	build := exec.CommandContext(ctx, "go", "build", "-o", program, ".")
	build.Dir = filepath.Join(filepath.Dir(string(bytes.TrimSpace(module))), "cmd", "gatehouse-bench", "enmime")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if said, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build enmime's program: %w: %s", err, bytes.TrimSpace(said))
	}
	return program, nil
}

// lap has the program read all mails on one core. What it needs to start and
// to load them is not measured.
func (r *rival) lap(ctx context.Context, _ int) (lap, error) {
	var says bytes.Buffer
	run := exec.CommandContext(ctx, r.program, "--for", enmimeLeast.String(), r.folder)
	run.Env = append(os.Environ(), "GOMAXPROCS=1")
	run.Stderr = &says
	out, err := run.Output()
	if err != nil {
		return lap{}, fmt.Errorf("%w: %s", err, bytes.TrimSpace(says.Bytes()))
	}
	var found struct {
		Mails   int     `json:"mails"`
		Seconds float64 `json:"seconds"`
	}
	if err := json.Unmarshal(out, &found); err != nil || found.Mails == 0 {
		return lap{}, fmt.Errorf("enmime's program said %q: %w", out, err)
	}
	return lap{n: found.Mails, took: time.Duration(found.Seconds * float64(time.Second))}, nil
}

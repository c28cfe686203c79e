// Package housetest runs Gatehouse as its operators do, for tests: the built
// program as a process of its own, on a private Postgres and Redis, with
// mailboxes in the test's process. Tests of other packages import it; it has
// none itself.
package housetest

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest/local"
	"gatehouse/migrations/localpg"
)

// TB is what a house asks of the test that it is for.
type TB interface {
	local.TB
	Context() context.Context
	Failed() bool
	Fatal(args ...any)
	Logf(format string, args ...any)
}

// Patience bounds what is waited for. Nothing here takes that long unless it
// hangs.
const Patience = 2 * time.Minute

// Must ends the test if there is an error.
func Must(t TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%v", err)
	}
}

// Eventually waits until something is so.
func Eventually(t TB, what string, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(Patience); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", Patience, what)
		}
	}
}

// SQL does in the database what no program would.
func (h *House) SQL(statement string) {
	h.T.Helper()
	ctx, cancel := context.WithTimeout(h.T.Context(), Patience)
	defer cancel()
	c, err := pgx.Connect(ctx, h.database)
	Must(h.T, err)
	defer c.Close(ctx)
	_, err = c.Exec(ctx, statement)
	Must(h.T, err)
}

// binary is the program under test, once Building has built it.
var binary string

// Building builds the program, runs the tests of a package, as many at a time
// as parallel says, and then what comes after. Houses wait for servers and leases
// more than they compute.
func Building(m localpg.M, parallel int, after ...func() error) localpg.M {
	return localpg.Stopping(builder{m, parallel, after})
}

type builder struct {
	m        localpg.M
	parallel int
	after    []func() error
}

func (b builder) Run() int {
	dir, err := os.MkdirTemp("", "gatehouse-program-")
	if err == nil {
		defer os.RemoveAll(dir)
		binary = filepath.Join(dir, "gatehouse")
		err = build(binary)
	}
	if err == nil {
		flag.Parse()
		err = flag.Set("test.parallel", strconv.Itoa(b.parallel))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := b.m.Run()
	for _, f := range b.after {
		if err := f(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	return code
}

// build makes the program as it is shipped, without the race detector, whose
// memory is not the program's.
func build(path string) error {
	cmd := exec.Command("go", "build", "-buildvcs=false", "-o", path, "gatehouse/cmd/gatehouse")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return nil
}

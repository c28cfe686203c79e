package e2e

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gatehouse/migrations/localpg"
)

// patience bounds what is waited for. Nothing here takes that long unless it
// hangs.
const patience = 2 * time.Minute

// binary is the program under test.
var binary string

func TestMain(m *testing.M) { goleak.VerifyTestMain(localpg.Stopping(builder{m})) }

// A builder builds the program before the tests.
type builder struct{ m *testing.M }

func (b builder) Run() int {
	dir, err := os.MkdirTemp("", "gatehouse-e2e-")
	if err == nil {
		defer os.RemoveAll(dir)
		err = build(filepath.Join(dir, "gatehouse"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	// The tests wait for servers and leases more than they compute.
	flag.Parse()
	if err := flag.Set("test.parallel", "6"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return b.m.Run()
}

// build makes the program as it is shipped, without the race detector, whose
// memory is not the program's.
func build(path string) error {
	cmd := exec.Command("go", "build", "-buildvcs=false", "-o", path, "gatehouse/cmd/gatehouse")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the program: %w\n%s", err, out)
	}
	binary = path
	return nil
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// eventually waits until something is so.
func eventually(t testing.TB, what string, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

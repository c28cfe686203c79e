package e2e

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gatehouse/ingest/local"
)

// planted is in every text that the tests write, and may be in no log.
const planted = "quincunx"

// command prepares the program with an environment of its own.
func command(args ...string) *exec.Cmd {
	cmd := exec.Command(binary, args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TMPDIR=" + os.TempDir()}
	cmd.SysProcAttr = attributes()
	return cmd
}

// run runs a command of the program to its end.
func run(t testing.TB, args ...string) (code int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := command(args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	p, err := local.Start(cmd)
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	code = codeOf(t, p.Wait(ctx))
	if strings.Contains(stderr.String(), planted) {
		t.Errorf("%v logs content:\n%s", args, stderr.String())
	}
	return code, stdout.String(), stderr.String()
}

func codeOf(t testing.TB, err error) int {
	t.Helper()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode() // -1 after a signal
	}
	t.Fatal(err)
	return 0
}

// A program is a running `gatehouse serve`.
type program struct {
	t    testing.TB
	proc *local.Process
	log  *journal
	base string // where it answers HTTP
}

// serve starts the program and returns when it serves. It is killed at the end
// of the test, unless it has ended before.
func serve(t testing.TB, args ...string) *program {
	t.Helper()
	p := &program{t: t, log: &journal{address: make(chan string, 1)}}
	cmd := command(append([]string{"serve"}, args...)...)
	cmd.Stdout, cmd.Stderr = p.log, p.log
	var err error
	p.proc, err = local.Start(cmd)
	must(t, err)
	t.Cleanup(p.clear)
	select {
	case p.base = <-p.log.address:
	case <-p.proc.Done():
		t.Fatalf("it ended before it served:\n%s", p.log.tail())
	case <-time.After(patience):
		t.Fatalf("it does not serve:\n%s", p.log.tail())
	}
	return p
}

// kill ends it as kill -9 does. Other goroutines than the test's may call it.
func (p *program) kill() {
	if err := p.proc.Stop(syscall.SIGKILL, patience); err != nil {
		p.t.Errorf("kill: %v", err)
	}
}

// terminate ends it in order and returns its exit code.
func (p *program) terminate() int {
	p.t.Helper()
	must(p.t, p.proc.Stop(syscall.SIGTERM, patience))
	return codeOf(p.t, p.proc.Wait(p.t.Context()))
}

func (p *program) clear() {
	p.kill()
	if p.log.says(planted) {
		p.t.Errorf("it logs content:\n%s", p.log.tail())
	}
	if p.t.Failed() {
		p.t.Logf("the end of its log:\n%s", p.log.tail())
	}
}

// A journal is what a program logs.
type journal struct {
	address chan string // gets the program's address when it serves

	mu     sync.Mutex
	text   bytes.Buffer
	served bool
}

var serving = regexp.MustCompile(`msg=serving address=(\S+) `)

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.text.Write(b)
	if at := serving.FindSubmatch(j.text.Bytes()); !j.served && at != nil {
		j.served = true
		j.address <- string(at[1])
	}
	return len(b), nil
}

func (j *journal) says(word string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return bytes.Contains(j.text.Bytes(), []byte(word))
}

func (j *journal) tail() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	b := j.text.Bytes()
	return string(b[max(0, len(b)-4000):])
}

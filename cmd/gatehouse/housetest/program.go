package housetest

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
	"time"

	"gatehouse/ingest/local"
)

// Planted is in every text that the tests write, and may be in no log.
const Planted = "quincunx"

// command prepares the program with an environment of its own.
func command(args ...string) *exec.Cmd {
	cmd := exec.Command(binary, args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TMPDIR=" + os.TempDir()}
	cmd.SysProcAttr = attributes()
	return cmd
}

// Run runs a command of the program to its end.
func Run(t TB, args ...string) (code int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := command(args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	p, err := local.Start(cmd)
	Must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	code = codeOf(t, p.Wait(ctx))
	if strings.Contains(stderr.String(), Planted) {
		t.Errorf("%v logs content:\n%s", args, stderr.String())
	}
	return code, stdout.String(), stderr.String()
}

func codeOf(t TB, err error) int {
	t.Helper()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode() // -1 after a signal
	}
	t.Fatalf("%v", err)
	return 0
}

// A Program is a running `gatehouse serve`.
type Program struct {
	t    TB
	Proc *local.Process
	log  *journal
	Base string // where it answers HTTP
}

// Serve starts the program and returns when it serves. It is killed at the end
// of the test, unless it has ended before.
func Serve(t TB, args ...string) *Program {
	t.Helper()
	p := &Program{t: t, log: &journal{address: make(chan string, 1)}}
	cmd := command(append([]string{"serve"}, args...)...)
	cmd.Stdout, cmd.Stderr = p.log, p.log
	var err error
	p.Proc, err = local.Start(cmd)
	Must(t, err)
	t.Cleanup(p.clear)
	select {
	case p.Base = <-p.log.address:
	case <-p.Proc.Done():
		t.Fatalf("it ended before it served:\n%s", p.log.tail())
	case <-time.After(Patience):
		t.Fatalf("it does not serve:\n%s", p.log.tail())
	}
	return p
}

// Kill ends it as kill -9 does. Other goroutines than the test's may call it.
func (p *Program) Kill() {
	if err := p.Proc.Stop(syscall.SIGKILL, Patience); err != nil {
		p.t.Errorf("kill: %v", err)
	}
}

// Terminate ends it in order and returns its exit code.
func (p *Program) Terminate() int {
	p.t.Helper()
	Must(p.t, p.Proc.Stop(syscall.SIGTERM, Patience))
	return codeOf(p.t, p.Proc.Wait(p.t.Context()))
}

// HangUp tells it to read its configuration again.
func (p *Program) HangUp() {
	p.t.Helper()
	Must(p.t, syscall.Kill(p.Proc.Pid(), syscall.SIGHUP))
}

// Says reports whether a word is in its log.
func (p *Program) Says(word string) bool { return p.log.says(word) }

func (p *Program) clear() {
	p.Kill()
	if p.log.says(Planted) {
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

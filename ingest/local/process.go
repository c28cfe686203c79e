package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A Process is a server that runs until it is stopped or this program ends.
type Process struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error
}

// Command prepares path to run as the servers' user, with a minimal
// environment. A binary out of Tools is also told where its libraries lie;
// this program's own environment never learns of them.
func (b *Base) Command(path string, args ...string) *exec.Cmd {
	cmd := exec.Command(path, args...)
	cmd.Dir = "/" // ours may be closed to the servers' user
	cmd.Env = []string{"LC_ALL=C", "TZ=UTC", "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"}
	if strings.HasPrefix(path, b.Tools+"/") {
		cmd.Env = append(cmd.Env, "LD_LIBRARY_PATH="+b.libraries())
	}
	cmd.SysProcAttr = attributes()
	if b.user.other() {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(b.user.uid), Gid: uint32(b.user.gid)}
	}
	return cmd
}

// libraries are the directories which Debian's packages keep libraries in:
// most in usr/lib, a few in lib, PulseAudio one of its own.
func (b *Base) libraries() string {
	usr, _ := filepath.Glob(filepath.Join(b.Tools, "usr/lib/*-linux-gnu*"))
	own, _ := filepath.Glob(filepath.Join(b.Tools, "usr/lib/*-linux-gnu*/pulseaudio"))
	lib, _ := filepath.Glob(filepath.Join(b.Tools, "lib/*-linux-gnu*"))
	return strings.Join(slices.Concat(usr, own, lib), ":")
}

// Start runs cmd. On Linux it is sent SIGINT when this program ends, however
// that comes about. Linux ties that to the thread, not to the program, so the
// thread that started a server is kept for as long as the server runs.
func Start(cmd *exec.Cmd) (*Process, error) {
	p := &Process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go p.run(started)
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

func (p *Process) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	p.err = p.cmd.Wait()
	close(p.done)
}

// Pid is the process's id.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Done is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Wait returns when the process has ended, with an error if it did so badly.
// When ctx ends first, the process is killed.
func (p *Process) Wait(ctx context.Context) error {
	select {
	case <-p.done:
		return p.err
	case <-ctx.Done():
		return errors.Join(ctx.Err(), p.Stop(syscall.SIGKILL, time.Minute))
	}
}

// Stop sends sig and waits until the process has ended, at most for grace;
// then its whole process group is killed, and that is an error. A process that
// has ended already is left in peace.
func (p *Process) Stop(sig syscall.Signal, grace time.Duration) error {
	if err := p.cmd.Process.Signal(sig); errors.Is(err, os.ErrProcessDone) {
		<-p.done
		return nil
	}
	select {
	case <-p.done:
		return nil
	case <-time.After(grace):
	}
	err := syscall.Kill(-p.Pid(), syscall.SIGKILL)
	<-p.done
	return errors.Join(fmt.Errorf("%s did not end within %v of %v", p.cmd.Path, grace, sig), err)
}

// Ready calls probe, every ten milliseconds, until it succeeds. The error says
// why not: the process has ended, with the last lines of log, or ctx has.
func (p *Process) Ready(ctx context.Context, log *os.File, probe func(context.Context) error) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		err := probe(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			return fmt.Errorf("%s ended: %w\n%s", p.cmd.Path, p.err, Tail(log))
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready: %w", p.cmd.Path, errors.Join(err, ctx.Err()))
		case <-tick.C:
		}
	}
}

// Tail returns the last two kilobytes of a log file, to say why its server failed.
func Tail(log *os.File) string {
	const most = 2048
	info, err := log.Stat()
	if err != nil {
		return err.Error()
	}
	text := make([]byte, most)
	n, _ := log.ReadAt(text, max(0, info.Size()-most))
	return strings.TrimSpace(string(text[:n]))
}

package local

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// inClone works in a fresh clone below a directory of the given mode.
func inClone(t *testing.T, mode fs.FileMode) string {
	t.Helper()
	home, err := os.MkdirTemp("/tmp", "home-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	dir := filepath.Join(home, "clone", "cmd")
	if err := errors.Join(os.MkdirAll(dir, 0o755), os.Chmod(home, mode),
		os.WriteFile(filepath.Join(home, "clone", "go.mod"), nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	return filepath.Join(home, "clone")
}

func TestOpen(t *testing.T) {
	for name, mode := range map[string]fs.FileMode{"open home": 0o755, "private home": 0o700} {
		t.Run(name, func(t *testing.T) {
			clone := inClone(t, mode)
			b, err := Open()
			if err != nil {
				t.Fatal(err)
			}
			where, err := os.ReadFile(filepath.Join(clone, ".gatehouse", "where"))
			if os.Geteuid() == 0 && mode == 0o700 {
				t.Cleanup(func() { os.RemoveAll(b.Dir) })
				if filepath.Dir(b.Dir) != elsewhere || string(where) != b.Dir+"\n" {
					t.Errorf("base %s, named %q: want one below %s, named in where", b.Dir, where, elsewhere)
				}
			} else if b.Dir != filepath.Join(clone, ".gatehouse") || err == nil {
				t.Errorf("base %s, named %q: want the clone's own, not named", b.Dir, where)
			}
			if b.Tools != filepath.Join(b.Dir, "tools") {
				t.Errorf("tools are in %s, want them in the base", b.Tools)
			}
			if len(b.Sockets) > 40 {
				t.Errorf("%s is longer than promised", b.Sockets)
			}
			if _, err := Open(); !errors.Is(err, ErrBusy) {
				t.Errorf("second Open: %v, want %v", err, ErrBusy)
			}
			if err := b.Close(); err != nil {
				t.Fatal(err)
			}
			if b, err = Open(); err != nil {
				t.Fatalf("after Close: %v", err)
			}
			b.Close()
		})
	}
}

// The servers' user reaches a base whatever the umask of whoever makes it.
func TestServersReachTheirDirectories(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o077))
	b := temp(t)
	dir, err := b.Mkdir("data")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{dir, b.Sockets} {
		out, err := b.Command("/bin/sh", "-c", `id -u && touch "$0/file" && stat -c %a "$0"`, dir).CombinedOutput()
		if want := fmt.Sprintf("%d\n700\n", b.user.uid); err != nil || string(out) != want {
			t.Errorf("in %s: %v, %q, want %q", dir, err, out, want)
		}
	}
	if b.user.uid == 0 {
		t.Error("the servers would run as root")
	}
}

func TestTempIsGoneAfterClose(t *testing.T) {
	for name, make := range map[string]func() (*Base, error){"temp": Temp, "light": Light} {
		b, err := make()
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		for _, dir := range []string{b.Dir, b.Sockets} {
			if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s: %s is still there: %v", name, dir, err)
			}
		}
	}
}

func TestTempSweepsWhatWasLeft(t *testing.T) {
	t.Setenv("TMPDIR", shared(t))
	old := time.Now().Add(-time.Hour)
	kept := map[string]bool{}
	for name, left := range map[string]struct {
		age  time.Time
		free bool
	}{"killed": {old, true}, "in use": {old, false}, "young": {time.Now(), true}} {
		b, err := Temp()
		if err != nil {
			t.Fatal(err)
		}
		if left.free {
			b.lock.Close()
		} else {
			defer b.Close()
		}
		if err := os.Chtimes(b.Dir, left.age, left.age); err != nil {
			t.Fatal(err)
		}
		kept[b.Dir], kept[b.Sockets] = name != "killed", name != "killed"
		defer os.RemoveAll(b.Sockets)
	}
	temp(t)
	for dir, want := range kept {
		if _, err := os.Stat(dir); (err == nil) != want {
			t.Errorf("%s is there: %v, want %v", dir, err == nil, want)
		}
	}
}

func TestSocketsDirectoryOfAnotherIsRefused(t *testing.T) {
	dir := shared(t)
	mine := account{os.Geteuid(), os.Getegid()}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	if err := privateDir(link, mine); err == nil {
		t.Error("a symbolic link was taken")
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := privateDir(file, mine); err == nil {
		t.Error("a file was taken")
	}
	if os.Geteuid() == 0 {
		other := filepath.Join(dir, "other")
		if err := errors.Join(os.Mkdir(other, 0o700), os.Chown(other, 12345, 12345)); err != nil {
			t.Fatal(err)
		}
		if err := privateDir(other, mine); err == nil {
			t.Error("another user's directory was taken")
		}
	}
}

func TestUnpackedBinariesFindTheirLibraries(t *testing.T) {
	b := temp(t)
	b.Tools = shared(t)
	for _, dir := range []string{"usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu"} {
		if err := os.MkdirAll(filepath.Join(b.Tools, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	want := fmt.Sprintf("LD_LIBRARY_PATH=%[1]s/usr/lib/x86_64-linux-gnu:%[1]s/lib/x86_64-linux-gnu", b.Tools)
	if env := strings.Join(b.Command(b.Tools+"/usr/bin/x").Env, " "); !strings.HasSuffix(env, want) {
		t.Errorf("environment %q, want %q in it", env, want)
	}
	if env := strings.Join(b.Command("/usr/bin/x").Env, " "); strings.Contains(env, "LD_LIBRARY_PATH") {
		t.Errorf("environment %q for a binary of the system", env)
	}
}

// The thread that asked for a server may end; the server must not end with it.
func TestServerOutlivesTheThreadThatAsked(t *testing.T) {
	b := temp(t)
	type result struct {
		p      *Process
		err    error
		thread int
	}
	started := make(chan result)
	released := make(chan struct{})
	defer close(released)
	var ask func()
	ask = func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		if syscall.Gettid() == os.Getpid() {
			go ask() // the first thread never ends, so not on that
			<-released
			return
		}
		p, err := Start(b.Command("/bin/sleep", "60"))
		started <- result{p, err, syscall.Gettid()}
	}
	go ask()
	r := <-started
	if r.err != nil {
		t.Fatal(r.err)
	}
	until(t, "the thread has ended", func() bool {
		_, err := os.Stat(fmt.Sprintf("/proc/self/task/%d", r.thread))
		return err != nil
	})
	select {
	case <-r.p.Done():
		t.Error("the server ended with the thread")
	case <-time.After(50 * time.Millisecond):
	}
	if err := r.p.Stop(syscall.SIGTERM, time.Minute); err != nil {
		t.Fatal(err)
	}
}

func TestStopKillsWhatDoesNotEnd(t *testing.T) {
	b := temp(t)
	cmd := b.Command("/bin/sh", "-c", `trap '' TERM; echo; sleep 60 & wait; wait`)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p, err := Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if err := p.Stop(syscall.SIGTERM, time.Millisecond); err == nil {
		t.Error("no error, though it had to be killed")
	}
	if err := p.Stop(syscall.SIGTERM, time.Minute); err != nil {
		t.Errorf("of what has ended: %v", err)
	}
}

func TestEvict(t *testing.T) {
	b := temp(t)
	data, elsewhere := shared(t), shared(t)
	for name, tc := range map[string]struct {
		dir   string // where the process works
		sh    string
		ended bool
	}{
		"the server":       {data, `echo; exec sleep 60`, true},
		"a stubborn one":   {data, `trap '' INT; echo; while :; do sleep 1; done`, true},
		"a stranger":       {elsewhere, `echo; exec sleep 60`, false},
		"one that is gone": {data, `echo`, true},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command("/bin/sh", "-c", tc.sh)
			cmd.Dir, cmd.SysProcAttr = tc.dir, b.Command("/bin/sh").SysProcAttr
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); cmd.Wait() }()
			if _, err := out.Read(make([]byte, 1)); err != nil {
				t.Fatal(err)
			}
			pidFile := filepath.Join(data, "pid")
			if err := os.WriteFile(pidFile, fmt.Appendf(nil, "%d\nmore\n", cmd.Process.Pid), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := Evict(pidFile, data, syscall.SIGINT, 200*time.Millisecond); err != nil {
				t.Fatal(err)
			}
			if worksIn(cmd.Process.Pid, tc.dir) == tc.ended {
				t.Errorf("the process lives: %v", tc.ended)
			}
			if _, err := os.Stat(pidFile); err == nil {
				t.Error("the pid file is still there")
			}
		})
	}
	if err := Evict(filepath.Join(data, "none"), data, syscall.SIGINT, time.Second); err != nil {
		t.Errorf("without a pid file: %v", err)
	}
}

func temp(t *testing.T) *Base {
	t.Helper()
	b, err := Temp()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// shared is a directory that every user reaches, unlike t.TempDir's.
func shared(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "local-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited too long until %s", what)
		}
	}
}

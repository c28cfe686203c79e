// Package local runs private servers (Postgres, Redis, Dovecot) for one
// program on one machine, for the demo, the tests and the benchmarks: where
// their data lies ([Base]), which binaries are used ([Base.Tools]), as which
// user they run, and that they end when the program does ([Start]).
//
// Nothing outside a base and its sockets is written, and nothing is installed.
// Only cmd and tests, and the launchers built on it, import this package.
package local

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// ErrBusy says that another program holds the base, for instance a second demo
// in the same clone.
var ErrBusy = errors.New("in use by another program")

// elsewhere holds the bases of clones which the servers' user cannot reach.
const elsewhere = "/var/lib/gatehouse"

// A Base is a directory for the data of private servers, locked by this
// process. The servers' user can reach it.
type Base struct {
	Dir     string // absolute
	Sockets string // a directory of at most 40 bytes: a socket's path ends at 107
	Tools   string // where .ci/tools.sh unpacks what the machine lacks; may not exist

	user account
	lock *os.File
	temp bool
}

// Open takes the lasting base of the clone around the working directory:
// .gatehouse in it, or, for root with a clone in a private home, a directory
// under /var/lib/gatehouse, which .gatehouse/where then names. The error is
// [ErrBusy] while another program holds it.
func Open() (*Base, error) {
	clone, err := clone()
	if err != nil {
		return nil, err
	}
	user, err := servers()
	if err != nil {
		return nil, err
	}
	near, dir := filepath.Join(clone, ".gatehouse"), home(clone, user)
	if err := mkdir(near, 0o755); err != nil {
		return nil, err
	}
	if dir != near {
		err := errors.Join(mkdir(elsewhere, 0o755),
			os.WriteFile(filepath.Join(near, "where"), []byte(dir+"\n"), 0o644))
		if err != nil {
			return nil, err
		}
	}
	return open(dir, filepath.Join(dir, "tools"), user)
}

// Temp makes a base for tests. It is gone after Close; what a killed process
// left behind goes when the next one calls Temp.
func Temp() (*Base, error) { return tempIn(os.TempDir()) }

// Light is like [Temp], in memory where the machine has plenty: to clone a
// database is to make a thousand files, many times quicker there. It is no place
// for what measures.
func Light() (*Base, error) {
	if dir := memory(); dir != "" {
		return tempIn(dir)
	}
	return Temp()
}

func tempIn(parent string) (*Base, error) {
	clone, err := clone()
	if err != nil {
		return nil, err
	}
	user, err := servers()
	if err != nil {
		return nil, err
	}
	if user.other() && !reachable(parent) {
		parent = "/tmp"
	}
	sweep(parent)
	dir, err := os.MkdirTemp(parent, tempPrefix)
	if err != nil {
		return nil, err
	}
	b, err := open(dir, filepath.Join(home(clone, user), "tools"), user)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	b.temp = true
	return b, nil
}

// Close gives the base back; one made by Temp is removed. Stop its servers first.
func (b *Base) Close() error {
	err := os.RemoveAll(b.Sockets)
	if b.temp {
		err = errors.Join(err, os.RemoveAll(b.Dir))
	}
	return errors.Join(err, b.lock.Close())
}

// Mkdir makes a directory of the base that is private to the servers' user,
// and hands over what stands in it already.
func (b *Base) Mkdir(name string) (string, error) {
	dir := filepath.Join(b.Dir, name)
	if err := mkdir(dir, 0o700); err != nil {
		return "", err
	}
	return dir, b.user.own(dir)
}

// Log opens a server's log file for appending. A server gets the file itself,
// no pipe through this process: so its last lines stay when this one is killed.
func (b *Base) Log(name string) (*os.File, error) {
	return os.OpenFile(filepath.Join(b.Dir, name+".log"), os.O_APPEND|os.O_CREATE|os.O_RDWR, 0o600)
}

func open(dir, tools string, user account) (*Base, error) {
	if err := mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	lock, err := lockFile(filepath.Join(dir, "lock"))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	sockets := socketsOf(dir)
	if err := privateDir(sockets, user); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return &Base{Dir: dir, Sockets: sockets, Tools: tools, user: user, lock: lock}, nil
}

// clone is the nearest directory at or above the working directory that holds
// a go.mod, else the working directory. No symbolic links are left in it:
// .ci/tools.sh hashes the same path.
func clone() (string, error) {
	wd, err := os.Getwd()
	if err != nil {
		return "", err
	}
	if wd, err = filepath.EvalSymlinks(wd); err != nil {
		return "", err
	}
	for dir := wd; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return wd, nil
		}
	}
}

// home is the lasting base of a clone. .ci/tools.sh chooses by the same rule.
func home(clone string, user account) string {
	if user.other() && !reachable(clone) {
		return filepath.Join(elsewhere, short(clone))
	}
	return filepath.Join(clone, ".gatehouse")
}

// socketsOf is a short path that is the same each time for one base, so that a
// killed program leaves at most one such directory.
func socketsOf(dir string) string {
	return fmt.Sprintf("/tmp/gatehouse-%d-%s", os.Geteuid(), short(dir))
}

func short(path string) string {
	sum := sha256.Sum256([]byte(path))
	return hex.EncodeToString(sum[:6])
}

func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(ErrBusy, f.Close())
	}
	return f, nil
}

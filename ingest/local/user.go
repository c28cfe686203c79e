package local

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// An account is who the servers run as: whoever we are, but never root, since
// Postgres refuses that.
type account struct {
	uid, gid int
}

// other tells whether the servers run as somebody else than this process.
func (a account) other() bool { return a.uid != os.Geteuid() }

// servers returns the account of the servers: for root the user postgres, or
// nobody where there is none, else ourselves.
func servers() (account, error) {
	if os.Geteuid() != 0 {
		return account{os.Geteuid(), os.Getegid()}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		return account{uid, gid}, errors.Join(err1, err2)
	}
	return account{}, errors.New("no user postgres or nobody to run servers as")
}

// own gives dir and what is in it to the account, where it is not already so:
// a base may be older than the user postgres.
func (a account) own(dir string) error {
	if !a.other() {
		return nil
	}
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, a.uid, a.gid)
	})
}

// reachable tells whether every user can pass through dir and its parents.
func reachable(dir string) bool {
	for ; ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm()&1 == 0 {
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
	}
}

// mkdir makes dir with exactly this mode, whatever the umask.
func mkdir(dir string, mode fs.FileMode) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.Chmod(dir, mode)
}

// privateDir makes the directory of the sockets. It stands in a place where
// everybody may write, so one that another user has laid there is refused.
func privateDir(dir string, user account) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	owner := int(info.Sys().(*syscall.Stat_t).Uid)
	if !info.IsDir() || owner != os.Geteuid() && owner != user.uid {
		return fmt.Errorf("%s: not a directory of ours", dir)
	}
	return errors.Join(os.Chmod(dir, 0o700), user.own(dir))
}

// User is who the servers run as.
func (b *Base) User() (uid, gid int) { return b.user.uid, b.user.gid }

package localpg

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// ErrNone says what to do on a machine without Postgres.
var ErrNone = errors.New("no Postgres: install postgresql-15 (Debian: apt-get install postgresql), or set DATABASE_URL")

// find returns the directory with initdb and postgres: the newest of the
// system's, else the one in PATH, else Homebrew's, else the unpacked one.
// Debian leaves initdb out of PATH. .ci/tools.sh looks in the same places.
func find(tools string) (string, error) {
	var dirs []string
	dirs = append(dirs, newest("/usr/lib/postgresql/*/bin")...)
	if path, err := exec.LookPath("initdb"); err == nil {
		dirs = append(dirs, filepath.Dir(path))
	}
	dirs = append(dirs, newest("/opt/homebrew/opt/postgresql@*/bin")...)
	dirs = append(dirs, newest("/usr/local/opt/postgresql@*/bin")...)
	dirs = append(dirs, newest(filepath.Join(tools, "usr/lib/postgresql/*/bin"))...)
	for _, dir := range dirs {
		if exists(dir, "initdb") && exists(dir, "postgres") {
			return dir, nil
		}
	}
	return "", ErrNone
}

func exists(dir, file string) bool {
	_, err := os.Stat(filepath.Join(dir, file))
	return err == nil
}

var version = regexp.MustCompile(`([0-9]+)/bin$`)

// newest lists the directories of a pattern by version: 15 before 9, which
// text would have the other way round.
func newest(pattern string) []string {
	dirs, _ := filepath.Glob(pattern)
	slices.SortFunc(dirs, func(a, b string) int { return number(b) - number(a) })
	return dirs
}

func number(dir string) int {
	m := version.FindStringSubmatch(dir)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

package local

import (
	"fmt"
	"os"
	"syscall"
)

// attributes put a server into a process group of its own, so that Ctrl-C
// reaches this program alone, and end it with this program.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGINT}
}

// worksIn tells whether the process pid lives and has dir as its working
// directory. A process that has ended and was not yet waited for has none.
func worksIn(pid int, dir string) bool {
	cwd, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
	return err == nil && cwd == dir
}

//go:build !linux

package local

import "syscall"

// attributes put a server into a process group of its own, so that Ctrl-C
// reaches this program alone. Only Linux can end it with a killed program.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// memory is not known here.
func memory() string { return "" }

// worksIn cannot be told here; the caller takes a process to be a stranger.
func worksIn(int, string) bool { return false }

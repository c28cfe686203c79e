package housetest

import "syscall"

// attributes end the program with the tests, however they end.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }

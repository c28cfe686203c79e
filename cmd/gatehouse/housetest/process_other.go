//go:build !linux

package housetest

import "syscall"

func attributes() *syscall.SysProcAttr { return nil }

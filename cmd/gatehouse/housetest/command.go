package housetest

import (
	"syscall"

	"gatehouse/ingest/local"
)

// A Command is a command of the program at work.
type Command struct {
	*local.Process
	out, log *journal
}

// Start starts a command. It is killed at the end of the test, unless it has
// ended before.
func Start(t TB, args ...string) *Command {
	t.Helper()
	c := &Command{out: new(journal), log: new(journal)}
	cmd := command(args...)
	cmd.Stdout, cmd.Stderr = c.out, c.log
	var err error
	c.Process, err = local.Start(cmd)
	Must(t, err)
	t.Cleanup(func() {
		Must(t, c.Stop(syscall.SIGKILL, Patience))
		if c.log.says(Planted) {
			t.Errorf("it logs content:\n%s", c.log.tail())
		}
	})
	return c
}

// Out is what it has printed so far.
func (c *Command) Out() string { return c.out.tail() }

// Says reports whether a word is in its log.
func (c *Command) Says(word string) bool { return c.log.says(word) }

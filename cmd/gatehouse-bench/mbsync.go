package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"gatehouse/ingest/local"
)

// mbsync is Debian's isync: it copies a mailbox into a Maildir, syncing each
// mail to disk before it goes on, as it does by default. It decodes nothing.
type mbsync struct {
	base *local.Base
	path string
}

// findMbsync looks for the program; nil: the machine has none.
func (h *host) findMbsync() (*mbsync, error) {
	if err := h.open(); err != nil {
		return nil, err
	}
	for _, name := range []string{"mbsync", filepath.Join(h.base.Tools, "usr/bin/mbsync")} {
		if path, err := exec.LookPath(name); err == nil {
			return &mbsync{h.base, path}, nil
		}
	}
	return nil, nil
}

const mbsyncConfig = `IMAPAccount there
Host 127.0.0.1
Port %d
User %s
Pass %s
SSLType None
AuthMechs LOGIN

IMAPStore far
Account there

MaildirStore near
Path %[4]s/
Inbox %[4]s/INBOX

Channel copy
Far :far:
Near :near:
Patterns INBOX
Create Near
Sync Pull New
SyncState *
`

// dir is where the Maildir of a round lies, on the disk of the databases.
func (m *mbsync) dir(round int) string { return fmt.Sprintf("maildir-%d", round) }

// prepare makes the round's directory and configuration.
func (m *mbsync) prepare(box *mailbox, round int) error {
	path := filepath.Join(m.base.Dir, m.dir(round))
	if err := os.Mkdir(path, 0o700); err != nil {
		return err
	}
	text := fmt.Sprintf(mbsyncConfig, box.port, mailUser, mailPassword, path)
	if err := os.WriteFile(filepath.Join(path, "config"), []byte(text), 0o600); err != nil {
		return err
	}
	_, err := m.base.Mkdir(m.dir(round)) // hands it over to who runs the servers
	return err
}

// copy copies the mailbox and returns when all of it is on the disk.
func (m *mbsync) copy(ctx context.Context, round int) error {
	log, err := m.base.Log(m.dir(round))
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := m.base.Command(m.path, "--config", filepath.Join(m.base.Dir, m.dir(round), "config"), "--all", "--quiet")
	cmd.Env = append(cmd.Env, "HOME="+filepath.Join(m.base.Dir, m.dir(round)))
	cmd.Stdout, cmd.Stderr = log, log
	p, err := local.Start(cmd)
	if err == nil {
		err = p.Wait(ctx)
	}
	if err != nil {
		return fmt.Errorf("mbsync: %w\n%s", err, local.Tail(log))
	}
	return nil
}

// clear counts the mails of a round's Maildir and removes it.
func (m *mbsync) clear(round, want int) error {
	path := filepath.Join(m.base.Dir, m.dir(round))
	n := 0
	for _, state := range []string{"new", "cur"} {
		files, err := os.ReadDir(filepath.Join(path, "INBOX", state))
		if err != nil {
			return err
		}
		n += len(files)
	}
	if n != want {
		return fmt.Errorf("mbsync copied %d of %d mails", n, want)
	}
	return errors.Join(os.RemoveAll(path), os.Remove(filepath.Join(m.base.Dir, m.dir(round)+".log")))
}

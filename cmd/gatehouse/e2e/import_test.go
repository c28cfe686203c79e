package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"gatehouse/channels/archive"
	"gatehouse/cmd/gatehouse/housetest"
)

// old is a mail as servers leave it in an archive.
func old(n int, more ...string) string {
	return from(fmt.Sprintf("Ann <ann%d@example.org>", n%3), fmt.Sprintf("Old %d", n), append(more,
		fmt.Sprintf("Received: from mx.example.org by mail.example.com with ESMTP id %d; Fri, 20 Nov 2026 09:00:%02d +0000", n, n),
		fmt.Sprintf("Message-ID: <old%d@example.org>", n), "Date: Fri, 20 Nov 2026 09:00:00 +0000")...)
}

// tree lays mails as files below a directory.
func tree(t *testing.T, mails ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i, m := range mails {
		must(t, os.WriteFile(filepath.Join(dir, fmt.Sprintf("%03d.eml", i)), []byte(m), 0o600))
	}
	return dir
}

func (h house) imports(want int, args ...string) (n archive.Counts) {
	h.T.Helper()
	out := h.Command(want, append([]string{"import", "--channel", "support-mail", "--json"}, args...)...)
	must(h.T, json.Unmarshal([]byte(out), &n))
	return n
}

// An archive and the mailbox have mails in common, in whichever order they
// come: each is there once, equal ones as often as either has them. What is
// imported is history.
func TestImport(t *testing.T) {
	t.Parallel()
	b := housetest.NewMailbox(t)
	h := newHouse(t, b.Channel("support-mail"))
	first := tree(t, old(1), old(2), old(2), old(3))
	if n := h.imports(0, first); n.Imported != 4 || n.Known != 0 {
		t.Errorf("the first time: %+v", n)
	}
	for _, m := range []int{2, 3, 4, 5} { // 2 lies twice in the archive
		b.Deliver(fmt.Sprintf("Old %d", m), old(m))
	}
	h.Serve()
	h.Decided(map[string]int{"support-mail": 6})
	eventually(t, "it is told of once, at its end", func() bool {
		var told struct {
			Items []struct{ Data struct{ Count int } }
		}
		h.Read(http.StatusOK, http.MethodGet, "/events?types=channel.history", nil, &told)
		return len(told.Items) == 1 && told.Items[0].Data.Count == 4
	})
	if m := h.In("conversed", "Old 1"); !strings.Contains(h.Command(0, "why", m.ID), "imported") {
		t.Error("what is imported is no history")
	}
	takeout := filepath.Join(t.TempDir(), "takeout.mbox")
	mark := "From 17@xxx Sat Nov 21 09:08:07 +0000 2026\r\n"
	must(t, os.WriteFile(takeout, []byte(mark+old(4, "X-GM-THRID: 17", "X-Gmail-Labels: Inbox")+"\r\n"+mark+old(6)), 0o600))
	if n := h.imports(0, first, takeout); n.Imported != 1 || n.Known != 5 {
		t.Errorf("the second time, with what the mailbox brought: %+v", n)
	}
	h.Decided(map[string]int{"support-mail": 7})
	if n := h.imports(0, takeout, first); n.Imported != 0 || n.Known != 6 {
		t.Errorf("the third time: %+v", n)
	}
	h.Command(0, "verify")
}

// Several imports of one archive, and the mailbox that has the same mails, at
// the same time.
func TestImportsAndTheMailboxAtOnce(t *testing.T) {
	t.Parallel()
	const n = 450
	b := housetest.NewMailbox(t)
	h := newHouse(t, b.Channel("support-mail"))
	var mails []string
	for i := range n {
		mails = append(mails, old(i))
		b.Deliver(fmt.Sprintf("Old %d", i), old(i))
	}
	dir := tree(t, mails...)
	h.Command(0, "migrate", "up")
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if code, _, errs := housetest.Run(t, "import", "--channel", "support-mail", "--config", h.Config, dir); code != 0 {
				t.Errorf("an import ended with %d: %s", code, errs)
			}
		})
	}
	h.Serve()
	all.Wait()
	h.Decided(map[string]int{"support-mail": n})
	h.Command(0, "verify")
}

func TestImportAsIfItCameNow(t *testing.T) {
	t.Parallel()
	b := housetest.NewMailbox(t)
	h := newHouse(t, b.Channel("support-mail"))
	h.Serve()
	h.imports(0, "--open", tree(t, old(1)))
	m := h.In("conversed", "Old 1")
	if why := h.Command(0, "why", m.ID); !strings.Contains(why, "a new conversation, unassigned") {
		t.Errorf("%s", why)
	}
}

func TestImportSaysWhatItCannotBring(t *testing.T) {
	t.Parallel()
	h := newHouse(t, housetest.NewMailbox(t).Channel("support-mail"), housetest.SiteChat, "{name: posted, kind: mailjet, header_secret: test}")
	dir := tree(t, old(1), "\x00\x01", "", old(2, "Subject: large", strings.Repeat("X-Pad: "+strings.Repeat("x", 70)+"\r\n", 100)))
	if n := h.imports(1, "--max-bytes", "4000", dir); n.Imported != 1 || n.Skipped != 3 {
		t.Errorf("%+v", n)
	}
	h.Command(2, "import", "--channel", "support-mail", filepath.Join(dir, "none"))
	h.Command(1, "import", "--channel", "no-such-channel", dir)
	h.Command(1, "import", "--channel", "site-chat", dir)
	h.Command(1, "import", "--channel", "posted", dir)
}

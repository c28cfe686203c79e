//go:build dovecot

package e2e

import (
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2/imapclient"

	"gatehouse/channels/imap/dovecot"
	"gatehouse/cmd/gatehouse/housetest"
)

// A maildir is user support's mailbox in a Dovecot.
type maildir struct {
	t      *testing.T
	server *dovecot.Server
	names  []string
}

func newMaildir(t *testing.T) *maildir {
	t.Helper()
	d := &maildir{t: t, server: dovecot.Test(t)}
	must(t, d.server.AddUser("support", "secret"))
	return d
}

// put delivers a mail for each number from from to to-1.
func (d *maildir) put(from, to int) {
	d.t.Helper()
	c, err := imapclient.DialInsecure(net.JoinHostPort(d.server.Host, strconv.Itoa(d.server.Port)), nil)
	must(d.t, err)
	defer c.Close()
	must(d.t, c.Login("support", "secret").Wait())
	for n := from; n < to; n++ {
		name := fmt.Sprintf("Question %d", n)
		text := plain(name, fmt.Sprintf("Message-ID: <m%d@example.com>", n))
		cmd := c.Append("INBOX", int64(len(text)), nil)
		_, err := io.WriteString(cmd, text)
		must(d.t, err)
		must(d.t, cmd.Close())
		_, err = cmd.Wait()
		must(d.t, err)
		d.names = append(d.names, name)
	}
}

// A real server: the program is killed on its way through the mailbox, the
// server restarts, and at last the mailbox is made anew with the same mails.
func TestDovecot(t *testing.T) {
	t.Parallel()
	d := newMaildir(t)
	d.put(0, 300)
	h := newHouse(t, housetest.ChannelAt("support-mail", d.server.Port))
	for _, n := range []int64{1, 100, 201} {
		p := h.Serve()
		eventually(t, fmt.Sprintf("%d mails accepted", n), func() bool { return h.Books()["support-mail"].Accepted >= n })
		p.Kill()
		h.Age()
	}
	p := h.Serve()
	must(t, d.server.Restart(t.Context()))
	d.put(300, 320)
	h.Decided(map[string]int{"support-mail": 320})
	h.Holds(d.names...)

	p.Terminate() // Dovecot does not bear that two look at a mailbox which is being made
	must(t, os.RemoveAll(d.server.Maildir("support")))
	d.names = nil
	d.put(0, 330)
	p = h.Serve()
	h.Decided(map[string]int{"support-mail": 330})
	h.Holds(d.names...)
	if !p.Says("UIDVALIDITY changed") {
		t.Error("the log does not say that UIDVALIDITY changed")
	}
}

// `check --wait` looks at a real mailbox and leaves it as it is, even where
// `after` would change it.
func TestDovecotIsOnlyLookedAt(t *testing.T) {
	t.Parallel()
	d := newMaildir(t)
	d.put(0, 2)
	h := newHouse(t, strings.Replace(housetest.ChannelAt("mail", d.server.Port), "start: all", "start: new, after: delete", 1))
	w := h.wait("--channel", "mail")
	d.put(2, 3)
	must(t, w.Wait(t.Context()))
	if list := shown(t, w.Out()); len(list) != 1 || list[0]["subject"] != "Question 2" {
		t.Errorf("%v", list)
	}
	c, err := imapclient.DialInsecure(net.JoinHostPort(d.server.Host, strconv.Itoa(d.server.Port)), nil)
	must(t, err)
	defer c.Close()
	must(t, c.Login("support", "secret").Wait())
	box, err := c.Select("INBOX", nil).Wait()
	must(t, err)
	if n := unseen(t, c); n != 3 || box.NumMessages != 3 {
		t.Errorf("%d of %d mails are unseen, want 3 of 3", n, box.NumMessages)
	}
}

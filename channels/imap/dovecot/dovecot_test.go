//go:build dovecot

package dovecot_test

import (
	"crypto/tls"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"go.uber.org/goleak"

	"gatehouse/channels/imap/dovecot"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const mail = "From: ada@example.com\r\nSubject: hello\r\n\r\nbody\r\n"

func TestAMailThroughEachDoor(t *testing.T) {
	s := dovecot.Test(t)
	if err := s.AddUser("support", "secret"); err != nil {
		t.Fatal(err)
	}
	trusted := &imapclient.Options{TLSConfig: &tls.Config{RootCAs: s.CA, ServerName: "localhost"}}
	doors := []struct {
		name string
		port int
		dial func(string, *imapclient.Options) (*imapclient.Client, error)
	}{
		{"plain", s.Port, imapclient.DialInsecure},
		{"starttls", s.Port, imapclient.DialStartTLS},
		{"tls", s.TLSPort, imapclient.DialTLS},
	}
	for i, door := range doors {
		t.Run(door.name, func(t *testing.T) {
			c, err := door.dial(net.JoinHostPort(s.Host, strconv.Itoa(door.port)), trusted)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if err := c.Login("support", "wrong").Wait(); err == nil {
				t.Error("a wrong password was taken")
			}
			if err := c.Login("support", "secret").Wait(); err != nil {
				t.Fatal(err)
			}
			deliver(t, c)
			box, err := c.Select("INBOX", &imap.SelectOptions{CondStore: true}).Wait()
			if err != nil {
				t.Fatal(err)
			}
			if int(box.NumMessages) != i+1 || box.HighestModSeq == 0 {
				t.Errorf("%d mails and modification sequence %d, want %d and more than 0", box.NumMessages, box.HighestModSeq, i+1)
			}
		})
	}
}

func TestAStrangerDoesNotTrustIt(t *testing.T) {
	s := dovecot.Test(t)
	if c, err := imapclient.DialTLS(net.JoinHostPort(s.Host, strconv.Itoa(s.TLSPort)), nil); err == nil {
		c.Close()
		t.Error("its certificate is good without its authority")
	}
}

func TestRestartKeepsMailAndRemovalRenewsIt(t *testing.T) {
	s := dovecot.Test(t)
	if err := s.AddUser("support", "secret"); err != nil {
		t.Fatal(err)
	}
	deliver(t, login(t, s))
	if err := s.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := examine(t, s)
	if before.NumMessages != 1 {
		t.Errorf("%d mails after the restart, want 1", before.NumMessages)
	}
	if err := os.RemoveAll(s.Maildir("support")); err != nil {
		t.Fatal(err)
	}
	if after := examine(t, s); after.UIDValidity == before.UIDValidity || after.NumMessages != 0 {
		t.Errorf("UIDVALIDITY %d with %d mails, as before", after.UIDValidity, after.NumMessages)
	}
}

func TestAddUserRefusesWhatItsFileCannotHold(t *testing.T) {
	s := dovecot.Test(t)
	for _, bad := range []string{"a:b", "a\nb"} {
		if s.AddUser(bad, "secret") == nil || s.AddUser("support", bad) == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func login(t *testing.T, s *dovecot.Server) *imapclient.Client {
	t.Helper()
	c, err := imapclient.DialInsecure(net.JoinHostPort(s.Host, strconv.Itoa(s.Port)), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.Login("support", "secret").Wait(); err != nil {
		t.Fatal(err)
	}
	return c
}

func examine(t *testing.T, s *dovecot.Server) *imap.SelectData {
	t.Helper()
	box, err := login(t, s).Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	return box
}

func deliver(t *testing.T, c *imapclient.Client) {
	t.Helper()
	cmd := c.Append("INBOX", int64(len(mail)), nil)
	if _, err := io.Copy(cmd, strings.NewReader(mail)); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
}

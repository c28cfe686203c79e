package imap

import (
	"context"
	"errors"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"gatehouse/channels"
	"gatehouse/ingest"
)

func TestCheck(t *testing.T) {
	onEachServer(t, func(t *testing.T, b *mailbox) {
		b.create("Forms")
		b.put("INBOX", 0, 3)
		says, err := poller(t, b, "folders: [INBOX, Forms]").Check(t.Context())
		if err != nil || !strings.Contains(says, "INBOX has 3 messages, UIDVALIDITY ") || !strings.Contains(says, "; Forms has 0 messages, UIDVALIDITY ") {
			t.Errorf("%q, %v", says, err)
		}
		if got := b.subjects("INBOX"); got != "Question 0, Question 1, Question 2" {
			t.Errorf("it changed the mailbox: %s", got)
		}
		_, err = poller(t, b, "folders: [INBOX, Nowhere, Lost]").Check(t.Context())
		if err == nil || ingest.Temporary(err) || !strings.Contains(err.Error(), `"Nowhere"`) || !strings.Contains(err.Error(), `"Lost"`) {
			t.Errorf("folders that are not there: %v", err)
		}
		wrong := poller(t, b)
		wrong.config.Password = "wrong"
		if _, err := wrong.Check(t.Context()); !channels.ReauthNeeded(err) || ingest.Temporary(err) {
			t.Errorf("a wrong password: %v", err)
		}
	})
}

func TestCheckOfAServerThatDoesNotAnswer(t *testing.T) {
	s := newScript(t, 1, func(*script) {})
	s.when("EXAMINE", func(*peer, string, string) bool { return true }) // and says nothing
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := poller(t, s).Check(ctx); !ingest.Temporary(err) {
		t.Errorf("a mute server: %v", err)
	}
	away := poller(t, s)
	away.config.Port = 1
	if _, err := away.Check(t.Context()); !ingest.Temporary(err) {
		t.Errorf("no server: %v", err)
	}
	s.when("EXAMINE", func(p *peer, tag, _ string) bool {
		p.say("%s NO [%s] busy", tag, imap.ResponseCodeUnavailable)
		return true
	})
	if _, err := poller(t, s).Check(t.Context()); !ingest.Temporary(err) {
		t.Errorf("a busy server: %v", err)
	}
}

// TestCheckSaysWhatIsWrong has a line for each class of trouble, as whoever
// connects a mailbox meets it.
func TestCheckSaysWhatIsWrong(t *testing.T) {
	folders := answers(`* LIST (\HasNoChildren) "." INBOX`, `* LIST () "." INBOX.Sent`, `* LIST () "." INBOX.Forms`, "T OK done")
	for name, c := range map[string]struct {
		on       map[string]reaction
		dial     error
		settings string
		says     []string
		asked    bool // the server did answer, and it is no
	}{
		"unknown host":    {dial: &net.DNSError{Name: "mail.example.com", IsNotFound: true}, says: []string{"no name server knows the host mail.example.com: check host"}},
		"nobody listens":  {dial: syscall.ECONNREFUSED, says: []string{"nothing listens on port", "check host and port"}},
		"a web server":    {on: at("GREETING", answers("HTTP/1.1 200 OK")), says: []string{"no IMAP server", "check host, port and tls"}},
		"wrong password":  {on: no("LOGIN", "NO [AUTHENTICATIONFAILED] no"), says: []string{"refuses user name or password"}, asked: true},
		"too many":        {on: no("LOGIN", "NO [LIMIT] 10 at most"), says: []string{"max_connections"}},
		"no such folder":  {on: map[string]reaction{"EXAMINE": answers("T NO [NONEXISTENT] none"), "LIST": folders}, settings: "folders: [Invoices]", says: []string{`there is no folder "Invoices"`, `there are the folders "INBOX", "INBOX.Forms", "INBOX.Sent"`}, asked: true},
		"without prefix":  {on: map[string]reaction{"EXAMINE": answers("T NO no such mailbox"), "LIST": folders}, settings: "folders: [forms]", says: []string{`there is no folder "forms"`, `is "INBOX.Forms" meant?`}, asked: true},
		"no permission":   {on: map[string]reaction{"EXAMINE": answers("T NO [NOPERM] denied"), "LIST": answers("T NO neither")}, says: []string{`support may not read the folder "INBOX": give it the rights l and r`}, asked: true},
		"nowhere to move": {on: map[string]reaction{"STATUS": answers("T NO [NONEXISTENT] none")}, settings: "after: move:Done", says: []string{`there is no folder "Done"`}, asked: true},
		"packets dropped": {dial: context.DeadlineExceeded, says: []string{"does not answer", "a firewall between"}},
		"mute":            {on: at("EXAMINE", mute), says: []string{"fell silent"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t, 1)
			for command, do := range c.on {
				s.when(command, do)
			}
			p := impatient(t, s, c.settings)
			if c.dial != nil {
				p.config.dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
					if errors.Is(c.dial, context.DeadlineExceeded) {
						<-ctx.Done()
					}
					return nil, c.dial
				}
			}
			_, err := p.Check(t.Context())
			if err == nil || ingest.Temporary(err) == c.asked {
				t.Fatalf("Check returned %v", err)
			}
			for _, says := range c.says {
				if !strings.Contains(err.Error(), says) {
					t.Errorf("it says\n%v\nwant in it\n%s", err, says)
				}
			}
		})
	}
}

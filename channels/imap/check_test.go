package imap

import (
	"context"
	"strings"
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

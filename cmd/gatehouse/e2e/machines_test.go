package e2e

import (
	"net/http"
	"strings"
	"testing"

	"gatehouse/cmd/gatehouse/housetest"
	"gatehouse/migrations/localpg"
)

// bounce is a delivery failure that gives back a mail of a Message-ID.
func bounce(name, of string) string {
	return strings.Join([]string{
		"Return-Path: <>", "From: MAILER-DAEMON@mx.example.net", "Subject: " + name, "MIME-Version: 1.0",
		"Content-Type: multipart/report; report-type=delivery-status; boundary=b", "",
		"--b", "", name + " " + planted, "--b", "Content-Type: message/delivery-status", "",
		"Reporting-MTA: dns; mx.example.net", "", "Final-Recipient: rfc822; ann@example.com", "Action: failed", "Status: 5.1.1", "",
		"--b", "Content-Type: text/rfc822-headers", "", "Message-ID: <" + of + ">", "From: support@example.com", "", "--b--", "",
	}, "\r\n")
}

// What programs write is appended where it belongs, without reopening it or
// raising the bot, and held where it belongs nowhere.
func TestProgramsReopenNothing(t *testing.T) {
	t.Parallel()
	b := housetest.NewMailbox(t)
	h := house{housetest.NewOn(t, localpg.Test(t), "settings: {bot_enabled: true}\nreply_secret: [not so secret a secret]", b.Channel("support-mail"))}
	h.Serve()
	b.Deliver("Question", from("Ann <ann@example.com>", "Question", "Message-ID: <q@example.com>"))
	talk := h.In("conversed", "Question").Conversation
	var sent struct{ Mark string }
	h.Read(http.StatusCreated, http.MethodPost, "/conversations/"+talk+"/outgoing", map[string]any{"message_id": "sent@example.org", "from": "support@example.org"}, &sent)
	h.Read(http.StatusOK, http.MethodPatch, "/conversations/"+talk, map[string]any{"status": "closed"}, nil)

	b.Deliver("Undeliverable", bounce("Undeliverable", "sent@example.org"))
	b.Deliver("Undeliverable 2", bounce("Undeliverable 2", "q@example.com"))
	b.Deliver("Away", from("Ann <ann@example.com>", "Away", "Auto-Submitted: auto-replied", "In-Reply-To: <sent@example.org>"))
	b.Deliver("Assistant away", from("Office <office@example.net>", "Assistant away", "Auto-Submitted: auto-replied", "In-Reply-To: <sent@example.org>"))
	for _, name := range []string{"Undeliverable", "Undeliverable 2", "Away", "Assistant away"} {
		if m := h.In("conversed", name); m.Conversation != talk {
			t.Errorf("%s went to %s, not to %s:\n%s", name, m.Conversation, talk, h.Command(0, "why", m.ID))
		}
	}
	var now struct {
		Status   string
		Messages int
	}
	h.Read(http.StatusOK, http.MethodGet, "/conversations/"+talk, nil, &now)
	if now.Status != "closed" || now.Messages != 5 {
		t.Errorf("the conversation is %+v, want closed, with 5 messages", now)
	}

	b.Deliver("Lost", bounce("Lost", "never-sent@example.org"))
	b.Deliver("Holiday", from("Bob <bob@example.net>", "Holiday", "Auto-Submitted: auto-replied"))
	b.Deliver("Eavesdropper", from("Eve <eve@example.net>", "Eavesdropper", "Auto-Submitted: auto-replied", "In-Reply-To: <q@example.com>"))
	b.Deliver("Newsletter", from("News <news@example.net>", "Newsletter", "List-Id: <news.example.net>", "X-Loop: news@example.net"))
	for name, reason := range map[string]string{"Lost": "bounce", "Holiday": "auto_reply", "Eavesdropper": "auto_reply"} {
		if m := h.In("held", name); m.Reason != reason {
			t.Errorf("%s is held for %q, want %s", name, m.Reason, reason)
		}
	}
	h.In("conversed", "Newsletter")

	// who had no part in the conversation has none by what their program wrote
	b.Deliver("Office", from("Office <office@example.net>", "Office", "In-Reply-To: <sent@example.org>"))
	if m := h.In("conversed", "Office"); m.Conversation == talk {
		t.Errorf("a program's owner got a part in a conversation:\n%s", h.Command(0, "why", m.ID))
	}

	b.Deliver("Ours again", from("Support <support@example.org>", "Ours again", "X-Gatehouse-Mark: "+sent.Mark, "Message-ID: <rewritten@relay.example.net>"))
	b.Deliver("Another's", from("Desk <desk@example.net>", "Another's", "X-Gatehouse-Mark: v1 c1 "+strings.Repeat("0", 64)))
	if m := h.In("held", "Ours again"); m.Reason != "loop" {
		t.Errorf("our own mail is held for %q", m.Reason)
	}
	h.In("conversed", "Another's")
	h.Command(0, "verify")
}

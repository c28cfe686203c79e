package httpapi_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"gatehouse/ingest"
)

// A file that is elsewhere is pending, then stored or failed, and whoever asks
// for its bytes hears which, and what to do.
func TestFetchedAttachments(t *testing.T) {
	d, ctx := open(t), context.Background()
	id := d.receive(d.mms("v1", 2))[0]
	path := "/messages/" + id.String()
	file := path + "/attachments/0"
	d.ask(agent, "GET "+path, "").is(200).has("attachments", "2", "attachments.0.status", "pending", "attachments.0.error", "")
	d.ask(agent, "GET "+file, "").problem(409, "attachment-pending")
	d.ask(supervisor, "POST "+file+"/retry", "").problem(409, "attachment-not-failed")
	task := d.claim()
	other := "attachments.1"
	if task.Index == 1 {
		file, other = path+"/attachments/1", "attachments.0"
	}
	mine := strings.ReplaceAll(strings.TrimPrefix(file, path+"/"), "/", ".")
	again := time.Now()
	must(t, d.store.FailFile(ctx, task, "timeout", &again))
	if says := string(d.ask(agent, "GET "+file, "").problem(409, "attachment-pending").Body); !strings.Contains(says, "timeout") {
		t.Errorf("it does not say why: %s", says)
	}
	for task = d.claim(); mine != "attachments."+string(rune('0'+task.Index)); task = d.claim() {
		must(t, d.store.FailFile(ctx, task, "not_found", nil))
	}
	must(t, d.store.FailFile(ctx, task, "denied", nil))
	d.ask(agent, "GET "+path, "").is(200).has(mine+".status", "failed", mine+".error", "denied", other+".sha256", "")
	d.ask(agent, "GET "+file, "").problem(409, "attachment-failed")
	d.ask(supervisor, "POST "+file+"/retry", "").is(202).has("id", id.String(), "state", "conversed")
	d.ask(agent, "GET "+path, "").is(200).has(mine+".status", "pending")
	for task = d.claim(); mine != "attachments."+string(rune('0'+task.Index)); task = d.claim() {
		must(t, d.store.FailFile(ctx, task, "not_found", nil))
	}
	must(t, d.store.WriteFile(ctx, task, 0, []byte("<script>")))
	must(t, d.store.WriteFile(ctx, task, 1, []byte("bytes")))
	d.ask(agent, "GET "+file, "").problem(409, "attachment-pending")
	must(t, d.store.FinishFile(ctx, task, ingest.File{Size: 13, SHA256: strings.Repeat("ab", 32), ContentType: "text/html"}))
	d.ask(agent, "GET "+path, "").is(200).has(mine+".status", "stored", mine+".size", "13", mine+".sha256", strings.Repeat("ab", 32),
		mine+".fetched_type", "text/html", mine+".content_type", "text/html")
	got := d.ask(agent, "GET "+file, "").is(200)
	if string(got.Body) != "<script>bytes" || !strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment") ||
		got.Header.Get("X-Content-Type-Options") != "nosniff" || got.Header.Get("Content-Length") != "13" {
		t.Errorf("%v %s", got.Header, got.Body)
	}
	d.ask(agent, "GET /conversations/"+d.ask(agent, "GET "+path, "").get("conversation_id")+"/messages", "").is(200).has("items.0."+mine+".status", "stored")
	d.ask(supervisor, "POST "+path+"/attachments/7/retry", "").problem(404, "not-found")
	d.ask(agent, "GET /events?types=message.attachment", "").is(200).has("items", "3", "items.0.message_id", id.String())
	d.ask(admin, "GET /audit?subject=message:"+id.String(), "").is(200).has("items", "1", "items.0.action", "attachment.retry", "items.0.actor", "supervisor")
}

// Agents hear nothing of files of messages that they do not see.
func TestFetchedAttachmentsOfTheHeld(t *testing.T) {
	d := open(t)
	d.rule(`{"kind":"block","target":"visitor:v2","reason":"spam"}`)
	path := "/messages/" + d.receive(d.mms("v2", 1))[0].String() + "/attachments/0"
	d.ask(agent, "GET "+path, "").problem(404, "not-found")
	d.ask(supervisor, "GET "+path, "").problem(409, "attachment-pending")
	if task := d.claim(); !strings.Contains(path, task.Message.String()) {
		t.Errorf("%+v", task)
	}
}

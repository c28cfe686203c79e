package console_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"gatehouse/ingest"
)

// dead takes in a mail that cannot be read.
func (d *desk) dead(from, subject string) ingest.ID {
	d.t.Helper()
	id := ingest.Identity{Kind: "email", Value: from, How: ingest.Header}
	receipt, err := d.store.Receive(context.Background(), ingest.Batch{Arrivals: []ingest.Arrival{{
		Message: ingest.Message{Channel: "mail", From: ingest.Sender{Identity: id, Address: from}, Identities: []ingest.Identity{id}, Subject: subject, Auto: ingest.AutoNone},
		Raw:     []byte("Subject: " + subject + "\r\n\r\n<script>\x1b</script>"), Keys: []string{"dead/" + subject}, Problem: ingest.ReasonKeyConflict, Note: "its number is taken"}}})
	must(d.t, err)
	return receipt.Results[0].ID
}

// Today says what came and what became of it, to each as far as they may see.
func TestTodayAddsUp(t *testing.T) {
	d := open(t)
	sue, ann := d.person(ingest.RoleSupervisor), d.person(ingest.RoleAgent)
	sue.open("/").is(http.StatusOK).shows("No message yet", "Nothing came today.", "/channels/mail")
	d.receive("ann@example.com", "My order", "Where is it?", "")
	d.hold("bob@example.net", "Cheap watches")
	d.dead("carl@example.org", "Torn")
	sue.open("/").is(http.StatusOK).shows("3 messages today: 1 in conversations, 1 held, 1 could not be read.",
		"<b>1</b> ticket held", "<b>1</b> dead letter", "3 messages came in the last 24 hours", `fill="url(#p-held)"`)
	ann.open("/").is(http.StatusOK).shows("3 messages today").not("dead letter", "/channels/")
}

func TestAChannelIsPausedAndGoesOn(t *testing.T) {
	d := open(t)
	ada := d.person(ingest.RoleAdmin)
	asked := ada.open("/do/channel-pause?id=mail&back=/channels/mail").is(http.StatusOK).shows("It takes nothing until it goes on.")
	ada.send("/do/channel-pause", asked.form()).is(http.StatusSeeOther)
	ada.open("/channels/mail").is(http.StatusOK).shows("It is paused", "Let it go on when you are ready", "/do/channel-resume")
	ada.open("/").is(http.StatusOK).shows("It is paused")
	d.person(ingest.RoleSupervisor).open("/channels/mail").is(http.StatusOK).shows("It is paused").not("/do/channel")
}

// A provider that cannot be asked refuses in the form, which keeps what was written.
func TestBackfillSaysWhyNot(t *testing.T) {
	d := open(t)
	ada := d.person(ingest.RoleAdmin)
	form := ada.open("/channels/mail/backfill").is(http.StatusOK).shows("Ask for what was missed on mail?").form()
	form.Set("since", "yesterday")
	ada.send("/channels/mail/backfill", form).is(http.StatusUnprocessableEntity).shows("Say as a day and a time since when to ask for.", `value="yesterday"`)
	form.Set("since", "2026-01-02T03:04")
	ada.send("/channels/mail/backfill", form).is(http.StatusUnprocessableEntity).shows("messages cannot be asked for again", `value="2026-01-02T03:04"`)
}

// A dead letter is read as it came, harmless, and tried again; others are
// deleted together.
func TestDeadLettersAreTriedAgainAndDeleted(t *testing.T) {
	d := open(t)
	ada, sue := d.person(ingest.RoleAdmin), d.person(ingest.RoleSupervisor)
	first := d.dead("carl@example.org", "Torn")
	list := ada.open("/dead").is(http.StatusOK).shows("Torn", "Its provider gave it the number of another message.", "1 in all")
	ada.open(list.find(`href="(/dead/[0-9a-f-]{36})`)).is(http.StatusOK).shows("Trying it again takes it in", "&lt;script&gt;␛&lt;/script&gt;", "Download as it came").not("<script>")
	sue.open("/dead/" + first.String()).is(http.StatusOK).shows("Torn").not("␛")
	form := ada.open("/do/dead-retry?back=/dead&id=" + first.String()).is(http.StatusOK).form()
	ada.send("/do/dead-retry", form).is(http.StatusSeeOther)
	ada.open("/dead").is(http.StatusOK).shows("No dead letters")
	ada.open("/dead/" + first.String()).is(http.StatusNotFound)
	d.dead("carl@example.org", "Torn 2")
	gone := d.dead("carl@example.org", "Torn 3")
	asked := ada.open("/dead/order?do=delete&everything=true&channel=mail").is(http.StatusOK).shows("Delete 2 letters?", "for good")
	must(t, d.store.PurgeDead(context.Background(), gone, "sue"))
	ada.send("/dead/order", asked.form()).is(http.StatusOK).shows("1 letter deleted.", "1 were dealt with by somebody else meanwhile.")
	sue.send("/dead/order", url.Values{"do": {"delete"}, "everything": {"true"}, "csrf_token": {sue.open("/").csrf()}}).is(http.StatusForbidden)
}

func TestExportsSayUntilWhen(t *testing.T) {
	d := open(t)
	sue, ada := d.person(ingest.RoleSupervisor), d.person(ingest.RoleAdmin)
	sue.open("/exports").is(http.StatusOK).shows("No export yet")
	_, err := d.store.Export(context.Background(), ingest.ExportOrder{What: ingest.ExportContacts, Actor: "ada"})
	must(t, err)
	ada.open("/exports").is(http.StatusOK).shows("Contacts", "It is being made")
	ada.open("/jobs").is(http.StatusOK).shows("Export", "contacts", "Under way", "/do/job-cancel")
	sue.open("/exports").is(http.StatusOK).shows("No export yet")
	_, err = d.store.MakeExports(context.Background())
	must(t, err)
	ada.open("/exports").is(http.StatusOK).shows("It can be had until", "/file")
}

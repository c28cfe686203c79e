package httpapi_test

import (
	"context"
	"testing"
	"time"
)

// An alert is listed while it stands, muted once however often that is sent,
// and cannot be muted when it is over.
func TestAlertsOfTheDesk(t *testing.T) {
	d, ctx := open(t), context.Background()
	d.exec("update channels set silent_since = now() where name = 'chat'")
	must(t, d.store.Alert(ctx, nil))
	a := d.ask(supervisor, "GET /alerts", "").is(200).has("items.0.kind", "channel_silent", "items.0.subject", "channel:chat")
	id, until := a.get("items.0.id"), time.Now().Add(time.Hour).UTC().Truncate(time.Millisecond).Format("2006-01-02T15:04:05.000Z")
	mute := "POST /alerts/" + id + "/mute"
	for range 2 {
		d.ask(supervisor, mute, `{"until":"`+until+`"}`, "Idempotency-Key", "m").is(200).has("muted_until", until, "id", id)
	}
	d.ask(admin, "GET /audit?action=alert.mute", "").is(200).has("items.0.subject", "alert:"+id, "items", "1")
	d.exec("update alerts set cleared_at = now()")
	d.ask(supervisor, mute, `{"until":"`+until+`"}`).problem(409, "alert-over")
	d.ask(supervisor, "GET /alerts", "").is(200).has("items", "0")
	d.ask(supervisor, "GET /alerts?state=all", "").is(200).has("items.0.id", id)
	d.ask(supervisor, "POST /alerts/01993a5e-0000-7000-8000-000000000001/mute", `{"until":"`+until+`"}`).problem(404, "not-found")
}

package httpapi_test

import (
	"context"
	"testing"
	"time"

	"gatehouse/ingest"
)

// One channel shows what the list does not: refused requests and secrets. What
// is unknown of it stays until an administrator settles it.
func TestWhatAChannelShows(t *testing.T) {
	ctx, d := context.Background(), open(t)
	must(t, d.store.Register(ctx, "orders", "webhook", ingest.Hook))
	at := time.Now().Add(-10 * time.Minute).UTC().Truncate(time.Millisecond)
	must(t, d.store.NoteHooks(ctx, ingest.HookNotes{
		Counts: []ingest.HookCount{{Channel: "orders", Minute: at.Truncate(time.Minute), Cause: "secret", N: 7, First: at, Last: at}},
		Refusals: map[string][]ingest.HookRefusal{"orders": {{At: at, Cause: "secret", Says: "no secret makes this", Method: "POST",
			URL: "https://example.com/hooks/orders", Address: "192.0.2.7", Headers: []ingest.HeadLine{{Name: "Host", Value: "example.com"}}, Size: 12}}},
		Secrets: map[string][]ingest.HookSecret{"orders": {{Key: "secret", Index: 0, Fingerprint: "11507a0e"}, {Key: "secret", Index: 1, Fingerprint: "cba06b57"}}},
		Uses:    map[string][]ingest.HookSecret{"orders": {{Key: "secret", Index: 1, Fingerprint: "cba06b57", UsedAt: &at}}},
	}))
	must(t, d.store.ChangeTrouble(ctx, ingest.TroubleChange{Channel: "orders", Trouble: ingest.Rejecting, Since: at, Says: "all requests are refused"}))
	must(t, d.store.ChangeTrouble(ctx, ingest.TroubleChange{Channel: "orders", Trouble: ingest.Silent, Since: at, Says: "nothing came"}))
	must(t, d.store.Present(ctx, ingest.Presence{At: time.Now().Add(time.Minute)}))
	must(t, d.store.Present(ctx, ingest.Presence{At: time.Now().Add(time.Hour), Failed: true, Pushed: map[string]time.Duration{"orders": time.Minute, "chat": 2 * time.Hour}}))

	d.ask(agent, "GET /channels/orders", "").problem(403, "role")
	d.ask(supervisor, "GET /channels/orders", "").is(200).has("name", "orders", "state", "rejecting", "last_error", "all requests are refused",
		"rejecting_since", at.Format("2006-01-02T15:04:05.000Z"), "silent_since", at.Format("2006-01-02T15:04:05.000Z"), "refused.secret", "7", "refusals", "1", "refusals.0.cause", "secret", "refusals.0.address", "192.0.2.7",
		"refusals.0.url", "https://example.com/hooks/orders", "refusals.0.headers.0.name", "Host", "refusals.0.size", "12",
		"secrets", "2", "secrets.0.last_used_at", "", "secrets.1.index", "1", "secrets.1.fingerprint", "cba06b57",
		"unknown", "1", "unknown.0.why", "database")
	d.ask(supervisor, "GET /channels", "").is(200).has("items.2.state", "rejecting", "items.2.unknown", "1", "items.2.refusals", "", "items.0.unknown", "0")
	d.ask(supervisor, "POST /channels/orders/unknown/settle", "").problem(403, "role")
	d.ask(admin, "POST /channels/nowhere/unknown/settle", "").problem(404, "not-found")
	settle := func(replayed string) {
		t.Helper()
		a := d.ask(admin, "POST /channels/orders/unknown/settle", "", "Idempotency-Key", "one").is(200).has("name", "orders")
		if got := a.Header.Get("Idempotency-Replayed"); got != replayed {
			t.Errorf("replayed %q, want %q", got, replayed)
		}
	}
	settle("")
	must(t, d.store.Present(ctx, ingest.Presence{At: time.Now().Add(3 * time.Hour), Pushed: map[string]time.Duration{"orders": 0}}))
	settle("true")
	d.ask(supervisor, "GET /channels/orders", "").is(200).has("unknown", "1", "unknown.0.why", "away")
	d.ask(admin, "GET /audit", "").is(200).has("items.0.action", "channel.unknown_settled", "items.0.subject", "channel:orders")
	d.ask(agent, "GET /events?types=channel.unknown", "").is(200).has("items", "2", "items.0.data.channel", "orders", "items.0.data.why", "database")
}

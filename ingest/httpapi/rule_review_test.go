package httpapi_test

import (
	"context"
	"testing"
	"time"
)

// What people let go and what they deleted shows at the rule, before and after
// it is folded.
func TestFiguresOfARule(t *testing.T) {
	d := open(t)
	hold(d)
	d.ask(supervisor, "GET /rules/1", "").is(200).has("hits", "2", "held", "2", "figures.released_wrong", "0", "figures.deleted", "0", "figures.false_share", "")
	list := d.ask(supervisor, "GET /blocked", "").is(200)
	d.ask(supervisor, "POST /blocked/"+list.get("items.0.id")+"/release", "").is(202)
	d.work()
	d.ask(supervisor, "POST /blocked/"+list.get("items.1.id")+"/delete", "").is(202)
	d.work()
	for range 2 {
		a := d.ask(supervisor, "GET /rules/1", "").is(200).has("held", "0", "figures.released_wrong", "1", "figures.deleted", "1", "figures.false_share", "0.5")
		if a.get("figures.first_hit_at") == "" {
			t.Error("no first hit")
		}
		must(t, d.store.Fold(context.Background()))
	}
	d.ask(supervisor, "GET /rules?kind=blacklist", "").is(200).has("items.0.figures.released_wrong", "0", "items.0.figures.deleted", "0")
}

// What the clock lets go nobody has decided.
func TestAnEndByTheClockIsNoDecision(t *testing.T) {
	d := open(t)
	d.rule(`{"kind":"block","target":"email:eve@example.net","reason":"spam","expires_in":"1h","on_expiry":"release"}`)
	d.receive(d.mail("eve@example.net", "one", "1"))
	d.clock.set(time.Now().Add(2 * time.Hour))
	must(t, d.store.EndRules(context.Background()))
	d.work()
	d.ask(supervisor, "GET /rules/1", "").is(200).has("lifted_by", "expiry", "held", "0", "figures.released_wrong", "0", "figures.false_share", "")
}

// Each doubt is listed, with a sentence, and nothing of which there is none.
func TestRulesToReview(t *testing.T) {
	d := open(t)
	review := func(n string, more ...string) answer {
		t.Helper()
		return d.ask(supervisor, "GET /rules?review=true", "").is(200).has(append([]string{"items", n}, more...)...)
	}
	d.rule(`{"kind":"block","target":"email:eve@example.net","reason":"spam","expires_in":"1h"}`)
	d.rule(`{"kind":"block","target":"visitor:v1"}`)
	d.receive(d.mail("eve@example.net", "one", "1"), d.chat("v1", "a"), d.chat("v1", "b"), d.chat("v1", "c"), d.chat("v1", "d"), d.chat("v1", "e"))
	review("0")
	d.rule(`{"kind":"ban","target":"visitor:v1"}`)
	review("1", "items.0.id", "2", "items.0.doubts", "1", "items.0.doubts.0.code", "shadowed", "items.0.doubts.0.rule", "3")
	d.ask(supervisor, "DELETE /rules/3", "").is(204)
	ticket := d.ask(supervisor, "GET /blocked?rule=2", "").is(200).get("items.0.id")
	d.ask(supervisor, "POST /blocked/"+ticket+"/release", "").is(202)
	d.work()
	must(t, d.store.Fold(context.Background()))
	review("1", "items.0.id", "2", "items.0.doubts", "1", "items.0.doubts.0.code", "often_wrong",
		"items.0.doubts.0.says", "Of 5 messages that it held and people decided about they let 5 go.")
	d.clock.set(time.Now().Add(2 * time.Hour))
	review("2", "items.1.id", "1", "items.1.doubts.0.code", "expired_holding")
	d.clock.set(time.Now().Add(91 * 24 * time.Hour))
	review("2", "items.0.doubts", "2", "items.0.doubts.0.code", "idle", "items.0.doubts.1.code", "often_wrong", "items.1.doubts", "1")
	part := d.ask(supervisor, "GET /rules?review=true&limit=1", "").is(200).has("items", "1", "items.0.id", "2")
	d.ask(supervisor, "GET /rules?review=true&limit=1&cursor="+part.get("next"), "").is(200).has("items", "1", "items.0.id", "1", "next", "")
	d.ask(supervisor, "GET /rules?review=true&kind=ban", "").is(200).has("items", "0")
	d.ask(admin, "PATCH /settings", `{"review_idle":"never","review_wrong":0}`).is(200)
	review("1", "items.0.id", "1")
	d.ask(admin, "PATCH /settings", `{"review_wrong":101}`).problem(422, "invalid")
}

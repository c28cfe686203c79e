package httpapi_test

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

// Each success that is described was answered to a test, and if it has a body
// there is an example of it; whoever heeds a key may answer that it runs.
func TestEverySuccessHasAnExample(t *testing.T) {
	_, asJSON, err := httpapi.Described(os.DirFS(answersDir))
	must(t, err)
	answers, err := httpapi.AnswersIn(os.DirFS(answersDir))
	must(t, err)
	var o struct {
		Paths map[string]map[string]struct {
			ID        string `json:"operationId"`
			Responses map[string]struct {
				Content map[string]struct{ Examples map[string]any }
			}
			Parameters []struct{ Name string }
		}
	}
	must(t, json.Unmarshal(asJSON, &o))
	for path, methods := range o.Paths {
		for method, op := range methods {
			for status, r := range op.Responses {
				success := strings.HasPrefix(status, "2") || strings.HasPrefix(status, "3")
				if _, answered := answers[op.ID][status+" answer"]; success && !answered {
					t.Errorf("%s %s: no test is answered %s, or it never is: take its declaration away", method, path, status)
				}
				for kind, content := range r.Content {
					if success && len(content.Examples) == 0 {
						t.Errorf("%s %s: no example of %s as %s", method, path, status, kind)
					}
				}
			}
			for _, p := range op.Parameters {
				if p.Name == "Idempotency-Key" && op.Responses["409"].Content["application/problem+json"].Examples["running"] == nil {
					t.Errorf("%s %s: heeds keys and does not say that the first may be running", method, path)
				}
			}
		}
	}
}

// Whatever kind a rule became, it is lifted from where its person is met, and a
// job works off what it held.
func TestLiftingWhereSomebodyIsMet(t *testing.T) {
	d := open(t)
	d.blocksOn()
	d.receive(d.mail("ann@example.com", "order", "hello"))
	contact := d.contactOf("ann@example.com")
	talk := "/conversations/" + d.ask(agent, "GET /conversations", "").is(200).get("items.0.id")
	for _, kind := range []string{"block", "ban", "blacklist"} {
		for _, place := range []string{contact, talk, "/messages/", "/blocked/"} {
			rule := d.ask(admin, "POST "+contact+"/block", `{"reason":"spam"}`).is(201).get("id")
			message := d.receive(d.mail("ann@example.com", "again", "held"))[0].String()
			switch place {
			case "/messages/":
				place += message
			case "/blocked/":
				place += d.ask(admin, "GET /blocked", "").is(200).has("total", "1").get("items.0.id")
			}
			if kind != "block" {
				d.ask(admin, "PATCH /rules/"+rule, `{"kind":"`+kind+`"}`).is(200).has("held", "1")
			}
			d.ask(admin, "DELETE "+place+"/"+kind+"?held=delete_all", "").is(202).has("kind", "delete_all")
			d.work()
		}
	}
}

func TestReloadSaysWhatChanged(t *testing.T) {
	d := open(t, func(o *httpapi.Options) {
		o.Reload = func(context.Context, string) (ingest.Reloaded, error) {
			return ingest.Reloaded{Added: []string{"orders"}, Unchanged: []string{"mail"}}.Whole(), nil
		}
	})
	d.ask(admin, "POST /channels/reload", "").is(200).has("added.0", "orders", "unchanged.0", "mail", "retired", "0")
}

func TestAReplyToken(t *testing.T) {
	d := open(t, func(o *httpapi.Options) { o.Replies = ingest.ReplySecrets{"a secret of replies"} })
	d.receive(d.mail("ann@example.com", "order", "hello"))
	talk := d.ask(agent, "GET /conversations", "").is(200).get("items.0.id")
	d.ask(agent, "GET /conversations/"+talk+"/token?mailbox=support@example.com", "").is(200)
}

func TestOneBackfillAndOneReconciliationAreRead(t *testing.T) {
	d := open(t, func(o *httpapi.Options) { o.Listers = []string{"chat"} })
	since := time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
	id := d.ask(admin, "POST /channels/chat/backfill", `{"since":"`+since+`"}`).is(202).get("id")
	d.ask(supervisor, "GET /channels/chat/backfill/"+id, "").is(200).has("id", id)
	must(t, d.store.PlanReconciliations(context.Background(), map[string]time.Time{"mail": time.Now()}))
	d.ask(supervisor, "GET /channels/mail/reconcile", "").is(200)
}

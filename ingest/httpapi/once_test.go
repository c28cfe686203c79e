package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

func TestIdempotencyKeys(t *testing.T) {
	d := open(t)
	const path, body = "POST /rules", `{"kind":"ban","target":"email:eve@example.net"}`
	first := d.ask(supervisor, path, body, "Idempotency-Key", "k1").is(201)
	again := d.ask(supervisor, path, body, "Idempotency-Key", "k1").is(201)
	if string(first.Body) != string(again.Body) || again.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("another answer:\n%s%s", first.Body, again.Body)
	}
	d.ask(supervisor, path, body).is(200) // without the key: the rule stands already
	d.ask(supervisor, path, strings.Replace(body, "eve", "mal", 1), "Idempotency-Key", "k1").problem(422, "invalid").has("errors.0.field", "Idempotency-Key")
	d.ask(admin, path, body, "Idempotency-Key", "k1").is(200) // another token's key
	d.ask(supervisor, path, body, "Idempotency-Key", strings.Repeat("k", 201)).problem(422, "invalid")
	d.ask(supervisor, "POST /rules", `{"kind":"ban"`, "Idempotency-Key", "k2").is(400)
	d.ask(supervisor, "POST /rules", `{"kind":"ban"`, "Idempotency-Key", "k2").is(400)
	d.ask(supervisor, "GET /rules", "").is(200).has("items", "1")
	d.ask(supervisor, path, body, "Idempotency-Key", "k2").is(200) // what failed kept no key
}

// The key of a request is that of its effect: at work it is taken, and what
// fails gives it back with the effect undone.
func TestIdempotencyKeyIsOfTheEffect(t *testing.T) {
	d := open(t)
	ctx := context.Background()
	const path, body = "POST /rules", `{"kind":"ban","target":"email:eve@example.net"}`
	o := d.onceOf("/api/v1/rules", "k3", body)
	failed := errors.New("failed")
	_, err := d.store.Once(ctx, o, func(ctx context.Context) (ingest.Outcome, error) {
		d.ask(supervisor, path, body, "Idempotency-Key", "k3").problem(409, "running")
		_, err := d.store.SetRule(ctx, ingest.RuleOrder{Kind: ingest.Ban, Target: ingest.Target{Kind: "email", Value: "mal@example.net"}, Actor: "test"})
		must(t, err)
		return ingest.Outcome{Status: 201}, failed
	})
	if !errors.Is(err, failed) || ingest.Temporary(err) {
		t.Errorf("%v: want the error of the effect as it is", err)
	}
	d.ask(supervisor, "GET /rules", "").is(200).has("items", "0")
	d.ask(supervisor, path, body, "Idempotency-Key", "k3").is(201)
}

// Sent many times at once, a request takes effect once; the others are told of
// it, or that it is at work.
func TestIdempotencyKeySentManyTimesAtOnce(t *testing.T) {
	d := open(t)
	answers := make(chan answer)
	const n = 30
	for range n {
		go func() {
			answers <- d.ask(supervisor, "POST /rules", `{"kind":"ban","target":"email:eve@example.net"}`, "Idempotency-Key", "k")
		}()
	}
	first := 0
	for range n {
		a := <-answers
		replayed := a.Header.Get("Idempotency-Replayed") == "true"
		switch {
		case a.Code == 201 && !replayed:
			first++
		case a.Code == 201 && replayed, a.Code == 409 && a.get("type") == "running":
		default:
			t.Errorf("%d %s", a.Code, a.Body)
		}
	}
	if first != 1 {
		t.Errorf("took effect %d times", first)
	}
}

// onceOf is what the API makes of a supervisor's request with a key.
func (d *desk) onceOf(path, key, body string) ingest.Once {
	hash := ingest.Sum(key)
	return ingest.Once{Asker: d.ids[supervisor], Method: "POST", Path: path, Key: fmt.Sprintf("%x", hash[:]), Body: ingest.Sum("", body)}
}

// dump is every row of every table as text, by table.
func (d *desk) dump() map[string]string {
	d.t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, d.url)
	must(d.t, err)
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, "set bytea_output = 'escape'") // bytes are searched as what they say
	must(d.t, err)
	rows, err := conn.Query(ctx, "select tablename::text from pg_tables where schemaname = 'public'")
	must(d.t, err)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(d.t, err)
	all := map[string]string{}
	for _, table := range tables {
		var text string
		must(d.t, conn.QueryRow(ctx, "select coalesce(string_agg(x::text, ' '), '') from "+
			pgx.Identifier{table}.Sanitize()+" x").Scan(&text))
		all[table] = text
	}
	return all
}

// Every route that takes a key is used on messages with a word in them; after
// all is deleted no table has it, and what is kept with the keys never had an
// address or a comment.
func TestKeysKeepNoContent(t *testing.T) {
	const word, comment, person = "xyzzyplugh", "qomment", "zorblax"
	d := open(t)
	d.blocksOn()
	torn := d.unreadable(`{"text":"` + word + `"}`).String()
	d.receive(d.chat(person, word), d.mail(person+"@example.com", word, word))
	list := d.ask(admin, "GET /contacts?q="+person+"@", "").is(200)
	contact := "/contacts/" + list.get("items.0.id")
	used := map[string]bool{}
	keyed := func(role ingest.Role, path, body string, status int) answer {
		t.Helper()
		key := fmt.Sprint("key ", len(used), " of ", word)
		first := d.ask(role, "POST "+path, body, "Idempotency-Key", key).is(status)
		again := d.ask(role, "POST "+path, body, "Idempotency-Key", key).is(status)
		if again.Header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("%s: not replayed", path)
		}
		if status != 204 && first.get("id") != again.get("id") {
			t.Errorf("%s: replayed as another", path)
		}
		used[path] = true
		return first
	}
	keyed(admin, "/dead/"+torn+"/retry", "", 202).has("id", torn, "state", "received", "text", "", "subject", "")
	d.settle()
	terms := `{"reason":"` + comment + `","comment":"` + comment + `","expires_in":"never","scope":[]}`
	for _, kind := range []string{"allow", "blacklist", "ban"} {
		keyed(admin, contact+"/"+kind, terms, 201)
		d.ask(admin, "DELETE "+contact+"/"+kind, "").is(204)
	}
	keyed(admin, contact+"/block", terms, 201)
	for range 4 {
		d.receive(d.mail(person+"@example.com", word, word))
	}
	blocked := d.ask(admin, "GET /blocked", "").is(200).has("total", "4")
	ticket := func(i int) string { return blocked.get(fmt.Sprintf("items.%d.id", i)) }
	keyed(admin, "/blocked/"+ticket(0)+"/release", "", 202)
	keyed(admin, "/blocked/"+ticket(1)+"/delete", "", 202)
	keyed(admin, "/blocked/release", `{"tickets":["`+ticket(2)+`"]}`, 202)
	d.work()
	keyed(admin, "/blocked/delete", `{"tickets":["`+ticket(3)+`"]}`, 202)
	d.work()
	d.receive(d.mail(person+"@example.com", word, word))
	keyed(admin, contact+"/unblock", `{"held":"delete_all"}`, 202)
	d.work()
	rule := keyed(admin, "/rules", `{"kind":"block","target":"email:`+person+`@example.com","comment":"`+comment+`"}`, 201).get("id")
	d.receive(d.mail(person+"@example.com", word, word))
	keyed(admin, "/rules/"+rule+"/lift", `{"held":"delete_all"}`, 202)
	d.work()
	d.purgeConversed()

	all := d.dump()
	for table, text := range all {
		if strings.Contains(text, word) {
			t.Errorf("%s has the word: %.500s", table, text)
		}
	}
	for _, w := range []string{comment, person} {
		if strings.Contains(all["idempotency"], w) {
			t.Errorf("idempotency has %s", w)
		}
	}
	if !strings.Contains(all["idempotency"], "job") {
		t.Error("the outcomes are not among what was searched")
	}
}

// purgeConversed deletes what is in conversations, as an erasure would.
func (d *desk) purgeConversed() {
	d.t.Helper()
	d.exec("delete from bodies where message in (select id from messages where state = 'conversed')",
		"delete from raw where message in (select id from messages where state = 'conversed')",
		"update messages set state = 'purged', sender = '', envelope = '{}', thread = null, answers = null, note = null, trail = null where state = 'conversed'",
		"update conversations set subject = ''")
}

// exec does what no route does.
func (d *desk) exec(statements ...string) {
	d.t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, d.url)
	must(d.t, err)
	defer conn.Close(ctx)
	for _, q := range statements {
		_, err := conn.Exec(ctx, q)
		must(d.t, err)
	}
}

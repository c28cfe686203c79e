package httpapi_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

// unaudited are the routes that by their method might change something and leave
// no line in the audit, and why.
var unaudited = map[string]string{
	"POST /standing":            "a question; its list is too long for a path",
	"POST /blocked/preview":     "a question: it counts, and shows nothing of what is held",
	"POST /session":             "of the person themselves, who has no token: session.begin, of its own tests",
	"POST /session/invitation":  "the same",
	"POST /session/password":    "takes a session; user.password",
	"DELETE /session":           "takes a session; session.end",
	"DELETE /sessions/{id}":     "takes a session; session.end",
	"POST /endpoints/{id}/test": "a try, of which nothing is kept",
	"POST /channels/reload":     "its lines are the arrangement's, one a channel that changed",
	"POST /contacts/resolve":    "an answer, if somebody has the address; else it makes a contact as POST /contacts does, by the same call",
}

// wrote notes which transaction wrote to which table. What a request's token was
// last used for, and its key, are no changes of the desk.
const wrote = `
create table wrote (xid xid8 not null default pg_current_xact_id(), tab text not null);
create function note_write() returns trigger language plpgsql as $$ begin
  insert into wrote (tab) values (tg_table_name); return null; end $$;
do $$ declare t text; begin
  for t in select tablename from pg_tables where schemaname = 'public'
    and tablename not in ('audit', 'audit_chain', 'tokens', 'idempotency', 'wrote', 'goose_db_version') loop
    execute format('create trigger wrote after insert or update or delete on %I for each statement execute function note_write()', t);
  end loop;
end $$`

// scene makes what a route needs, each time anew.
type scene struct {
	*desk
	db *pgx.Conn
	n  int
}

func (s *scene) fresh() string { s.n++; return fmt.Sprintf("p%d", s.n) }

// person is the path of a contact with a mail that stands in a conversation.
func (s *scene) person() string {
	address := s.fresh() + "@example.com"
	s.receive(s.mail(address, "order", "hello"))
	return s.contactOf(address)
}

// alert is the path of an alert that stands.
func (s *scene) alert() string {
	s.exec("update channels set silent_since = now() where name = 'chat'")
	must(s.t, s.store.Alert(context.Background(), nil))
	return "/alerts/" + s.ask(admin, "GET /alerts", "").is(200).get("items.0.id")
}

func (s *scene) talk() string {
	contact := strings.TrimPrefix(s.person(), "/contacts/")
	return "/conversations/" + s.ask(admin, "GET /conversations?contact_id="+contact, "").is(200).get("items.0.id")
}

// held is a rule's number, and the paths of a ticket, a message and a contact
// that it holds.
func (s *scene) held() (rule, ticket, message, contact string) {
	address := s.fresh() + "@example.net"
	rule = s.rule(`{"kind":"block","target":"email:` + address + `"}`)
	message = "/messages/" + s.receive(s.mail(address, "pills", "buy"))[0].String()
	m := s.ask(admin, "GET "+message, "").is(200).has("state", "held")
	return rule, "/blocked/" + m.get("ticket_id"), message, "/contacts/" + m.get("contact_id")
}

func (s *scene) place(kind string) string {
	switch kind {
	case "contacts":
		return s.person()
	case "conversations":
		return s.talk()
	case "messages":
		return "/messages/" + s.receive(s.mail(s.fresh()+"@example.com", "order", "hello"))[0].String()
	}
	_, ticket, _, _ := s.held()
	return ticket
}

func (s *scene) job(cancelled bool) string {
	rule, _, _, _ := s.held()
	job := "/jobs/" + s.ask(admin, "POST /rules/"+rule+"/lift", `{"held":"unblock_all"}`).is(202).get("id")
	if cancelled {
		s.ask(admin, "POST "+job+"/cancel", "").is(200)
	}
	return job
}

func (s *scene) texter() string {
	number := fmt.Sprintf("+1555010%04d", 1000+s.n)
	s.receive(s.sms(number, s.fresh(), ""))
	return s.contactOf(strings.Replace(number, "+", "%2B", 1))
}

func (s *scene) failedFile() string {
	id := s.receive(s.mms(s.fresh(), 1))[0]
	must(s.t, s.store.FailFile(context.Background(), s.claim(), "denied", nil))
	return "/messages/" + id.String() + "/attachments/0"
}

// bare is a mail held for its size, of which only the header was read.
func (s *scene) bare() (string, string) {
	a := s.mail(s.fresh()+"@example.com", "long", "")
	a.Message.Defects = []ingest.Defect{{Code: "limit_size"}}
	return "/messages/" + s.receive(a)[0].String() + "/fetch", ""
}

func (s *scene) books() (string, string) {
	must(s.t, s.store.PlanReconciliations(context.Background(), map[string]time.Time{"mail": time.Now()}))
	return "/channels/mail/reconcile", ""
}

// deeds are good requests, one a route.
var deeds = map[string]func(s *scene) (does, body string){
	"POST /channels/{name}/backfill": func(*scene) (string, string) {
		return "/channels/chat/backfill", `{"since":"` + time.Now().Add(-time.Hour).Format(time.RFC3339) + `"}`
	},
	"POST /channels/{name}/unknown/settle": func(s *scene) (string, string) {
		must(s.t, s.store.Present(context.Background(), ingest.Presence{At: time.Now().Add(time.Minute)}))
		must(s.t, s.store.Present(context.Background(), ingest.Presence{At: time.Now().Add(time.Hour), Failed: true, Pushed: map[string]time.Duration{"chat": time.Minute}}))
		return "/channels/chat/unknown/settle", ""
	},
	"POST /channels/{name}/pause":     func(*scene) (string, string) { return "/channels/chat/pause", "" },
	"POST /channels/{name}/resume":    func(*scene) (string, string) { return "/channels/chat/resume", "" },
	"POST /channels/{name}/reconcile": (*scene).books,
	"POST /channels/{name}/auth":      func(*scene) (string, string) { return "/channels/mail/auth", "" },
	"POST /conversations": func(s *scene) (string, string) {
		return "/conversations", `{"identity":"email:` + s.fresh() + `@example.com","channel":"mail","subject":"your order"}`
	},
	"PATCH /conversations/{id}": func(s *scene) (string, string) { return s.talk(), `{"status":"closed"}` },
	"POST /conversations/{id}/outgoing": func(s *scene) (string, string) {
		return s.talk() + "/outgoing", `{"message_id":"` + s.fresh() + `@example.com","from":"support@example.com"}`
	},
	"POST /dead/{id}/retry": func(s *scene) (string, string) {
		return "/dead/" + s.unreadable(`{"text":"readable after all"}`).String() + "/retry", ""
	},
	"DELETE /dead/{id}":                func(s *scene) (string, string) { return "/dead/" + s.unreadable(`{`).String(), "" },
	"POST /contacts/{id}/legal-hold":   func(s *scene) (string, string) { return s.person() + "/legal-hold", `{"reason":"case-7"}` },
	"DELETE /contacts/{id}/legal-hold": func(s *scene) (string, string) { return s.after("/legal-hold", `{"reason":"case-7"}`), "" },
	"POST /contacts": func(s *scene) (string, string) {
		return "/contacts", `{"identities":["email:` + s.fresh() + `@example.com"]}`
	},
	"PATCH /contacts/{id}": func(s *scene) (string, string) { return s.person(), `{"company":"Example"}` },
	"POST /contacts/{id}/identities": func(s *scene) (string, string) {
		return s.person() + "/identities", `{"identity":"email:` + s.fresh() + `@example.org"}`
	},
	"PATCH /contacts/{id}/identities/{identity}": func(s *scene) (string, string) {
		return s.identity(), `{"identity":"email:` + s.fresh() + `@example.org"}`
	},
	"DELETE /contacts/{id}/identities/{identity}": func(s *scene) (string, string) { return s.identity(), "" },
	"POST /contacts/{id}/notes":                   func(s *scene) (string, string) { return s.person() + "/notes", `{"text":"wants a call"}` },
	"DELETE /contacts/{id}/notes/{note}":          (*scene).note,
	"POST /contacts/{id}/opt-out": func(s *scene) (string, string) {
		return s.texter() + "/opt-out", `{"channel":"sms","reason":"said so"}`
	},
	"POST /contacts/{id}/opt-in": func(s *scene) (string, string) { return s.texter() + "/opt-in", `{"channel":"sms","reason":"said so"}` },
	"POST /contacts/{id}/review": func(s *scene) (string, string) {
		_, _, _, c := s.held()
		return c + "/review", `{"reason":"a customer"}`
	},
	"DELETE /contacts/{id}/review": (*scene).review,
	"POST /contacts/{id}/unblock": func(s *scene) (string, string) {
		_, _, _, c := s.held()
		return c + "/unblock", `{"held":"unblock_all"}`
	},
	"POST /jobs/{id}/cancel":                        func(s *scene) (string, string) { return s.job(false) + "/cancel", "" },
	"POST /jobs/{id}/retry":                         func(s *scene) (string, string) { return s.job(true) + "/retry", "" },
	"POST /messages/{id}/attachments/{index}/retry": func(s *scene) (string, string) { return s.failedFile() + "/retry", "" },
	"POST /blocked/{id}/release":                    func(s *scene) (string, string) { return s.place("blocked") + "/release", "" },
	"POST /blocked/{id}/delete":                     func(s *scene) (string, string) { return s.place("blocked") + "/delete", "" },
	"POST /messages/{id}/release":                   func(s *scene) (string, string) { _, _, m, _ := s.held(); return m + "/release", "" },
	"POST /messages/{id}/delete":                    func(s *scene) (string, string) { _, _, m, _ := s.held(); return m + "/delete", "" },
	"POST /blocked/release":                         func(s *scene) (string, string) { return "/blocked/release", s.selection() },
	"POST /blocked/delete":                          func(s *scene) (string, string) { return "/blocked/delete", s.selection() },
	"POST /messages/{id}/fetch":                     (*scene).bare,
	"POST /rules/import": func(s *scene) (string, string) {
		return "/rules/import", `{"kind":"ban","target":"visitor:` + s.fresh() + `"}`
	},
	"POST /rules": func(s *scene) (string, string) {
		return "/rules", `{"kind":"ban","target":"visitor:` + s.fresh() + `"}`
	},
	"PATCH /rules/{id}":  func(s *scene) (string, string) { return s.banned(false), `{"reason":"abuse"}` },
	"DELETE /rules/{id}": func(s *scene) (string, string) { return s.banned(false), "" },
	"POST /rules/{id}/lift": func(s *scene) (string, string) {
		r, _, _, _ := s.held()
		return "/rules/" + r + "/lift", `{"held":"keep"}`
	},
	"POST /rules/{id}/refetch": func(s *scene) (string, string) { return s.banned(true) + "/refetch", "" },
	"PATCH /settings":          func(*scene) (string, string) { return "/settings", `{"close_chat_after":"45m"}` },
	"POST /tokens":             func(*scene) (string, string) { return "/tokens", `{"name":"bot","role":"agent"}` },
	"POST /users": func(s *scene) (string, string) {
		return "/users", `{"login":"` + s.fresh() + `","name":"Some One","role":"agent"}`
	},
	"PATCH /users/{id}":           func(s *scene) (string, string) { return s.user(), `{"name":"Some Other"}` },
	"POST /users/{id}/reset":      func(s *scene) (string, string) { return s.user() + "/reset", "" },
	"POST /users/{id}/free":       func(s *scene) (string, string) { return s.user() + "/free", "" },
	"DELETE /users/{id}/sessions": func(s *scene) (string, string) { return s.user() + "/sessions", "" },
	"POST /contacts/export":       func(*scene) (string, string) { return "/contacts/export", "" },
	"POST /blocked/export":        func(*scene) (string, string) { return "/blocked/export", "" },
	"DELETE /exports/{id}":        (*scene).exported,
	"POST /contacts/{id}/merge":   (*scene).merging,
	"POST /merges/{id}/undo":      (*scene).merged,
	"DELETE /suggestions/{id}":    (*scene).suggested,
	"POST /tokens/{id}/rotate": func(s *scene) (string, string) {
		return "/tokens/" + s.ask(admin, "POST /tokens", `{"name":"bot","role":"agent"}`).get("id") + "/rotate", "{}"
	},
	"POST /endpoints":             func(*scene) (string, string) { return "/endpoints", hooked },
	"PATCH /endpoints/{id}":       func(s *scene) (string, string) { return s.endpoint(), `{"types":[]}` },
	"DELETE /endpoints/{id}":      func(s *scene) (string, string) { return s.endpoint(), "" },
	"POST /endpoints/{id}/rotate": func(s *scene) (string, string) { return s.endpoint() + "/rotate", "{}" },
	"POST /endpoints/{id}/pause":  func(s *scene) (string, string) { return s.endpoint() + "/pause", "" },
	"POST /endpoints/{id}/resume": func(s *scene) (string, string) { return s.paused() + "/resume", "" },
	"POST /endpoints/{id}/replay": func(s *scene) (string, string) {
		return s.endpoint() + "/replay", `{"from":"` + time.Now().Add(-time.Hour).Format(time.RFC3339) + `"}`
	},
	"POST /endpoints/{id}/dead/retry": func(s *scene) (string, string) { e, _ := s.given(); return e + "/dead/retry", "" },
	"DELETE /endpoints/{id}/dead":     func(s *scene) (string, string) { e, _ := s.given(); return e + "/dead", "" },
	"POST /alerts/{id}/mute":          func(s *scene) (string, string) { return s.alert() + "/mute", `{"until":"2030-01-01T00:00:00Z"}` },
	"POST /deliveries/{id}/retry":     func(s *scene) (string, string) { _, d := s.given(); return d + "/retry", "" },
	"DELETE /deliveries/{id}":         func(s *scene) (string, string) { _, d := s.given(); return d, "" },
	"DELETE /tokens/{id}": func(s *scene) (string, string) {
		return "/tokens/" + s.ask(admin, "POST /tokens", `{"name":"bot","role":"agent"}`).get("id"), ""
	},
}

// after is the path behind a contact's, once it was posted to.
func (s *scene) after(path, body string) string {
	path = s.person() + path
	if a := s.ask(admin, "POST "+path, body); a.Code >= 300 {
		s.t.Fatalf("%s: %s", path, a.Body)
	}
	return path
}

func (s *scene) identity() string {
	person := s.person()
	a := s.ask(admin, "POST "+person+"/identities", `{"identity":"email:`+s.fresh()+`@example.org"}`).is(201)
	return person + "/identities/" + a.get("identities.1.id")
}

func (s *scene) note() (string, string) {
	person := s.person()
	return person + "/notes/" + s.ask(admin, "POST "+person+"/notes", `{"text":"called"}`).is(201).get("id"), ""
}

func (s *scene) review() (string, string) {
	_, _, _, contact := s.held()
	s.ask(admin, "POST "+contact+"/review", `{"reason":"a customer"}`)
	return contact + "/review", ""
}

func (s *scene) selection() string {
	_, ticket, _, _ := s.held()
	return `{"tickets":["` + strings.TrimPrefix(ticket, "/blocked/") + `"]}`
}

func (s *scene) user() string {
	return "/users/" + s.ask(admin, "POST /users", `{"login":"`+s.fresh()+`","name":"Some One","role":"agent"}`).is(201).get("id")
}

func (s *scene) exported() (string, string) {
	id := s.ask(admin, "POST /contacts/export", `{"tag":"`+s.fresh()+`"}`).is(202).get("id")
	for range 9 {
		_, err := s.store.MakeExports(context.Background())
		must(s.t, err)
	}
	return "/exports/" + id, ""
}

func (s *scene) merging() (string, string) {
	return s.person() + "/merge", `{"into":"` + strings.TrimPrefix(s.person(), "/contacts/") + `"}`
}

func (s *scene) merged() (string, string) {
	path, body := s.merging()
	return "/merges/" + s.ask(admin, "POST "+path, body).is(201).get("merge.id") + "/undo", ""
}

// suggested has somebody type the address of somebody else.
func (s *scene) suggested() (string, string) {
	address := s.fresh() + "@example.com"
	s.receive(s.mail(address, "order", "hello"))
	a := s.chat(s.fresh(), "hi")
	a.Message.Identities = append(a.Message.Identities, ingest.Identity{Kind: "email", Value: address, How: ingest.Claimed})
	s.receive(a)
	return "/suggestions/" + s.ask(supervisor, "GET /suggestions", "").is(200).get("items.0.id"), ""
}

func (s *scene) endpoint() string {
	return "/endpoints/" + s.ask(admin, "POST /endpoints", hooked).is(201).get("id")
}

func (s *scene) paused() string {
	path := s.endpoint()
	s.ask(admin, "POST "+path+"/pause", "")
	return path
}

// given is the paths of an endpoint and of a delivery to it that was given up.
func (s *scene) given() (endpoint, delivery string) {
	endpoint = "/endpoints/" + s.ask(admin, "POST /endpoints", `{"url":"https://hooks.example.com"}`).is(201).get("id")
	s.person()
	ctx, id := context.Background(), strings.TrimPrefix(endpoint, "/endpoints/")
	for range 1000 { // until the log can be read
		_, _, err := s.store.SpreadEvents(ctx, 1000)
		must(s.t, err)
		var n int64
		err = s.db.QueryRow(ctx, "update deliveries set state = 'dead', ended_at = now() where id = (select min(id) from deliveries where endpoint = $1) returning id", id).Scan(&n)
		if err == nil {
			return endpoint, fmt.Sprint("/deliveries/", n)
		}
	}
	s.t.Fatal("nothing is delivered")
	return "", ""
}

// banned is a ban's path, which refused a message and, if it has ended, does so
// no more.
func (s *scene) banned(ended bool) string {
	address := s.fresh() + "@example.net"
	rule := "/rules/" + s.rule(`{"kind":"ban","target":"email:`+address+`"}`)
	s.receive(s.mail(address, "pills", "buy"))
	if ended {
		s.ask(admin, "DELETE "+rule, "").is(204)
	}
	return rule
}

// deed is a route's good request, for rules that are set at a place too.
func deed(does string) func(*scene) (string, string) {
	if d, ok := deeds[does]; ok {
		return d
	}
	method, path, _ := strings.Cut(does, " ")
	parts := strings.Split(path, "/")
	if len(parts) != 4 || parts[2] != "{id}" || !strings.Contains("ban block blacklist allow", parts[3]) {
		return nil
	}
	return func(s *scene) (string, string) {
		place := s.place(parts[1]) + "/" + parts[3]
		if method == "POST" {
			return place, `{"reason":"spam"}`
		}
		if a := s.ask(admin, "POST "+place, `{"reason":"spam"}`); a.Code != 201 {
			s.t.Fatalf("%s: %d %s", place, a.Code, a.Body)
		}
		return place + "?held=keep", ""
	}
}

// Whatever changes something says so in the audit, in the same transaction.
func TestEveryChangeIsAudited(t *testing.T) {
	d := open(t, asks, func(o *httpapi.Options) {
		o.Listers, o.Sources, o.Endpoints = []string{"chat"}, []string{"imap"}, &poster{}
	})
	ctx := context.Background()
	db, err := pgx.Connect(ctx, d.url)
	must(t, err)
	defer db.Close(ctx)
	_, err = db.Exec(ctx, wrote)
	must(t, err)
	s := &scene{desk: d, db: db}
	s.blocksOn()
	for _, does := range routes(t, d) {
		method, _, _ := strings.Cut(does, " ")
		if method == "GET" || unaudited[does] != "" {
			continue
		}
		do := deed(does)
		if do == nil {
			t.Errorf("%s: a new route; give a good request of it, or say why it changes nothing", does)
			continue
		}
		path, body := do(s)
		s.audited(does, method+" "+path, body)
	}
}

// audited demands that a request leaves a line with who, what and on what, and
// that no transaction of it writes without one.
func (s *scene) audited(does, request, body string) {
	s.t.Helper()
	ctx := context.Background()
	var before int64
	must(s.t, s.db.QueryRow(ctx, "with gone as (delete from wrote) select coalesce(max(id), 0) from audit").Scan(&before))
	if a := s.ask(admin, request, body); a.Code >= 300 {
		s.t.Errorf("%s: %d %s", request, a.Code, a.Body)
		return
	}
	var lines int
	var silent []string
	must(s.t, s.db.QueryRow(ctx, `select (select count(*) from audit where id > $1 and actor = 'admin' and action ~ '^[a-z_]+[.][a-z_]+$' and subject <> ''),
		(select array_agg(distinct tab) from wrote w where not exists (select from audit a where a.xid = w.xid))`, before).Scan(&lines, &silent))
	if lines == 0 || silent != nil {
		s.t.Errorf("%s: %d lines in the audit; written without one: %v", does, lines, silent)
	}
}

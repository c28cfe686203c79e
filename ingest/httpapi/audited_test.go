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
	"POST /endpoints/{id}/test": "a try: no row is written, no delivery counted, and the endpoint stands as before",
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
		if parts[3] == "allow" { // it holds nothing
			return place, ""
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

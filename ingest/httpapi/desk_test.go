package httpapi_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

const (
	agent      = ingest.RoleAgent
	supervisor = ingest.RoleSupervisor
	admin      = ingest.RoleAdmin
)

func TestMessagesAreReadWithTheirText(t *testing.T) {
	d := open(t)
	ids := d.receive(d.chat("v1", "hello from a chat"), d.mail("ann@example.com", "My order", "hello by mail"))
	d.ask(agent, "GET /messages/"+ids[0].String(), "").is(200).has(
		"text", "hello from a chat", "channel", "chat", "kind", "chat", "state", "conversed", "from.kind", "visitor", "from.value", "v1",
		"client_ip", "192.0.2.7", "identities", "1", "keys", "1", "attachments", "0", "to", "0", "answers", "0", "rule", "", "reason", "")
	d.ask(agent, "GET /messages/"+ids[1].String(), "").is(200).has(
		"text", "hello by mail", "subject", "My order", "from.address", "ann@example.com", "to.0.address", "support@example.com", "client_ip", "")
	first := d.ask(agent, "GET /messages?limit=1", "").is(200).has("items", "1")
	second := d.ask(agent, "GET /messages?limit=1&cursor="+first.get("next"), "").is(200).has("items", "1", "next", "")
	if a, b := first.get("items.0.id"), second.get("items.0.id"); a <= b {
		t.Errorf("%s before %s: want each once, by id backwards", a, b)
	}
	d.ask(agent, "GET /messages?channel=mail", "").is(200).has("items", "1", "items.0.subject", "My order")
	d.ask(agent, "GET /messages?channel=nowhere", "").problem(422, "invalid").has("errors.0.field", "channel")
	d.ask(agent, "GET /messages?cursor=x", "").problem(422, "invalid").has("errors.0.field", "cursor")
	d.ask(agent, "GET /messages/"+ingest.NewID(time.Now()).String(), "").problem(404, "not-found")
}

func TestTimesAndArraysOnTheWire(t *testing.T) {
	d := open(t)
	ids := d.receive(d.chat("v1", "hello"))
	a := d.ask(agent, "GET /messages/"+ids[0].String(), "").is(200)
	if !regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`).MatchString(a.get("received_at")) {
		t.Errorf("received_at is %s: want RFC 3339 in UTC with milliseconds", a.get("received_at"))
	}
	for _, list := range []string{"to", "attachments", "answers", "defects", "identities", "trail", "keys"} {
		if !strings.Contains(string(a.Body), `"`+list+`":[`) {
			t.Errorf("%s is not an array\n%s", list, a.Body)
		}
	}
	if a.get("trail") == "0" {
		t.Error("a decided message has no trail")
	}
}

func TestRawAndAttachmentsAreFiles(t *testing.T) {
	d := open(t)
	ids := d.receive(d.chat("v1", "see the file", "<script>alert(1)</script>"))
	path := "/messages/" + ids[0].String()
	raw := d.ask(admin, "GET "+path+"/raw", "").is(200)
	if !strings.Contains(string(raw.Body), "see the file") || raw.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("raw: %v %s", raw.Header, raw.Body)
	}
	file := d.ask(agent, "GET "+path+"/attachments/0", "").is(200)
	if string(file.Body) != "<script>alert(1)</script>" {
		t.Errorf("attachment is %q", file.Body)
	}
	if got := file.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment;") {
		t.Errorf("Content-Disposition is %q: a browser would show it in our name", got)
	}
	d.ask(agent, "GET "+path+"/attachments/1", "").problem(404, "not-found")
	d.ask(admin, "GET /audit?subject=message:"+ids[0].String(), "").is(200).has("items", "1", "items.0.action", "message.raw", "items.0.actor", "admin")
}

// Once a message is not kept as it came, what it says is shown still, and who
// asks for the rest hears where it has gone.
func TestRawBytesThatWentInTime(t *testing.T) {
	d := open(t)
	path := "/messages/" + d.receive(d.chat("v1", "see the file"))[0].String()
	d.exec(`insert into bodies (message, text, doc) select id, 'see the file', '{"attachments": [{"index": 0, "filename": "a.txt"}]}' from messages`,
		"delete from raw")
	d.ask(agent, "GET "+path, "").is(200).has("text", "see the file", "attachments.0.filename", "a.txt")
	d.ask(admin, "GET "+path+"/raw", "").problem(410, "gone")
	d.ask(agent, "GET "+path+"/attachments/0", "").problem(410, "gone")
}

// What is lent for an attachment is given back when the client has it, not
// before.
func TestAttachmentsHoldTheBudgetUntilTheyAreSent(t *testing.T) {
	var lent int64
	d := open(t, func(o *httpapi.Options) {
		o.Hold = func(_ context.Context, n int64) (func(), error) {
			lent += n
			return func() { lent -= n }, nil
		}
	})
	ids := d.receive(d.chat("v1", "see the file", "<b>"))
	r := httptest.NewRequest(http.MethodGet, httpapi.Prefix+"/messages/"+ids[0].String()+"/attachments/0", nil)
	r.Header.Set("Authorization", "Bearer "+d.tokens[agent])
	w := &watched{httptest.NewRecorder(), func() {
		if lent == 0 {
			t.Error("written after it was given back")
		}
	}}
	d.ServeHTTP(w, r)
	if w.Body.String() != "<b>" || lent != 0 {
		t.Errorf("%q, and %d still lent", w.Body, lent)
	}
	d.ask(agent, "GET /messages/"+ids[0].String()+"/attachments/1", "").is(404)
	if lent != 0 {
		t.Errorf("%d still lent after a refusal", lent)
	}
}

// watched tells of each write.
type watched struct {
	*httptest.ResponseRecorder
	writing func()
}

func (w *watched) Write(b []byte) (int, error) {
	w.writing()
	return w.ResponseRecorder.Write(b)
}

// Texts that are only in the raw bytes are read for a list in one go, whatever
// else those carry.
func TestListsReadTextOutOfRawBytes(t *testing.T) {
	d := open(t)
	large := strings.Repeat("file", 600_000) // 2.4 MB: three chunks
	d.receive(d.chat("v1", "one", large), d.chat("v1", "two"), d.mail("ann@example.com", "order", "three"), d.chat("v1", "four", large))
	list := d.ask(agent, "GET /conversations?channel=chat", "").is(200)
	d.ask(agent, "GET /conversations/"+list.get("items.0.id")+"/messages", "").is(200).has("items", "3",
		"items.0.text", "one", "items.0.attachments.0.size", "2400000", "items.1.text", "two", "items.2.text", "four")
}

// Only what is a mail is named like one.
func TestRawIsNamedLikeWhatItIs(t *testing.T) {
	d := open(t)
	posted := d.mail("ann@example.com", "order", "hello")
	posted.Raw = []byte("{\"at\":\"2026-11-21T12:00:00Z\"}\nprovider's post")
	for i, id := range d.receive(d.mail("ann@example.com", "order", "hello"), posted) {
		raw := d.ask(admin, "GET /messages/"+id.String()+"/raw", "").is(200)
		if want := []string{".eml", ".bin"}[i]; !strings.Contains(raw.Header.Get("Content-Disposition"), id.String()+want) {
			t.Errorf("saved as %s, want %s", raw.Header.Get("Content-Disposition"), want)
		}
	}
}

func TestRawLargerThanAChunkIsWhole(t *testing.T) {
	d := open(t)
	big := d.mail("ann@example.com", "big", "text")
	big.Raw = []byte(strings.Repeat("0123456789abcdef", 200_000)) // 3.2 MB: four chunks
	ids := d.receive(big)
	if got := d.ask(admin, "GET /messages/"+ids[0].String()+"/raw", "").is(200); string(got.Body) != string(big.Raw) {
		t.Errorf("%d bytes of %d, or others", len(got.Body), len(big.Raw))
	}
}

func TestAgentsDoNotSeeHeldMessages(t *testing.T) {
	d := open(t)
	d.rule(`{"kind":"block","target":"email:eve@example.net"}`)
	ids := d.receive(d.mail("eve@example.net", "spam", "buy"), d.mail("ann@example.com", "order", "hello"))
	d.ask(agent, "GET /messages/"+ids[0].String(), "").problem(404, "not-found")
	d.ask(agent, "POST /messages/"+ids[0].String()+"/block", "").problem(404, "not-found")
	d.ask(agent, "GET /messages", "").is(200).has("items", "1", "items.0.id", ids[1].String())
	d.ask(agent, "GET /messages?state=held", "").is(200).has("items", "0")
	d.ask(supervisor, "GET /messages/"+ids[0].String(), "").is(200).has("state", "held", "rule.target", "email:eve@example.net")
	d.ask(supervisor, "GET /messages?state=held", "").is(200).has("items", "1")
	d.ask(supervisor, "DELETE /rules/1?held=delete_all", "").is(202)
	d.work()
	d.ask(agent, "GET /messages/"+ids[0].String(), "").problem(404, "not-found")
	d.ask(agent, "GET /messages", "").is(200).has("items", "1")
	d.ask(agent, "GET /messages?state=purged", "").is(200).has("items", "0")
	d.ask(supervisor, "GET /messages?state=purged", "").is(200).has("items", "1", "items.0.id", ids[0].String())
}

// Messages are found by their contact, in conversations and held.
func TestMessagesOfAContact(t *testing.T) {
	d := open(t)
	d.receive(d.mail("ann@example.com", "one", "1"), d.mail("bob@example.com", "two", "2"))
	d.rule(`{"kind":"block","target":"email:ann@example.com"}`)
	d.receive(d.mail("ann@example.com", "three", "3"))
	query := "?contact_id=" + d.contactOf("ann@")[len("/contacts/"):]
	d.ask(supervisor, "GET /messages"+query, "").is(200).has("items", "2", "items.0.subject", "three", "items.1.subject", "one")
	d.ask(agent, "GET /messages"+query, "").is(200).has("items", "1", "items.0.subject", "one")
	d.ask(supervisor, "GET /messages"+query+"&state=held&channel=mail", "").is(200).has("items", "1")
	part := d.ask(supervisor, "GET /messages"+query+"&limit=1", "").is(200).has("items", "1")
	d.ask(supervisor, "GET /messages"+query+"&limit=1&cursor="+part.get("next"), "").is(200).has("items", "1", "items.0.subject", "one", "next", "")
}

// A number is found as it is spoken, an address as it is spelled.
func TestContactsAreFoundAsTheyAreWritten(t *testing.T) {
	d := open(t)
	call := d.chat("v1", "hello")
	call.Message.From.Identity = ingest.Identity{Kind: "phone", Value: "+15550100123", How: ingest.Verified}
	call.Message.Identities = []ingest.Identity{call.Message.From.Identity}
	d.receive(call, d.mail("annexample@gmail.com", "order", "hello"))
	for _, q := range []string{"+1 (555) 010-0123", "001 555 0100123", "0100 123", "+1555 010", "15550100123"} {
		d.ask(agent, "GET /contacts?q="+url.QueryEscape(q), "").is(200).has("items", "1", "items.0.identities.0.kind", "phone")
	}
	d.ask(agent, "GET /contacts?q="+url.QueryEscape("+1 (555) 999"), "").is(200).has("items", "0")
	for _, q := range []string{"Ann.Example+shop@GoogleMail.com", "<annexample@gmail.com>", "ANNEXAMPLE@gmail"} {
		d.ask(agent, "GET /contacts?q="+url.QueryEscape(q), "").is(200).has("items", "1", "items.0.identities.0.value", "annexample@gmail.com")
	}
}

// rule sets a rule as an admin and returns its id.
func (d *desk) rule(body string) string {
	d.t.Helper()
	return d.ask(admin, "POST /rules", body).is(http.StatusCreated).get("id")
}

func TestConversationsAreReadAndChanged(t *testing.T) {
	d := open(t)
	d.receive(d.chat("v1", "one"), d.chat("v1", "two"), d.chat("v2", "three"), d.mail("ann@example.com", "order", "four"))
	list := d.ask(agent, "GET /conversations?channel=chat", "").is(200).has("items", "2")
	id := list.get("items.1.id")
	if list.get("items.1.messages") != "2" {
		id = list.get("items.0.id")
	}
	path := "/conversations/" + id
	d.ask(agent, "GET "+path, "").is(200).has("messages", "2", "status", "unassigned", "kind", "chat", "standing.effect", "none", "standing.rule", "")
	d.ask(agent, "GET "+path+"/messages", "").is(200).has("items", "2", "items.0.text", "one", "items.1.text", "two")
	part := d.ask(agent, "GET "+path+"/messages?limit=1", "").is(200).has("items", "1", "items.0.text", "one")
	d.ask(agent, "GET "+path+"/messages?limit=1&cursor="+part.get("next"), "").is(200).has("items.0.text", "two", "next", "")
	d.ask(agent, "PATCH "+path, `{"status":"open","assignee":"Mia","tags":["vip"]}`).is(200).has(
		"status", "open", "assignee", "Mia", "tags.0", "vip", "closed_at", "")
	d.ask(agent, "GET /conversations?status=open&assignee=Mia&tag=vip", "").is(200).has("items", "1")
	d.ask(agent, "PATCH "+path, `{"status":"closed"}`).is(200).has("status", "closed", "closed_by", "agent", "assignee", "Mia")
	d.ask(agent, "GET /conversations?status=unclosed", "").is(200).has("items", "2")
	d.ask(agent, "PATCH "+path, `{"status":"gone"}`).problem(422, "invalid").has("errors.0.field", "status")
	d.ask(agent, "PATCH "+path, `{"colour":"red"}`).problem(422, "invalid")

	d.receive(d.chat("v1", "again")) // opens a new one that continues it
	d.ask(agent, "PATCH "+path, `{"status":"open"}`).problem(409, "conflict")
	now := d.ask(agent, "GET /events?after=latest", "").is(200).has("items", "0").get("next")
	d.ask(agent, "GET /events?after="+now, "").is(200).has("items", "0", "next", now)
	d.ask(agent, "GET /events?types=conversation.closed,conversation.assigned", "").is(200).has(
		"items", "2", "items.1.conversation_id", id, "items.1.data.status", "closed")
}

func TestContactsAreFound(t *testing.T) {
	d := open(t)
	d.receive(d.chat("v1", "one"), d.mail("ann@example.com", "order", "four"), d.mail("eve_1@example.net", "spam", "buy"))
	d.ask(agent, "GET /contacts", "").is(200).has("items", "3")
	ann := d.ask(agent, "GET /contacts?q=ann@exam", "").is(200).has("items", "1", "items.0.identities.0.value", "ann@example.com", "items.0.name", "Ann Example")
	id := ann.get("items.0.id")
	d.ask(agent, "GET /contacts?q="+id[:18], "").is(200)
	d.ask(agent, "GET /contacts?q=%25%25%25", "").is(200).has("items", "0") // no wildcards
	d.ask(agent, "GET /contacts?q=e_1", "").is(200).has("items", "1")
	d.ask(agent, "GET /contacts?q=%00", "").is(200).has("items", "3") // nothing that is kept
	d.ask(agent, "GET /contacts?q=ann%00@exam", "").is(200).has("items", "1")
	d.ask(agent, "GET /contacts?to=2020-01-01T00:00:00Z", "").is(200).has("items", "0")
	d.ask(admin, "PATCH /settings", `{"block_contact_enabled":true}`).is(200)
	d.ask(agent, "POST /contacts/"+id+"/block", `{"reason":"spam"}`).is(201)
	d.ask(agent, "GET /contacts?standing=blocked", "").is(200).has("items", "1", "items.0.id", id,
		"items.0.standing.effect", "hold", "items.0.standing.may_send", "true", "items.0.standing.rule.reason", "spam")
	d.ask(supervisor, "GET /rules", "").is(200).has("items.0.person.id", id, "items.0.person.name", "Ann Example", "items.0.person.address", "ann@example.com")
	d.ask(agent, "GET /contacts?standing=active", "").is(200).has("items", "2")
	for _, more := range []string{"", "&q=ann"} { // a block is neither a ban nor a blacklist
		d.ask(agent, "GET /contacts?standing=banned"+more, "").is(200).has("items", "0")
		d.ask(agent, "GET /contacts?standing=blacklisted"+more, "").is(200).has("items", "0")
	}
	d.ask(admin, "POST /rules", `{"kind":"blacklist","target":"email:eve_1@example.net"}`).is(201)
	d.ask(agent, "GET /contacts?standing=blacklisted", "").is(200).has("items", "1", "items.0.identities.0.value", "eve_1@example.net")
	d.ask(agent, "GET /contacts?standing=blacklisted&q=eve", "").is(200).has("items", "1")
	d.ask(agent, "GET /contacts?standing=blocked", "").is(200).has("items", "2")
	d.ask(agent, "GET /contacts/"+id, "").is(200).has("standing.may_auto", "false", "held", "0")
	d.receive(d.mail("ann@example.com", "more", "five"))
	d.ask(agent, "GET /contacts/"+id, "").is(200).has("held", "1", "unopened", "1")
	first := d.ask(agent, "GET /contacts?limit=2", "").is(200).has("items", "2")
	d.ask(agent, "GET /contacts?limit=2&cursor="+first.get("next"), "").is(200).has("items", "1", "next", "")
}

func TestTheWeekBeginsOnMondayHere(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	must(t, err)
	next := time.Now().AddDate(0, 0, 8) // another week
	d := open(t, func(o *httpapi.Options) { o.Location, o.Now = berlin, func() time.Time { return next } })
	d.receive(d.chat("v1", "one"))
	d.ask(agent, "GET /contacts", "").is(200).has("items", "0")
	d.ask(agent, "GET /contacts?q=v1", "").is(200).has("items", "1")
	d.ask(agent, "GET /contacts?standing=active", "").is(200).has("items", "1")
}

func TestStatsBalance(t *testing.T) {
	d := open(t)
	d.receive(d.chat("v1", "one"), d.chat("v1", "two"))
	d.ask(agent, "GET /stats", "").is(200).has("channels", "2", "channels.0.name", "chat", "channels.0.accepted", "2", "channels.0.conversed", "2")
}

func TestHealth(t *testing.T) {
	d := open(t)
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/api/v1/nowhere": 404} {
		if got := plain(d, path); got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
	d.store.Close()
	if got := plain(d, "/readyz"); got != http.StatusServiceUnavailable {
		t.Errorf("/readyz without a database: %d", got)
	}
	if got := plain(d, "/healthz"); got != 200 {
		t.Errorf("/healthz without a database: %d", got)
	}
}

func plain(d *desk, path string) int {
	w := httptest.NewRecorder()
	d.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code
}

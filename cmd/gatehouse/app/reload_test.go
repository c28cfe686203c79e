package app

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"gatehouse/ingest"
)

const (
	siteChat = "  - {name: site-chat, kind: chat, visitor_rate: 0, ip_rate: 0}\n"
	orders   = "  - {name: orders, kind: webhook, scheme: bearer, bearer_token: secret}\n"
	said     = `{"id":"%s","visitor_id":"v","text":"hello"}`
)

func inbox(name string, s *mailServer, more string) string {
	return fmt.Sprintf("  - {name: %s, kind: imap, host: 127.0.0.1, port: %d, tls: none, username: support, password: secret, start: all%s}\n", name, s.port, more)
}

func say(id string) string { return fmt.Sprintf(said, id) }

// What changed is done anew, once; what did not goes on, without so much as a
// new connection.
func TestReloadTouchesWhatChangedAlone(t *testing.T) {
	first, second := newMailServer(t), newMailServer(t)
	first.put(t, 0, 5)
	second.put(t, 0, 5)
	one, two := inbox("one", first, ""), inbox("two", second, "")
	h := serve(t, "channels:\n"+one+two+siteChat)
	both := func(n int64) func() bool {
		return func() bool { return h.accepted("one") >= n && h.accepted("two") >= n }
	}
	eventually(t, "both mailboxes read", both(5))

	if got := h.reload("# the same\nchannels:\n" + siteChat + one + two); got != "added [], changed [], renamed [], retired [], unchanged [one site-chat two]" {
		t.Error(got)
	}
	two = inbox("two", second, ", poll_every: 2s")
	if got := h.reload("channels:\n" + one + two + siteChat + orders); got != "added [orders], changed [two], renamed [], retired [], unchanged [one site-chat]" {
		t.Error(got)
	}
	first.put(t, 5, 8)
	second.put(t, 5, 8)
	eventually(t, "both mailboxes read on", both(8))
	if a, b := first.signIns.Load(), second.signIns.Load(); a != 1 || b != 2 {
		t.Errorf("%d sign-ins at the first mailbox, %d at the second", a, b)
	}
	if status, answer := h.post("/hooks/orders", `{"from":"a@example.com","text":"x"}`, "Authorization", "Bearer secret"); status != http.StatusOK {
		t.Errorf("the new channel answers %d: %s", status, answer)
	}
	if one, two := h.accepted("one"), h.accepted("two"); one != 8 || two != 8 {
		t.Errorf("accepted %d and %d, want 8 each", one, two)
	}
	h.lawful()
}

// Nothing is lost and nothing doubled, however often the configuration changes
// while messages come in by every road.
func TestReloadWhileMessagesComeIn(t *testing.T) {
	const n = 150
	mail := newMailServer(t)
	h := serve(t, "channels:\n"+inbox("mail", mail, "")+siteChat)
	var comes sync.WaitGroup
	comes.Go(func() { mail.put(t, 0, n) })
	comes.Go(func() {
		for i := range n {
			if status, answer := h.post("/chat/site-chat/messages", say(fmt.Sprint(i))); status != http.StatusAccepted {
				t.Errorf("%d: %s", status, answer)
			}
		}
	})
	for i := range 12 {
		chat := fmt.Sprintf("  - {name: site-chat, kind: chat, visitor_rate: 0, ip_rate: 0, max_attachments: %d}\n", i+1)
		if got := h.reload("channels:\n" + inbox("mail", mail, fmt.Sprintf(", poll_every: %ds", i+1)) + chat); got != "added [], changed [mail site-chat], renamed [], retired [], unchanged []" {
			t.Error(got)
		}
	}
	comes.Wait()
	eventually(t, "the mailbox read", func() bool { return h.accepted("mail") >= n })
	if mail, chat := h.accepted("mail"), h.accepted("site-chat"); mail != n || chat != n {
		t.Errorf("accepted %d mails and %d chats, want %d each", mail, chat, n)
	}
	h.lawful()
}

// A request that is under way ends with the channel it began with.
func TestReloadLetsRequestsFinish(t *testing.T) {
	h := serve(t, "channels:\n"+orders)
	const body = `{"from":"a@example.com","text":"x"}`
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.base, "http://"))
	must(t, err)
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "POST /hooks/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer secret\r\nContent-Type: application/json\r\n"+
		"Expect: 100-continue\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", len(body), body[:9])
	must(t, err)
	answers := bufio.NewReader(conn)
	if line, err := answers.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") { // the channel reads
		t.Fatalf("%q, %v", line, err)
	}
	if got := h.reload("channels:\n  - {name: orders, kind: webhook, scheme: bearer, bearer_token: other}\n"); got != "added [], changed [orders], renamed [], retired [], unchanged []" {
		t.Error(got)
	}
	_, err = io.WriteString(conn, body[9:])
	must(t, err)
	if rest, err := io.ReadAll(answers); err != nil || !strings.Contains(string(rest), "HTTP/1.1 200 OK") || h.accepted("orders") != 1 {
		t.Errorf("answered %q, %v, accepted %d", rest, err, h.accepted("orders"))
	}
	if got, _ := h.post("/hooks/orders", `{"from":"a@example.com","text":"y"}`, "Authorization", "Bearer secret"); got != http.StatusUnauthorized {
		t.Errorf("the old token is answered %d", got)
	}
}

// With an error everything stays as it was.
func TestReloadRefuses(t *testing.T) {
	h := serve(t, "channels:\n"+siteChat+orders)
	for text, says := range map[string]string{
		"channels:\n" + siteChat + "  - {name: orders, kind: webhook, colour: red}\n": "gatehouse.yaml: line 6: unknown key",
		"channels:\n" + siteChat + "  - {name: orders, kind: webhook}\n":              "gatehouse.yaml: line 6: channel orders: ",
		"channels:\n" + siteChat + "  - {name: orders, kind: pigeon}\n":               "gatehouse.yaml: line 6: channel orders: no kind",
		"channels:\n" + siteChat + "  - {name: orders, kind: chat}\n":                 "gatehouse.yaml: line 6: channel orders: in the database orders is of kind webhook",
		"channels:\n" + siteChat: "gatehouse.yaml: channel orders: the database has it",
		"channels:\n" + siteChat + "  - {name: new, kind: webhook, scheme: bearer, bearer_token: x, was: [site-chat]}\n": "channel new: was: the channel site-chat is configured itself",
		"colour: red\n": "gatehouse.yaml: line 4: unknown key",
	} {
		if got := h.reload(text); !strings.Contains(got, says) || !strings.HasPrefix(got, "error: ") {
			t.Errorf("%q, want it to say %q", got, says)
		}
	}
	if got := h.state("new"); got != "unknown" {
		t.Errorf("the channel of a refused configuration is %s", got)
	}
	if status, answer := h.post("/chat/site-chat/messages", say("1")); status != http.StatusAccepted {
		t.Errorf("%d: %s", status, answer)
	}
	if got := h.reload("workers: 3\nchannels:\n" + siteChat + orders); got != "added [], changed [], renamed [], retired [], unchanged [orders site-chat], restart [workers]" {
		t.Error(got)
	}
}

func TestReloadWithoutAFile(t *testing.T) {
	h := serve(t, "channels:\n"+siteChat)
	h.load = nil
	if _, err := h.Reload(t.Context(), "tester"); !ingest.Invalid(err) {
		t.Errorf("%v", err)
	}
}

func TestRetiredChannels(t *testing.T) {
	mail := newMailServer(t)
	h := serve(t, "channels:\n"+siteChat+orders+inbox("mail", mail, ""))
	mail.put(t, 0, 2)
	eventually(t, "the mailbox read", func() bool { return h.accepted("mail") == 2 })
	if got := h.reload("channels:\n" + orders + "retired: [site-chat, mail]\n"); got != "added [], changed [], renamed [], retired [mail site-chat], unchanged [orders]" {
		t.Error(got)
	}
	for path, want := range map[string]int{
		"/chat/site-chat/messages": http.StatusGone, "/hooks/site-chat": http.StatusGone, "/hooks/mail": http.StatusGone, "/hooks/never": http.StatusNotFound,
	} {
		if got, answer := h.post(path, say("1")); got != want {
			t.Errorf("%s answers %d, want %d: %s", path, got, want, answer)
		}
	}
	if a, b := h.state("site-chat"), h.state("mail"); a != "retired" || b != "retired" {
		t.Errorf("the states are %s and %s", a, b)
	}
	if len(h.pollers.running) != 0 {
		t.Errorf("%d mailboxes are polled", len(h.pollers.running))
	}
	mail.put(t, 2, 4)
	if got := h.reload("channels:\n" + orders + siteChat + inbox("mail", mail, "")); got != "added [mail site-chat], changed [], renamed [], retired [], unchanged [orders]" {
		t.Error(got)
	}
	if got, answer := h.post("/chat/site-chat/messages", say("1")); got != http.StatusAccepted {
		t.Errorf("in use again it answers %d: %s", got, answer)
	}
	eventually(t, "the mailbox read on", func() bool { return h.accepted("mail") == 4 })
	h.lawful()
}

// Another name changes nothing but the name: what came before is known, and
// whoever still calls the old one reaches the channel.
func TestRenamedChannels(t *testing.T) {
	mail := newMailServer(t)
	h := serve(t, "channels:\n"+siteChat+orders+inbox("mail", mail, ""))
	mail.put(t, 0, 3)
	eventually(t, "the mailbox read", func() bool { return h.accepted("mail") == 3 })
	_, before := h.post("/chat/site-chat/messages", say("1"))
	_, err := h.Store.SetRule(t.Context(), ingest.RuleOrder{Kind: ingest.Ban, Actor: "tester", Scope: []string{"site-chat"},
		Target: ingest.Target{Kind: "visitor", Value: "banned"}})
	must(t, err)
	talk := "  - {name: talk, kind: chat, was: [site-chat], visitor_rate: 0, ip_rate: 0}\n"
	post := inbox("post", mail, ", was: [mail]")
	if got := h.reload("channels:\n" + talk + orders + post); got != "added [], changed [], renamed [{talk site-chat} {post mail}], retired [], unchanged [orders]" {
		t.Error(got)
	}
	for _, path := range []string{"/chat/talk/messages", "/chat/site-chat/messages"} {
		if status, answer := h.post(path, say("1")); status != http.StatusAccepted || answer != before {
			t.Errorf("%s answers the same message with %d: %s, want %s", path, status, answer, before)
		}
	}
	for _, path := range []string{"/chat/talk/messages", "/chat/site-chat/messages"} {
		if status, answer := h.post(path, `{"id":"1","visitor_id":"banned","text":"x"}`); status != http.StatusForbidden {
			t.Errorf("%s answers whom a rule of the old name bans with %d: %s", path, status, answer)
		}
	}
	mail.put(t, 3, 5)
	eventually(t, "the mailbox read on", func() bool { return h.accepted("post") == 5 })
	if got := h.reload("channels:\n" + talk + orders + post); got != "added [], changed [], renamed [], retired [], unchanged [orders post talk]" {
		t.Error(got)
	}
	if got := h.reload("channels:\n" + siteChat + talk + orders + post); !strings.Contains(got, "is configured itself") {
		t.Errorf("the old name as a channel of its own: %s", got)
	}
	h.lawful()
}

func TestReloadAtASignal(t *testing.T) {
	h := serve(t, "channels:\n"+siteChat)
	h.write("channels:\n" + siteChat + orders)
	h.hangUp()
	eventually(t, "the new channel", func() bool { return h.state("orders") == "ok" })
	h.write("no configuration")
	h.hangUp()
	h.hangUp() // the first one has been taken by now
	if status, answer := h.post("/chat/site-chat/messages", say("1")); status != http.StatusAccepted {
		t.Errorf("%d: %s", status, answer)
	}
}

// Two processes on one database reload one after the other. In between each
// goes on under the name that it knows, and no message is taken twice.
func TestReloadOfOneProcessAfterTheOther(t *testing.T) {
	const n = 60
	mail := newMailServer(t)
	before := "channels:\n" + siteChat + inbox("mail", mail, "")
	after := "channels:\n  - {name: talk, kind: chat, was: [site-chat], visitor_rate: 0, ip_rate: 0}\n" + inbox("post", mail, ", was: [mail]")
	one := serve(t, before)
	two := serveOn(t, one.head, before)
	var comes sync.WaitGroup
	comes.Go(func() { mail.put(t, 0, n) })
	if got := one.reload(after); got != "added [], changed [], renamed [{talk site-chat} {post mail}], retired [], unchanged []" {
		t.Error(got)
	}
	_, first := one.post("/chat/talk/messages", say("1"))
	if status, answer := two.post("/chat/site-chat/messages", say("1")); status != http.StatusAccepted || answer != first {
		t.Errorf("the other process answers the same message with %d: %s, want %s", status, answer, first)
	}
	if got := two.reload(before); !strings.Contains(got, "channel post: the database has it") {
		t.Errorf("the other process reloads what it had: %s", got)
	}
	if got := two.reload(after); got != "added [], changed [], renamed [{talk site-chat} {post mail}], retired [], unchanged []" {
		t.Error(got)
	}
	comes.Wait()
	eventually(t, "the mailbox read", func() bool { return one.accepted("post") >= n })
	if mails, chats := one.accepted("post"), one.accepted("talk"); mails != n || chats != 1 {
		t.Errorf("accepted %d mails and %d chats, want %d and 1", mails, chats, n)
	}
	one.lawful()
}

package e2e

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"gatehouse/cmd/gatehouse/housetest"
)

const (
	ordersHook = "{name: orders, kind: webhook, scheme: bearer, bearer_token: secret, each: list}"
	shopHook   = "{name: shop, kind: webhook, scheme: bearer, bearer_token: secret, each: 'list[*]', only: {kind: note}}"
	texts      = "{name: sms, kind: twilio, account_sid: AC1, auth_token: secret, public_url: 'https://support.example.com/sms?x=1'}"
	widget     = "{name: talk, kind: chat, origins: ['https://www.example.com'], visitor_secret: secret}"
)

// What check says of pushed channels is what their providers must be told.
func TestCheckSaysWhatToPaste(t *testing.T) {
	t.Parallel()
	h := newHouse(t, ordersHook, texts, widget)
	out := h.Command(0, "check")
	for _, says := range []string{
		"channel orders: kind webhook, settings ok\n  URL: http://127.0.0.1:0/hooks/orders\n", "Authorization: Bearer with the token",
		"nobody outside of this machine can call that: set http.public_url",
		"  URL: https://support.example.com/sms?x=1\n", "HTTP POST", "backfill is off",
		"  URL: http://127.0.0.1:0/chat/talk/messages\n", "pages of https://www.example.com may call", "visitor_hash is wanted",
		"database: ok\nredis: ok\n",
	} {
		if !strings.Contains(out, says) {
			t.Errorf("check does not say %q:\n%s", says, out)
		}
	}
	if strings.Contains(strings.ReplaceAll(out, "visitor_secret", ""), "secret") {
		t.Errorf("check says a secret:\n%s", out)
	}
	public, err := os.ReadFile(h.Config)
	must(t, err)
	file := write(t, strings.Replace(string(public), "listen: 127.0.0.1:0", "listen: 127.0.0.1:0, public_url: 'https://in.example.com'", 1))
	trial{"check --offline --channel orders --config %s", 0, "  URL: https://in.example.com/hooks/orders\n"}.run(t, file)
}

// shown reads the lines that check prints.
func shown(t *testing.T, out string) (list []map[string]any) {
	t.Helper()
	for line := range strings.Lines(out) {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		list = append(list, m)
	}
	return list
}

func TestCheckSample(t *testing.T) {
	t.Parallel()
	h := newHouse(t, ordersHook, shopHook, texts, widget, "{name: mail, kind: imap, host: 127.0.0.1, tls: none, username: a, password: b, auth_serv_id: mx.example.org}")
	const head = "POST /hooks/orders?x=1 HTTP/1.1\nHost: in.example.com\nContent-Type: application/json\n\n"
	const list = `{"list":[{"from":"ann@example.com","text":"one ` + planted + `"},{"from":"ben@example.com","text":"two"}]}`
	for name, c := range map[string]struct {
		channel, file string
		want          int
		says          string
	}{
		"a body":           {"orders", list, 0, "email:ann@example.com one quincunx ;email:ben@example.com two ;"},
		"a request":        {"orders", head + list, 0, "email:ann@example.com one quincunx ;email:ben@example.com two ;"},
		"with CRLF":        {"orders", strings.ReplaceAll(head, "\n", "\r\n") + list, 0, "email:ann@example.com one quincunx ;email:ben@example.com two ;"},
		"not to be read":   {"orders", `{"list":`, 1, "  unreadable;"},
		"no message":       {"orders", " ", 1, ""},
		"half a head":      {"orders", "POST /hooks/orders HTTP/1.1\nHost: x", 1, ""},
		"what is ignored":  {"shop", `{"list":[{"from":"ann@example.com","text":"one","kind":"note"},{"kind":"mark"}]}`, 0, "email:ann@example.com one ;"},
		"a form with file": {"shop", "--x\r\nContent-Disposition: form-data; name=\"list\"\r\n\r\n[{\"kind\":\"note\",\"from\":\"ann@example.com\",\"text\":\"one\"}]\r\n--x--\r\n", 0, "email:ann@example.com one ;"},
		"a form":           {"sms", "MessageSid=SM1&From=%2B15550100001&To=%2B15550100002&Body=hi", 0, "phone:+15550100001 hi ;"},
		"a receipt":        {"sms", "MessageSid=SM1&MessageStatus=delivered", 1, ""},
		"a post":           {"talk", housetest.Post("v-1", "1", "Hello"), 0, "visitor:v-1 Hello quincunx ;"},
		"a wrong post":     {"talk", `{"id":"1","text":"x"}`, 1, ""},
		"no post":          {"talk", "Hello", 1, ""},
		"a mail":           {"mail", "Authentication-Results: mx.example.org; dmarc=fail header.from=example.com\n" + plain("Hello"), 0, " Hello quincunx unproven;"},
		"a mail, believed": {"mail", plain("Hello"), 0, " Hello quincunx ;"},
		"no mail":          {"mail", "\x00\xff", 0, "  ;"},
	} {
		t.Run(name, func(t *testing.T) {
			file := write(t, c.file)
			code, out, errs := housetest.Run(t, "check", "--config", h.Config, "--channel", c.channel, "--sample", file)
			got := ""
			for _, m := range shown(t, out) {
				from, _ := m["from"].(map[string]any)
				who := ""
				if from["kind"] != nil && from["kind"] != "" {
					who = fmt.Sprintf("%v:%v", from["kind"], from["value"])
				}
				what := strings.TrimSpace(strings.ReplaceAll(fmt.Sprint(m["text"]), "\r\n", " "))
				if m["unproven"] == true {
					m["problem"] = "unproven"
				}
				got += fmt.Sprintf("%s %s %v;", who, what, m["problem"])
				if m["file"] != file || m["channel"] != c.channel {
					t.Errorf("%v", m)
				}
			}
			if code != c.want || c.channel != "mail" && got != c.says || c.channel == "mail" && got != c.says && !strings.Contains(c.says, "  ;") {
				t.Errorf("%d, %q; want %d, %q:\n%s", code, got, c.want, c.says, errs)
			}
			if name == "what is ignored" && (!strings.Contains(errs, "only asks for at kind") || !strings.Contains(errs, "ignored=1")) {
				t.Errorf("it does not say what is ignored, and why: %s", errs)
			}
			if name == "not to be read" && !strings.Contains(errs, "unreadable: the body is not JSON") {
				t.Errorf("it does not say why the message would be dead: %s", errs)
			}
			if c.want == 0 && c.channel != "mail" && !strings.Contains(errs, "nobody checked who sent this") {
				t.Errorf("it does not say that nobody checked the signature: %s", errs)
			}
		})
	}
	for _, c := range []trial{
		{"check --sample /nonexistent --channel mail --config %s", 2, "/nonexistent"},
		{"check --sample /nonexistent --config %s", 2, "--channel"},
		{"check --sample /nonexistent --channel nowhere --config %s", 1, "nowhere"},
		{"check --sample x --wait --channel mail --config %s", 2, "--wait"},
		{"check --wait --config %s", 2, "--channel"},
		{"check --wait=soon --channel mail --config %s", 2, "soon"},
		{"check --wait --offline --channel mail --config %s", 2, "--offline"},
	} {
		c.run(t, h.Config)
	}
}

// wait starts `check --wait`, and returns when it waits.
func (h house) wait(args ...string) *housetest.Command {
	h.T.Helper()
	c := housetest.Start(h.T, append([]string{"check", "--config", h.Config, "--wait"}, args...)...)
	eventually(h.T, "it waits", func() bool { return c.Says("waiting") })
	return c
}

// unseen counts the mails that nobody marked as seen.
func unseen(t *testing.T, c *imapclient.Client) int {
	t.Helper()
	found, err := c.UIDSearch(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen}}, nil).Wait()
	must(t, err)
	return len(found.AllUIDs())
}

// TestCheckWaitsForMail: what is shown is taken over all the same afterwards,
// with the flag that `after` sets then and not before.
func TestCheckWaitsForMail(t *testing.T) {
	t.Parallel()
	b := housetest.NewMailbox(t)
	b.Put(0, 2)
	seen := strings.Replace(b.Channel("mail"), "start: all", "start: all, after: seen", 1)
	h := newHouse(t, seen)
	p := h.Serve()
	h.Decided(map[string]int{"mail": 2})
	c := b.Client()
	eventually(t, "both marked as seen", func() bool { return unseen(t, c) == 0 })
	if code := p.Terminate(); code != 0 {
		t.Fatal(code)
	}
	w := h.wait("--channel", "mail")
	b.Put(2, 3)
	must(t, w.Wait(t.Context()))
	if list := shown(t, w.Out()); len(list) != 1 || list[0]["subject"] != "Question 2" || list[0]["channel"] != "mail" {
		t.Errorf("%v", list)
	}
	if n := unseen(t, c); n != 1 {
		t.Errorf("%d mails are unseen, want the new one", n)
	}
	trial{"check --wait 1h --channel mail --config %s", 0, "Question 2"}.run(t, h.Config) // still the next one
	h.Serve()
	h.Decided(map[string]int{"mail": 3})
	h.Holds(b.Names...)
	trial{"check --wait=1s --channel mail --config %s", 1, "no message came"}.run(t, h.Config)
}

// TestCheckWaitsForPushes: the sender is told to come again, and then the
// program gets it.
func TestCheckWaitsForPushes(t *testing.T) {
	t.Parallel()
	h := newHouse(t, ordersHook, widgetOf("site-chat"))
	address := freeAddress(t)
	text, err := os.ReadFile(h.Config)
	must(t, err)
	must(t, os.WriteFile(h.Config, []byte(strings.Replace(string(text), "listen: 127.0.0.1:0", "listen: "+address, 1)), 0o600))
	post := func(path, token, body string) int {
		r, err := http.NewRequest(http.MethodPost, "http://"+address+path, strings.NewReader(body))
		must(t, err)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+token)
		a, err := http.DefaultTransport.RoundTrip(r)
		must(t, err)
		must(t, a.Body.Close())
		if a.StatusCode == http.StatusServiceUnavailable && a.Header.Get("Retry-After") == "" {
			t.Error("it does not say when to come again")
		}
		return a.StatusCode
	}
	defer http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	const order = `{"list":[{"from":"ann@example.com","text":"one"},{"from":"ben@example.com","text":"two"}]}`
	w := h.wait("10m", "--channel", "orders")
	if got := post("/hooks/orders", "wrong", order); got != http.StatusUnauthorized {
		t.Errorf("a wrong token is answered %d", got)
	}
	if got := post("/chat/site-chat/messages", "", housetest.Post("v", "1", "Hello")); got != http.StatusServiceUnavailable {
		t.Errorf("another channel's caller is answered %d", got)
	}
	if got := post("/hooks/orders", "secret", order); got != http.StatusServiceUnavailable {
		t.Errorf("the right request is answered %d", got)
	}
	must(t, w.Wait(t.Context()))
	if list := shown(t, w.Out()); len(list) != 2 || list[1]["text"] != "two" {
		t.Errorf("%v", list)
	}
	if !w.Says("a request was refused") {
		t.Error("nobody is told of the refusal")
	}
	h.Serve()
	if got := post("/hooks/orders", "secret", order); got != http.StatusOK {
		t.Errorf("sent again it is answered %d", got)
	}
	h.Decided(map[string]int{"orders": 2})
	trial{"check --wait=1m --channel site-chat --config %s", 3, "http.listen"}.run(t, h.Config) // serve is there

	must(t, h.Now.Load().Proc.Stop(syscall.SIGTERM, patience))
	w = h.wait("--channel", "site-chat")
	if got := post("/chat/site-chat/messages", "", housetest.Post("v", "1", "Hello")); got != http.StatusServiceUnavailable {
		t.Errorf("the post is answered %d", got)
	}
	must(t, w.Wait(t.Context()))
	if list := shown(t, w.Out()); len(list) != 1 || list[0]["text"] != "Hello "+planted {
		t.Errorf("%v", list)
	}
}

func widgetOf(name string) string {
	return "{name: " + name + ", kind: chat, visitor_rate: 0, ip_rate: 0}"
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	return l.Addr().String()
}

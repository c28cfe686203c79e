package e2e

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/smtp"
	"net/textproto"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/cmd/gatehouse/housetest"
	"gatehouse/migrations/localpg"
)

// A post office delivers mail to a house over SMTP, each mail again and again
// until it is acknowledged.
type postOffice struct {
	t    *testing.T
	addr string

	mu      sync.Mutex
	names   []string // of the mails acknowledged, once for each channel
	refused int      // how often it was asked to try again, or got no answer
}

func newPostOffice(t *testing.T) *postOffice {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	return &postOffice{t: t, addr: l.Addr().String()}
}

// channels are two of them behind one socket.
func (o *postOffice) channels(more string) []string {
	return []string{
		fmt.Sprintf("{name: support-mail, kind: smtp, listen: %q, recipients: {support@example.org: '', sales@example.org: sales}%s}", o.addr, more),
		"{name: sales, kind: smtp}",
	}
}

// letter is an ordinary mail.
func letter(name string) string {
	return fmt.Sprintf("Message-ID: <%s@example.com>\r\nDate: Fri, 20 Nov 2026 09:00:00 +0000\r\n"+
		"From: Ann <ann@example.com>\r\nSubject: %s\r\n\r\n%s %s\r\n", strings.ReplaceAll(name, " ", "."), name, name, planted)
}

// hand delivers a mail once.
func (o *postOffice) hand(text string, to ...string) error {
	return smtp.SendMail(o.addr, nil, "ann@example.com", to, []byte(text))
}

// insist delivers a mail until it is acknowledged. Other goroutines than the
// test's may call it.
func (o *postOffice) insist(name string, to ...string) {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		err := o.hand(letter(name), to...)
		var refusal *textproto.Error
		o.mu.Lock()
		if err == nil {
			for range to {
				o.names = append(o.names, name)
			}
			o.mu.Unlock()
			return
		}
		o.refused++
		o.mu.Unlock()
		if errors.As(err, &refusal) && refusal.Code >= 500 {
			o.t.Errorf("%s: %v", name, err)
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	o.t.Errorf("%s was not acknowledged within %v", name, patience)
}

// crowd delivers mails of so many senders at a time, a number each.
func (o *postOffice) crowd(senders, each int) (wait func()) {
	var work sync.WaitGroup
	for s := range senders {
		work.Go(func() {
			for n := range each {
				o.insist(fmt.Sprintf("Letter %d of %d", n, s), []string{"support@example.org", "sales@example.org"}[:1+n%2]...)
			}
		})
	}
	return work.Wait
}

// delivered waits until so many mails more are acknowledged.
func (o *postOffice) delivered(n int) {
	o.t.Helper()
	count := func() int { o.mu.Lock(); defer o.mu.Unlock(); return len(o.names) }
	n += count()
	eventually(o.t, fmt.Sprintf("%d mails delivered", n), func() bool { return count() >= n })
}

// The program is killed, and the database, while mail is delivered: what was
// acknowledged is there, and nothing twice.
func TestDeliveriesAreKeptWhateverDies(t *testing.T) {
	t.Parallel()
	pg := localpg.Own(t, localpg.Options{Durable: true})
	o := newPostOffice(t)
	h := newHouseOn(t, pg.URL(""), o.channels("")...)
	p := h.Serve()
	wait := o.crowd(8, 120)
	for range 3 {
		o.delivered(100)
		p.Kill()
		p = h.Serve()
	}
	o.delivered(50)
	must(t, pg.Kill())
	before := o.turnedAway()
	eventually(t, "somebody turned away", func() bool { return o.turnedAway() > before+3 })
	must(t, pg.Restart(t.Context()))
	o.delivered(50)
	if code := p.Terminate(); code != 0 {
		t.Errorf("it ended with %d", code)
	}
	h.Serve()
	wait()
	h.Decided(map[string]int{"support-mail": 8 * 120, "sales": 8 * 60})
	h.Holds(o.names...)
	t.Logf("%d deliveries, %d times turned away", len(o.names), o.turnedAway())
}

func (o *postOffice) turnedAway() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.refused
}

// answers makes sure how a delivery is answered: with a code, or 0 for yes.
func (o *postOffice) answers(want int, text string, to ...string) {
	o.t.Helper()
	err := o.hand(text, to...)
	var refusal *textproto.Error
	if errors.As(err, &refusal); err == nil && want != 0 || err != nil && (refusal == nil || refusal.Code != want) {
		o.t.Errorf("to %v: %v, want %d", to, err, want)
	}
}

func TestDeliveriesToAHouse(t *testing.T) {
	t.Parallel()
	o := newPostOffice(t)
	h := newHouse(t, o.channels(", banned: reject")...)
	h.Serve()
	eventually(t, "it listens", func() bool { return o.hand(letter("First"), "support@example.org") == nil })
	o.answers(550, letter("Lost"), "support@example.org", "nobody@example.org")
	o.answers(0, letter("First"), "support+again@example.org")

	h.Read(http.StatusOK, http.MethodPost, "/channels/sales/pause", nil, nil)
	eventually(t, "sales are paused", func() bool {
		var refusal *textproto.Error
		return errors.As(o.hand(letter("Paused"), "sales@example.org"), &refusal) && refusal.Code == 451
	})
	o.answers(451, letter("Paused"), "support@example.org", "sales@example.org")
	h.Read(http.StatusOK, http.MethodPost, "/channels/sales/resume", nil, nil)
	eventually(t, "sales go on", func() bool { return o.hand(letter("Resumed"), "sales@example.org") == nil })

	h.Read(http.StatusCreated, http.MethodPost, "/rules", map[string]any{"kind": "ban", "target": "email:eve@example.com", "reason": "spam"}, nil)
	eve := func(name string) string { return strings.ReplaceAll(letter(name), "ann@", "eve@") }
	n := 0
	eventually(t, "Eve is refused", func() bool { n++; return o.hand(eve(fmt.Sprint("Early ", n)), "support@example.org") != nil })
	o.answers(550, eve("Banned"), "support@example.org", "sales@example.org")

	before := o.channels("")
	h.configure("retired: [sales]\n", before[0])
	h.Read(http.StatusOK, http.MethodPost, "/channels/reload", nil, nil)
	eventually(t, "sales are retired", func() bool {
		var refusal *textproto.Error
		return errors.As(o.hand(letter("Late"), "sales@example.org"), &refusal) && refusal.Code == 550
	})
	o.answers(0, letter("Last"), "support@example.org")

	h.Decided(map[string]int{"support-mail": 3 + n, "sales": 2})
	states := map[string]string{}
	for _, m := range h.Messages() {
		states[m.Subject+" "+m.Channel] = m.State
	}
	for name, want := range map[string]string{
		"First support-mail": "conversed", "Resumed sales": "conversed", "Last support-mail": "conversed", "Lost support-mail": "",
		"Banned support-mail": "", "Banned sales": "", "Late sales": "",
	} {
		if states[name] != want {
			t.Errorf("%s is %q, want %q", name, states[name], want)
		}
	}
	if books := h.Books(); books["support-mail"].Refused != 2 || books["sales"].Refused != 1 {
		t.Errorf("the books: %+v", books)
	}
	a, err := h.Ask(http.MethodGet, "/metrics", "")
	must(t, err)
	for _, what := range []string{"connection", "recipient_unknown", "recipient_unavailable", "mail_stored", "mail_repeated", "mail_banned"} {
		if !strings.Contains(a.Body, fmt.Sprintf(`gatehouse_listener_total{channel="support-mail",what="%s"}`, what)) {
			t.Errorf("the metrics do not count %s", what)
		}
	}
	h.Command(0, "verify")
}

func TestCheckOfWhatListens(t *testing.T) {
	t.Parallel()
	o := newPostOffice(t)
	h := newHouse(t, o.channels("")...)
	out := h.Command(0, "check")
	for _, want := range []string{"channel support-mail: kind smtp, settings ok", "URL: smtp://" + o.addr, "Postfix, in transport_maps: smtp:[127.0.0.1]:", "channel sales: kind smtp, settings ok\nd"} {
		if !strings.Contains(out, want) {
			t.Errorf("check does not say %q:\n%s", want, out)
		}
	}
	w := h.wait("--channel", "support-mail")
	eventually(t, "it listens", func() bool {
		var refusal *textproto.Error
		return errors.As(o.hand(letter("Seen"), "sales@example.org"), &refusal) && refusal.Code == 451
	})
	must(t, w.Wait(t.Context()))
	if list := shown(t, w.Out()); len(list) != 1 || list[0]["subject"] != "Seen" {
		t.Errorf("%v", list)
	}
	text, err := os.ReadFile(h.Config)
	must(t, err)
	alone := write(t, strings.Replace(string(text), "  - {name: sales, kind: smtp}\n", "", 1))
	trial{"check --config %s", 1, `no channel of kind smtp is called "sales"`}.run(t, alone)
	trial{"serve --config %s", 1, `no channel of kind smtp is called "sales"`}.run(t, alone)
	twice := write(t, string(text)+strings.Replace("  - "+o.channels("")[0], "support-mail", "other", 1)+"\n")
	trial{"check --config %s", 1, "by channel support-mail already"}.run(t, twice)
	h.Serve()
	eventually(t, "its health is told", func() bool {
		var health struct {
			Items []struct{ Name, State string }
		}
		h.Read(http.StatusOK, http.MethodGet, "/channels", nil, &health)
		return strings.Contains(fmt.Sprint(health.Items), "{support-mail ok}")
	})
	taken := housetest.Serve(t, "--config", h.Config)
	eventually(t, "another one says that the socket is taken", func() bool { return taken.Says("listening failed") })
}

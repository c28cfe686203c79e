package e2e

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"gatehouse/channels/smpp/smpptest"
	"gatehouse/migrations/localpg"
)

// A message centre delivers a thousand messages while its sessions are cut, an
// answer is lost, the program is killed and the database goes away: each is
// there once, and all are answered.
func TestMessageCentre(t *testing.T) {
	t.Parallel()
	const many = 1000
	pg := localpg.Own(t, localpg.Options{Durable: true})
	c := smpptest.New(t)
	c.Window, c.Retry = 20, 300*time.Millisecond
	killed, away := make(chan struct{}), make(chan struct{})
	var h house
	c.Write = func(n int, p smpptest.PDU, conn net.Conn) bool {
		switch n {
		case 150, 350:
			_, _ = conn.Write(p[:len(p)/2])
			conn.Close()
			return true
		case 500:
			h.Now.Load().Kill()
			close(killed)
		case 800:
			close(away)
		}
		return false
	}
	c.Heard = func(n int, _ smpptest.PDU, conn net.Conn) bool {
		if n == 250 {
			conn.Close()
		}
		return n == 250
	}
	h = newHouseOn(t, pg.URL(""), fmt.Sprintf("{name: sms, kind: smpp, addresses: %q, system_id: desk, password: secret}", c.Listen(t)))
	h.Serve()
	var names []string
	for n := range many {
		names = append(names, fmt.Sprintf("message %d", n))
		c.Put(smpptest.Deliver(fmt.Sprintf("1555010%04d", n%50), "15550100100", 0, names[n]+" "+planted))
	}
	c.Put(smpptest.Receipt("15550100123", "15550100100", "8330", "DELIVRD"))
	came := func(what string, of chan struct{}) {
		select {
		case <-of:
		case <-time.After(patience):
			t.Fatalf("%s: it never came so far", what)
		}
	}
	came("the kill", killed)
	h.Age()
	h.Serve()
	came("the outage", away)
	must(t, pg.Kill())
	time.Sleep(time.Second)
	must(t, pg.Restart(t.Context()))
	eventually(t, "all are answered", func() bool { return c.Left() == 0 })
	h.Decided(map[string]int{"sms": many})
	h.Holds(names...)
	var events struct {
		Items []struct{ Data struct{ ID string } }
	}
	h.Read(http.StatusOK, http.MethodGet, "/events?types=receipt.delivered", nil, &events)
	if len(events.Items) == 0 { // it may have come twice
		t.Error("nobody is told of the receipt")
	}
	again := 0
	for _, m := range c.Messages() {
		again += len(m.Statuses) - 1
	}
	binds, delivered, _ := c.Counts()
	t.Logf("%d delivered in %d sessions, %d times asked to try again", delivered, binds, again)
	if delivered <= many || binds < 5 {
		t.Error("nothing was delivered twice")
	}
	says := h.Command(0, "check", "--channel", "sms")
	if !strings.Contains(says, "bound as transceiver") || !strings.Contains(says, "smpp://desk@127.0.0.1") {
		t.Errorf("check says %s", says)
	}
	h.Now.Load().Terminate()
	eventually(t, "the session is ended in order", func() bool { return c.Sessions() == 0 })
}

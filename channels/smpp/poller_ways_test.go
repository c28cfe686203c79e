package smpp

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/smpp/smpptest"
	"gatehouse/ingest"
)

// TestReportsUnheard has the store away when receipts are to be noted.
func TestReportsUnheard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, store := newCentre(t), newStore()
		c.Put(smpptest.PDU(deliver(esmReceipt, 0, "id:1 stat:DELIVRD").octets()), sms("a"))
		in := channeltest.NewSession(store, channeltest.Channel, ingest.SMS)
		in.CountErr = gone
		p := open(t, c, "")
		var err error
		for err == nil {
			if err = p.Poll(t.Context(), in); err == nil {
				err = p.Wait(t.Context())
			}
		}
		_ = p.Close()
		synctest.Wait()
		if got := statuses(c); !errors.Is(err, gone) || got[0] != "64" {
			t.Errorf("%v, answered %q", err, got)
		}
		in.CountErr = nil
		pollFor(t, p, in, time.Minute)
		checkEach(t, store, "a")
		if got := statuses(c); got[0] != "64 0" || in.Besides.Ignored != 1 {
			t.Errorf("answered %q, %+v", got, in.Besides)
		}
		c.Close()
	})
}

// TestLook shows the next message, and leaves that and the receipt before it
// with the centre.
func TestLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCentre(t, func(c *smpptest.Centre) { c.Retry, c.Window = time.Hour, 1 })
		c.Put(smpptest.Receipt("15550100123", "15550100100", "1", "DELIVRD"), sms("look"))
		got, err := channels.Look(t.Context(), open(t, c, ""), nil, time.Now(), func() {})
		if err != nil || len(got) != 1 || got[0].Message.Text != "look" {
			t.Errorf("%+v, %v", got, err)
		}
		if all := statuses(c); !slices.Equal(all, []string{"64", "64"}) {
			t.Errorf("answered %q", all)
		}
		c.Close()
	})
}

// TestCareful takes over from a process that died at work.
func TestCareful(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, store := newCentre(t), newStore()
		in := channeltest.NewSession(store, channeltest.Channel, ingest.SMS)
		in.BeCareful = true
		deadly := print(ingest.Sum(string(sms("message 1")[headerLen:])))
		for range maxTries {
			if _, err := in.Attempt(t.Context(), "", deadly); err != nil {
				t.Fatal(err)
			}
		}
		c.Put(texts(3)...)
		pollFor(t, open(t, c, ""), in, time.Minute)
		got := store.Messages()
		if len(got) != 3 || got[1].State != ingest.Dead || got[1].Arrival.Problem != ingest.ReasonCrashed || c.Left() != 0 {
			t.Errorf("%+v", got)
		}
		if !strings.Contains(string(got[1].Arrival.Raw), "message 1") {
			t.Error("its bytes are not kept")
		}
		c.Close()
	})
}

// TestWindow delivers more at a time than is taken: the rest is asked for again.
func TestWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, store := newCentre(t, func(c *smpptest.Centre) { c.Window = 40 }), newStore()
		store.Before(func(ingest.Batch) { time.Sleep(time.Second) })
		c.Put(texts(200)...)
		stop := run(t, store, open(t, c, ", window: 10"))
		time.Sleep(10 * time.Minute)
		stop()
		checkEach(t, store, saying(texts(200))...)
		if all := strings.Join(statuses(c), " "); !strings.Contains(all, "14") || c.Left() != 0 {
			t.Errorf("answered %s", all)
		}
		c.Close()
	})
}

// TestParts joins what comes in parts, whatever is lost or comes twice.
func TestParts(t *testing.T) {
	part := func(n byte, text string) smpptest.PDU {
		return deliver(esmHeader, 8, "\x05\x00\x03\x9c\x03"+string(n)+text).octets()
	}
	parts := []smpptest.PDU{part(2, "\xde\x00\x00a"), part(1, "\x00H\xd8\x3d"), part(3, "\x00b")}
	synctest.Test(t, func(t *testing.T) {
		c, store := newCentre(t, func(c *smpptest.Centre) {
			c.Window = 1
			c.Heard = func(i int, _ smpptest.PDU, conn net.Conn) bool {
				if i < 6 && i%2 == 0 {
					conn.Close()
				}
				return i < 6 && i%2 == 0
			}
		}), newStore()
		c.Put(parts...)
		c.Put(parts[1])
		stop := run(t, store, open(t, c, ""))
		time.Sleep(time.Hour)
		stop()
		checkEach(t, store, "H😀ab")
		if waiting := store.Parts(); len(waiting) != 0 || c.Left() != 0 {
			t.Errorf("%d parts wait, %d are not answered", len(waiting), c.Left())
		}
		store.JoinParts(time.Now().Add(time.Hour))
		checkEach(t, store, "H😀ab")
		m := store.Messages()[0].Arrival
		again, err := Kind.Reread(m.Raw)
		if err != nil || again.Text != "H😀ab" || len(again.Defects) != 0 {
			t.Errorf("%+v, %v", again, err)
		}
		c.Close()
	})
	synctest.Test(t, func(t *testing.T) {
		c, store := newCentre(t), newStore()
		c.Put(parts[0], parts[2])
		stop := run(t, store, open(t, c, ""))
		time.Sleep(time.Minute)
		stop()
		if c.Left() != 0 || len(store.Messages()) != 0 {
			t.Errorf("%d are not answered, %d messages", c.Left(), len(store.Messages()))
		}
		store.JoinParts(time.Now().Add(time.Hour))
		checkEach(t, store, "\uFFFDab")
		if defects := fmt.Sprint(store.Messages()[0].Arrival.Message.Defects); !strings.Contains(defects, "parts_missing") || !strings.Contains(defects, "of 3: 1") {
			t.Error(defects)
		}
		c.Close()
	})
}

package msgraph_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/mailapi/apitest"
	"gatehouse/ingest"
)

func TestTakesWhatIsNew(t *testing.T) {
	w := newWorld(t, 3)
	p := w.poller()
	w.poll(p)
	w.has("Question 0", "Question 1", "Question 2")
	m := w.store.Messages()[1].Arrival
	if !m.Message.ReceivedAt.Equal(connected.Add(time.Minute)) || m.Message.From.Address != "c1@example.com" || len(m.Prints) != 2 ||
		m.Keys[0] != box+"\x00AAkALg0002=" || string(m.Raw) != mail(1).Raw {
		t.Errorf("%+v", m)
	}
	w.server.Put(mail(3))
	w.poll(p)
	w.poll(p)
	w.has("Question 0", "Question 1", "Question 2", "Question 3")
	if n := w.server.Asked("/$value"); n != 4 {
		t.Errorf("%d bodies were asked for, want 4", n)
	}
}

func TestResume(t *testing.T) {
	channeltest.Resume(t, ingest.Email, 45, func(t *testing.T) channels.Poller {
		w := newWorld(t, 45)
		w.server.Page = 7
		return w.poller("start: all")
	})
}

func TestStart(t *testing.T) {
	for start, want := range map[string]string{
		"new": "Question 1", "all": "Question -1500; Question -1; Question 1", "2026-11-20": "Question -1; Question 1",
	} {
		t.Run(start, func(t *testing.T) {
			w := newWorld(t, 0)
			for _, n := range []int{1, -1, -1500} {
				w.server.Put(mail(n))
			}
			w.poll(w.poller("start: " + start))
			w.has(strings.Split(want, "; ")...)
			for _, m := range w.store.Messages() {
				if old := m.Arrival.Message.ReceivedAt.Before(connected); m.Arrival.Message.Historic != old {
					t.Errorf("%s: historic is %v", m.Arrival.Message.Subject, !old)
				}
			}
		})
	}
}

// A message that is changed, as by reading it, is named again and not fetched
// again; an old one that `start` left out stays out.
func TestChangesAreNoNews(t *testing.T) {
	w := newWorld(t, 2)
	old := w.server.Put(mail(-5))
	p := w.poller()
	w.poll(p)
	before := w.server.Asked("/messages/")
	w.server.Change("AAkALg0001=")
	w.server.Change(old)
	w.server.Delete("AAkALg0002=")
	w.poll(p)
	w.has("Question 0", "Question 1")
	if n := w.server.Asked("/messages/AA"); n != 4 || before == 0 {
		t.Errorf("%d requests for messages, want 4", n)
	}
}

func TestLinksExpire(t *testing.T) {
	w := newWorld(t, 3)
	p := w.poller()
	w.poll(p)
	w.server.Put(mail(3))
	w.server.Forget()
	w.poll(p)
	w.has("Question 0", "Question 1", "Question 2", "Question 3")
	if n := w.server.Asked("/$value"); n != 4 {
		t.Errorf("%d bodies were asked for, want 4: what is known is not fetched again", n)
	}
}

// Between two pages somebody delivers, changes, moves and removes.
func TestChangesBetweenPages(t *testing.T) {
	w := newWorld(t, 5)
	w.server.At("$skiptoken=2", func() {
		w.server.Change("AAkALg0001=")
		w.server.Delete("AAkALg0002=")
		w.server.Move("AAkALg0004=", "F-done")
		w.server.Put(mail(5))
	})
	w.poll(w.poller())
	w.has("Question 0", "Question 2", "Question 4", "Question 5")
}

func TestRemovedAfterItWasListed(t *testing.T) {
	w := newWorld(t, 3)
	w.server.At("/AAkALg0001=?", func() { w.server.Delete("AAkALg0001=") })  // before its header is asked for,
	w.server.At("/AAkALg0002=/$", func() { w.server.Delete("AAkALg0002=") }) // and its body
	p := w.poller()
	w.poll(p)
	w.poll(p)
	w.has("Question 2")
}

func TestTokenIsMadeAnewOnce(t *testing.T) {
	w := newWorld(t, 1)
	p := w.poller()
	w.poll(p)
	w.provider.Expire()
	w.server.Put(mail(1))
	w.poll(p)
	w.has("Question 0", "Question 1")
	w.server.Good = func(string) bool { return false }
	if err := p.Poll(t.Context(), w.session); !channels.ReauthNeeded(err) {
		t.Errorf("%v, want that consent is needed", err)
	}
}

func TestTroubleOfTheAPI(t *testing.T) {
	busy := func(status int, after string) apitest.Fault {
		return apitest.Fault{Path: "delta", Status: status, Code: "TooManyRequests", Header: map[string]string{"Retry-After": after}}
	}
	tests := map[string]struct {
		fault apitest.Fault
		ok    bool // it is got over within the call
		says  string
		now   func(error) bool
	}{
		"throttled for a moment":  {busy(429, "0"), true, "", nil},
		"busy for a moment":       {busy(503, "0"), true, "", nil},
		"throttled for long":      {busy(429, "600"), false, "429", ingest.Temporary},
		"away":                    {apitest.Fault{Path: "delta", Status: 502}, false, "502", ingest.Temporary},
		"cut":                     {apitest.Fault{Path: "delta"}, false, "unexpected EOF", ingest.Temporary},
		"no permission":           {apitest.Fault{Path: "delta", Status: 403, Code: "ErrorAccessDenied"}, false, "Mail.Read", func(err error) bool { return !channels.ReauthNeeded(err) }},
		"a mailbox of elsewhere":  {apitest.Fault{Path: "inbox", Status: 404, Code: "MailboxNotEnabledForRESTAPI"}, false, "Exchange Online", func(err error) bool { return !ingest.Temporary(err) }},
		"a body was cut":          {apitest.Fault{Path: "$value"}, false, "unexpected EOF", channels.InPart},
		"a body is not there now": {apitest.Fault{Path: "$value", Status: 500}, false, "500", channels.InPart},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 2)
			w.server.Fail(tt.fault)
			p := w.poller()
			err := p.Poll(t.Context(), w.session)
			if (err == nil) != tt.ok || err != nil && (!strings.Contains(err.Error(), tt.says) || !tt.now(err)) {
				t.Fatalf("%v", err)
			}
			if name == "throttled for long" {
				before := w.server.Asked("")
				if err := p.Poll(t.Context(), w.session); !ingest.Temporary(err) || w.server.Asked("") != before {
					t.Errorf("%v: it is asked again before its time", err)
				}
				return
			}
			w.poll(p)
			if n := len(w.store.Messages()); n != 2 {
				t.Errorf("%d messages, want 2: %s", n, w.subjects())
			}
		})
	}
}

// One message that the API never gives stops nobody else's, and is dead only
// after it gave others several times.
func TestOneMessageIsNeverGiven(t *testing.T) {
	w := newWorld(t, 1)
	w.server.Fail(apitest.Fault{Path: "/$value", Status: http.StatusInternalServerError, Code: "ErrorMimeContentConversionFailed"})
	p := w.poller()
	if err := p.Poll(t.Context(), w.session); !channels.InPart(err) {
		t.Fatalf("%v, want trouble with a part", err)
	}
	w.server.Fail(apitest.Fault{Path: "AAkALg0001=/$value", Times: 99, Status: http.StatusInternalServerError})
	for n := 1; n <= 5; n++ {
		w.server.Put(mail(n))
		if err := p.Poll(t.Context(), w.session); !channels.InPart(err) {
			t.Fatalf("round %d: %v, want trouble with a part", n, err)
		}
	}
	w.poll(p)
	if got := w.store.Messages(); len(got) != 6 || got[5].State != ingest.Dead || got[5].Arrival.Raw == nil {
		t.Errorf("%s, want the first one dead, with its header, and the last", w.subjects())
	}
}

func TestLargeMail(t *testing.T) {
	for name, silent := range map[string]bool{"the API tells its size": false, "it does not": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 0)
			large := mail(1)
			large.Raw += strings.Repeat("x", 70<<10)
			large.NoSize = silent
			w.server.Put(large)
			w.server.Put(mail(2))
			w.poll(w.poller("max_message_bytes: 65536", "after: seen"))
			w.has("Question 1", "Question 2")
			m := w.store.Messages()[0].Arrival.Message
			if len(m.Defects) == 0 || m.Defects[0].Code != "limit_size" || m.From.Address != "c1@example.com" {
				t.Errorf("%+v", m)
			}
			if w.server.Message("AAkALg0001=").Read || !w.server.Message("AAkALg0002=").Read {
				t.Error("a mail that was not read is marked as read, or one that was is not")
			}
		})
	}
}

func TestAfter(t *testing.T) {
	w := newWorld(t, 3)
	w.session.Banned = func(m ingest.Message) int64 {
		if m.From.Address == "c1@example.com" {
			return 7
		}
		return 0
	}
	p := w.poller("after: move:Done")
	w.poll(p)
	w.poll(p)
	for n, want := range []string{"F-done", "F-inbox", "F-done"} {
		if m := w.server.Message([]string{"AAkALg0001=", "AAkALg0002=", "AAkALg0003="}[n]); m.Folder != want {
			t.Errorf("%s is in %s, want %s", m.ID, m.Folder, want)
		}
	}
	if n := w.server.Asked("AAkALg0002=/$value"); n != 0 {
		t.Error("the body of a refused mail was asked for")
	}
	if place, _ := w.session.Cursor(t.Context(), "inbox"); strings.Contains(place, "due") {
		t.Errorf("%s is still due", place)
	}
}

// What is to be done is done by whoever polls next.
func TestAfterIsDoneLater(t *testing.T) {
	w := newWorld(t, 1)
	w.server.Fail(apitest.Fault{Path: "/move", Times: 9, Status: 403, Code: "ErrorAccessDenied"})
	if err := w.poller("after: move:Done").Poll(t.Context(), w.session); !channels.InPart(err) || !strings.Contains(err.Error(), "Mail.ReadWrite") {
		t.Errorf("%v, want the permission that is missing", err)
	}
	w.has("Question 0")
	w.server.Fail() // the faults so far stay
	for w.poller("after: move:Done").Poll(t.Context(), w.session) != nil {
	}
	if m := w.server.Message("AAkALg0001="); m.Folder != "F-done" {
		t.Errorf("it is in %s", m.Folder)
	}
}

func TestFolders(t *testing.T) {
	w := newWorld(t, 1)
	form := mail(1)
	form.Folder = "F-forms"
	w.server.Put(form)
	err := w.poller("folders: [INBOX, Posteingang/Forms, Nowhere]").Poll(t.Context(), w.session)
	if !channels.InPart(err) || !strings.Contains(err.Error(), `no folder "Nowhere"`) {
		t.Errorf("%v, want the folder that is missing", err)
	}
	w.has("Question 0", "Question 1")
	says, err := w.poller("folders: [inbox]").(channels.Checker).Check(t.Context())
	if err != nil || says != "inbox has 1 messages" {
		t.Errorf("%q, %v", says, err)
	}
}

func TestCarefully(t *testing.T) {
	w := newWorld(t, 2)
	w.session.BeCareful = true
	key := box + "\x00AAkALg0001="
	for range 3 {
		if _, err := w.store.Attempt(t.Context(), channeltest.Channel, "inbox", key); err != nil {
			t.Fatal(err)
		}
	}
	w.poll(w.poller())
	got := w.store.Messages()
	if len(got) != 2 || got[0].State != ingest.Dead || got[0].Arrival.Problem != ingest.ReasonCrashed || string(got[0].Arrival.Raw) != mail(0).Raw {
		t.Errorf("%s", w.subjects())
	}
}

func TestTheStoreRefuses(t *testing.T) {
	w := newWorld(t, 3)
	w.store.Reject(func(a ingest.Arrival) bool { return a.Message.Subject == "Question 1" })
	w.poll(w.poller())
	w.has("Question 0", " (dead)", "Question 2")
}

func TestEndsWithItsContext(t *testing.T) {
	w := newWorld(t, 1)
	ctx, cancel := context.WithCancel(t.Context())
	w.server.At("delta", cancel)
	if err := w.poller().Poll(ctx, w.session); err == nil {
		t.Error("a poll that was ended says nothing")
	}
}

// lifted is a session whose ban is gone when the batch is stored: the first
// mail without a body is asked for again.
type lifted struct {
	*channeltest.Session
	again int
}

func (l *lifted) Refuses(context.Context, ingest.Message) (int64, error) { return 7, nil }

func (l *lifted) Receive(ctx context.Context, b ingest.Batch) (ingest.Receipt, error) {
	var r ingest.Receipt
	for _, a := range b.Arrivals {
		r.Results = append(r.Results, ingest.Result{Again: a.Refused != 0})
		if a.Refused != 0 {
			l.again++
		}
	}
	if l.again > 0 && len(b.Arrivals) > 0 && b.Arrivals[0].Refused != 0 {
		return r, nil
	}
	return l.Session.Receive(ctx, b)
}

func TestABanIsGone(t *testing.T) {
	w := newWorld(t, 2)
	session := &lifted{Session: w.session}
	if err := w.poller().Poll(t.Context(), session); err != nil {
		t.Fatal(err)
	}
	w.has("Question 0", "Question 1")
	if session.again != 2 || string(w.store.Messages()[0].Arrival.Raw) != mail(0).Raw {
		t.Errorf("%d were asked for again, want both, with their bodies", session.again)
	}
}

// What the store says is no new one is not touched, though the cursor said
// beforehand that it was to be.
func TestARefusedMailIsNotTouched(t *testing.T) {
	w := newWorld(t, 2)
	w.store.Ban(func(a ingest.Arrival) int64 {
		if a.Message.Subject == "Question 1" {
			return 7
		}
		return 0
	})
	w.server.Fail(apitest.Fault{Path: "AAkALg0001=/$value", Status: http.StatusInternalServerError})
	p := w.poller("after: seen")
	if err := p.Poll(t.Context(), w.session); !channels.InPart(err) {
		t.Fatalf("%v, want trouble with a part", err)
	}
	w.poll(p)
	if w.server.Message("AAkALg0002=").Read || !w.server.Message("AAkALg0001=").Read {
		t.Error("a refused mail is marked as read, or one that was taken is not")
	}
}

package gmail_test

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

func TestLinksExpire(t *testing.T) {
	w := newWorld(t, 3)
	p := w.poller()
	w.poll(p)
	w.server.Put(mail(3))
	w.server.Forget()
	w.poll(p)
	w.has("Question 0", "Question 1", "Question 2", "Question 3")
	if n := w.server.Asked("format=raw"); n != 4 {
		t.Errorf("%d bodies were asked for, want 4: what is known is not fetched again", n)
	}
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

// One message that the API never gives stops nobody else's, and is dead only
// after it gave others several times.
func TestOneMessageIsNeverGiven(t *testing.T) {
	w := newWorld(t, 1)
	w.server.Fail(apitest.Fault{Path: "format=raw", Status: http.StatusInternalServerError, Code: "backendError"})
	p := w.poller()
	if err := p.Poll(t.Context(), w.session); !channels.InPart(err) {
		t.Fatalf("%v, want trouble with a part", err)
	}
	w.server.Fail(apitest.Fault{Path: "18f0000000000001?fields=raw", Times: 99, Status: http.StatusInternalServerError})
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

func TestCarefully(t *testing.T) {
	w := newWorld(t, 2)
	w.session.BeCareful = true
	key := box + "\x0018f0000000000001"
	for range 3 {
		if _, err := w.store.Attempt(t.Context(), channeltest.Channel, "INBOX", key); err != nil {
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
	w.server.At("profile", cancel)
	if err := w.poller().Poll(ctx, w.session); err == nil {
		t.Error("a poll that was ended says nothing")
	}
}

func TestTakesWhatIsNew(t *testing.T) {
	w := newWorld(t, 3)
	p := w.poller()
	w.poll(p)
	w.has("Question 0", "Question 1", "Question 2")
	m := w.store.Messages()[1].Arrival
	if !m.Message.ReceivedAt.Equal(connected.Add(time.Minute)) || m.Message.From.Address != "c1@example.com" || len(m.Prints) != 2 ||
		m.Keys[0] != box+"\x0018f0000000000002" || string(m.Raw) != mail(1).Raw {
		t.Errorf("%+v", m)
	}
	w.server.Put(mail(3))
	w.poll(p)
	w.poll(p)
	w.has("Question 0", "Question 1", "Question 2", "Question 3")
	if n := w.server.Asked("format=raw"); n != 4 {
		t.Errorf("%d bodies were asked for, want 4", n)
	}
}

// An old message that gets the label is taken, whatever its age; one that gets
// another label is no news; spam is none, even with the label.
func TestLabelsThatComeLater(t *testing.T) {
	w := newWorld(t, 1)
	left, old := w.server.Put(mail(-9)), mail(-5)
	old.Labels = []string{"UNREAD"}
	moved := w.server.Put(old)
	p := w.poller()
	w.poll(p)
	w.has("Question 0")
	w.server.Label(left, "STARRED")
	w.server.Label(moved, "INBOX")
	spam := mail(3)
	spam.Labels = []string{"INBOX", "SPAM"}
	w.server.Put(spam)
	w.poll(p)
	w.has("Question 0", "Question -5")
}

// Between two pages of the list somebody delivers and removes.
func TestChangesBetweenPages(t *testing.T) {
	w := newWorld(t, 5)
	w.server.At("pageToken=2", func() {
		w.server.Put(mail(5)) // moves a message from the first page to the second
		w.server.Delete("18f0000000000002")
	})
	p := w.poller()
	w.poll(p)
	w.poll(p)
	w.has("Question 0", "Question 2", "Question 3", "Question 4", "Question 5")
}

func TestRemovedAfterItWasListed(t *testing.T) {
	w := newWorld(t, 3)
	w.server.At("0001?format", func() { w.server.Delete("18f0000000000001") }) // before its header is asked for,
	w.server.At("0002?fields", func() { w.server.Delete("18f0000000000002") }) // and its body
	p := w.poller()
	w.poll(p)
	w.poll(p)
	w.has("Question 2")
}

func TestTroubleOfTheAPI(t *testing.T) {
	tests := map[string]struct {
		fault apitest.Fault
		ok    bool // it is got over within the call
		says  string
		now   func(error) bool
	}{
		"too many for a moment": {apitest.Fault{Path: "profile", Status: 429, Header: map[string]string{"Retry-After": "0"}}, true, "", nil},
		"quota of a moment":     {apitest.Fault{Path: "profile", Status: 403, Code: "userRateLimitExceeded", Header: map[string]string{"Retry-After": "0"}}, true, "", nil},
		"quota of the day":      {apitest.Fault{Path: "profile", Status: 403, Code: "dailyLimitExceeded", Header: map[string]string{"Retry-After": "3600"}}, false, "dailyLimit", ingest.Temporary},
		"away":                  {apitest.Fault{Path: "profile", Status: 500, Code: "backendError"}, false, "500", ingest.Temporary},
		"cut":                   {apitest.Fault{Path: "profile"}, false, "unexpected EOF", ingest.Temporary},
		"no scope":              {apitest.Fault{Path: "labels", Status: 403, Code: "insufficientPermissions"}, false, "gmail.readonly", func(err error) bool { return !channels.ReauthNeeded(err) }},
		"the API is not on":     {apitest.Fault{Path: "labels", Status: 403, Code: "accessNotConfigured"}, false, "not enabled", func(err error) bool { return !ingest.Temporary(err) }},
		"a body was cut":        {apitest.Fault{Path: "format=raw"}, false, "unexpected EOF", channels.InPart},
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
			if name == "quota of the day" {
				return
			}
			w.poll(p)
			if n := len(w.store.Messages()); n != 2 {
				t.Errorf("%d messages, want 2: %s", n, w.subjects())
			}
		})
	}
}

func TestLargeMail(t *testing.T) {
	for name, small := range map[string]bool{"as the API says": false, "though the API says it is small": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 0)
			large := mail(1)
			large.Raw += strings.Repeat("x", 200<<10)
			large.Small = small
			w.server.Put(large)
			w.server.Put(mail(2))
			w.poll(w.poller("max_message_bytes: 65536", "after: seen"))
			w.has("Question 1", "Question 2")
			m := w.store.Messages()[0].Arrival.Message
			if len(m.Defects) == 0 || m.Defects[0].Code != "limit_size" || m.From.Address != "c1@example.com" {
				t.Errorf("%+v", m)
			}
			for id, want := range map[string]int{"18f0000000000001": 2, "18f0000000000002": 1} {
				if got := w.server.Message(id).Labels; len(got) != want {
					t.Errorf("%s has the labels %q", id, got)
				}
			}
		})
	}
}

func TestArchive(t *testing.T) {
	w := newWorld(t, 2)
	w.session.Banned = func(m ingest.Message) int64 {
		if m.From.Address == "c1@example.com" {
			return 7
		}
		return 0
	}
	w.poll(w.poller("after: archive"))
	for id, want := range map[string]string{"18f0000000000001": "UNREAD", "18f0000000000002": "INBOX UNREAD"} {
		if got := strings.Join(w.server.Message(id).Labels, " "); got != want {
			t.Errorf("%s has the labels %q, want %q", id, got, want)
		}
	}
	if n := w.server.Asked("0002?fields"); n != 0 {
		t.Error("the body of a refused mail was asked for")
	}
}

func TestLabels(t *testing.T) {
	w := newWorld(t, 1)
	form := mail(1)
	form.Labels = []string{"Label_1"}
	w.server.Put(form)
	err := w.poller("labels: [INBOX, support, Nowhere]").Poll(t.Context(), w.session)
	if !channels.InPart(err) || !strings.Contains(err.Error(), `no label "Nowhere"`) {
		t.Errorf("%v, want the label that is missing", err)
	}
	w.has("Question 0", "Question 1")
	says, err := w.poller("labels: [Support]").(channels.Checker).Check(t.Context())
	if err != nil || says != "Support has 1 messages" {
		t.Errorf("%q, %v", says, err)
	}
}

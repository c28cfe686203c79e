package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"

	"gatehouse/cmd/gatehouse/housetest"
)

// ban sets a ban on a target and returns its number.
func (h house) ban(target string) string {
	h.T.Helper()
	var rule struct{ ID string }
	h.Read(http.StatusCreated, http.MethodPost, "/rules", map[string]string{"kind": "ban", "target": target}, &rule)
	return rule.ID
}

// One customer is banned by mistake while others write: 130 of her mails are
// refused, of which 100 keep a row. Some are deleted in the mailbox before the
// ban is lifted. What is left comes back, once, as if it had come just now.
func TestRefusedMailIsFetchedAgain(t *testing.T) {
	t.Parallel()
	b := housetest.NewMailbox(t)
	h := newHouse(t, b.Channel("support-mail"))
	p := h.Serve()
	b.Deliver("Before the ban", plain("Before the ban", "Message-ID: <first@example.com>"))
	b.Put(0, 20)
	h.Decided(map[string]int{"support-mail": 21})
	ban := h.ban("email:ann@example.com")
	var watched []imap.UID
	for n := range 130 {
		name := fmt.Sprintf("Refused %d", n)
		uid := b.Deliver(name, plain(name, fmt.Sprintf("Message-ID: <r%d@example.com>", n)))
		if n%50 == 7 {
			watched = append(watched, uid)
			b.At(uid, func() { t.Errorf("the body of %s was read although its sender is banned", name) })
		}
	}
	b.Put(20, 30)
	h.Decided(map[string]int{"support-mail": 161})
	if got := h.Books()["support-mail"]; got.Refused != 130 {
		t.Fatalf("the books: %+v", got)
	}
	h.Read(http.StatusConflict, http.MethodPost, "/rules/"+ban+"/refetch", nil, nil) // it stands
	h.Read(http.StatusNoContent, http.MethodDelete, "/rules/"+ban, nil, nil)
	b.Remove("Refused 3", "Refused 120")
	p.Kill()
	h.Age()
	h.Serve()

	for _, uid := range watched {
		b.Forget(uid)
	}
	var j housetest.Job
	h.Read(http.StatusAccepted, http.MethodPost, "/rules/"+ban+"/refetch", nil, &j)
	if j.Kind != "refetch" || j.Scope != "rule:"+ban || j.Total != 130 {
		t.Errorf("the job: %+v", j)
	}
	j = h.Finished(j.ID)
	if j.Released != 128 || j.Skipped != 2 || j.SkippedWhy["gone"] != 2 || j.Done != 130 {
		t.Errorf("the job: %+v", j)
	}
	h.Decided(map[string]int{"support-mail": 161})
	eventually(t, "all in conversations", func() bool { return h.Books()["support-mail"].Conversed == 159 })
	h.Command(0, "verify")
	got := map[string]int{}
	for _, m := range h.Messages() {
		if m.State == "conversed" {
			got[m.Name()]++
		}
	}
	for _, name := range b.Names {
		if got[name] != 1 {
			t.Errorf("%s is in %d conversations", name, got[name])
		}
	}
	if m := h.Message("Refused 129"); !strings.HasPrefix(m.Text, "Refused 129 "+planted) {
		t.Errorf("%+v, want its text", m)
	}
}

func TestLargeMailIsFetchedWhole(t *testing.T) {
	t.Parallel()
	b := housetest.NewMailbox(t)
	b.Deliver("Huge", plain("Huge")+strings.Repeat("word\r\n", 10<<10))
	h := newHouse(t, strings.Replace(b.Channel("support-mail"), "start: all", "start: all, max_message_bytes: 4096", 1))
	h.Serve()
	h.Decided(map[string]int{"support-mail": 1})
	m := h.Message("Huge")
	if m.State != "held" || m.Reason != "size" || strings.Contains(m.Text, planted) {
		t.Fatalf("%+v", m)
	}
	var j housetest.Job
	h.Read(http.StatusAccepted, http.MethodPost, "/messages/"+m.ID+"/fetch", nil, &j)
	if j = h.Finished(j.ID); j.Released != 1 || j.Skipped != 0 {
		t.Errorf("the job: %+v", j)
	}
	if m = h.Message("Huge"); m.State != "held" || !strings.Contains(m.Text, planted) || len(m.Text) < 10<<10 {
		t.Errorf("%s, %d octets of text", m.State, len(m.Text))
	}
	h.Command(0, "verify")
}

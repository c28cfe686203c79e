package e2e

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gatehouse/cmd/gatehouse/housetest"
)

const talk = "{name: talk, kind: chat, was: [site-chat], visitor_rate: 0, ip_rate: 0}"

// configure writes the house's channels anew, and what else the file is to say.
func (h house) configure(more string, channels ...string) {
	h.T.Helper()
	text, err := os.ReadFile(h.Config)
	must(h.T, err)
	head, _, _ := strings.Cut(string(text), "channels:\n")
	head += "channels:\n"
	for _, c := range channels {
		head += "  - " + c + "\n"
	}
	must(h.T, os.WriteFile(h.Config, []byte(head+more), 0o600))
}

func (h house) status(path, body string) int {
	h.T.Helper()
	a, err := h.Ask(http.MethodPost, path, body)
	must(h.T, err)
	return a.Status
}

// The file changes while the program runs: a mailbox is added in conf.d, the
// chat gets another name, the mailbox is retired and comes back.
func TestReload(t *testing.T) {
	t.Parallel()
	b := housetest.NewMailbox(t)
	b.Put(0, 20)
	h := newHouse(t, housetest.SiteChat)
	p := h.Serve()
	h.Say("v-1", "1", "Hello")
	beside := filepath.Join(filepath.Dir(h.Config), "conf.d")
	must(t, os.Mkdir(beside, 0o700))
	must(t, os.WriteFile(filepath.Join(beside, "mail.yaml"), []byte("channels:\n  - "+b.Channel("mail")+"\n"), 0o600))
	p.HangUp()
	h.Decided(map[string]int{"mail": 20})

	h.configure("", talk)
	var done struct {
		Renamed   []struct{ Channel, Was string }
		Unchanged []string
	}
	h.Read(http.StatusOK, http.MethodPost, "/channels/reload", nil, &done)
	if got := fmt.Sprint(done); got != "{[{talk site-chat}] [mail]}" {
		t.Error(got)
	}
	h.Say("v-1", "1", "Hello") // at the old name, and known
	if got := h.status("/chat/talk/messages", housetest.Post("v-1", "2", "Again")); got != http.StatusAccepted {
		t.Errorf("the new name answers %d", got)
	}

	must(t, os.Remove(filepath.Join(beside, "mail.yaml")))
	a, err := h.API(http.MethodPost, "/channels/reload", nil)
	must(t, err)
	if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "channel mail: ") || !strings.Contains(a.Body, "under retired") {
		t.Errorf("without the mailbox it answers %d: %s", a.Status, a.Body)
	}
	trial{"check --config %s", 1, "channel mail: the database has it"}.run(t, h.Config)
	trial{"serve --config %s", 1, "was: [mail]"}.run(t, h.Config)
	h.configure("retired: [mail]\n", talk)
	trial{"check --config %s", 0, "configuration: ok"}.run(t, h.Config)
	p.HangUp()
	eventually(t, "the mailbox retired", func() bool { return h.status("/hooks/mail", "{}") == http.StatusGone })
	b.Put(20, 25)
	h.configure("", talk, b.Channel("mail"))
	h.Read(http.StatusOK, http.MethodPost, "/channels/reload", nil, nil)
	h.Decided(map[string]int{"mail": 25, "talk": 2})
	h.Holds(append(b.Names, "Hello", "Again")...)

	h.configure("", talk, b.Channel("mail"), "{name: broken, kind: imap, colour: red}")
	p.HangUp()
	eventually(t, "the error in the log", func() bool { return p.Says("unknown key") })
	if a, err = h.As("supervisor").API(http.MethodPost, "/channels/reload", nil); err != nil || a.Status != http.StatusForbidden {
		t.Errorf("a supervisor is answered %d, %v", a.Status, err)
	}
	if code := p.Terminate(); code != 0 {
		t.Errorf("it ends with %d", code)
	}
}

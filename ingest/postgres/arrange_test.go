package postgres

import (
	"context"
	"errors"
	"testing"
	"time"

	"gatehouse/ingest"
)

var (
	asChat = ingest.ChannelSpec{Name: "chat", Kind: "chat", Family: ingest.Chat}
	asMail = ingest.ChannelSpec{Name: "mail", Kind: "imap", Family: ingest.Email}
)

func arranged(t *testing.T, s *Store, retired []string, list ...ingest.ChannelSpec) ingest.Arrangement {
	t.Helper()
	a, err := s.Arrange(context.Background(), list, retired, "tester")
	must(t, err)
	again, err := s.Arrange(context.Background(), list, retired, "tester")
	if err != nil || !again.Empty() {
		t.Errorf("arranged twice: %+v, %v", again, err)
	}
	return a
}

// A renamed channel keeps its messages, keys and cursor, the rules about it
// follow, and whoever still goes by the old name means the same channel.
func TestRenameTakesAllAlong(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	other, err := Open(ctx, s.pool.Config().ConnString(), Options{}) // a replica that knows the old name
	must(t, err)
	defer other.Close()
	must(t, other.learnChannels(ctx, other.pool))
	lease, err := s.Acquire(ctx, "mail", "one", time.Minute)
	must(t, err)
	_, err = s.Cursor(ctx, "mail", "INBOX", lease.Token)
	must(t, err)
	move := &ingest.Move{Channel: "mail", Mailbox: "INBOX", To: "7", Fence: lease.Token}
	first, err := s.Receive(ctx, ingest.Batch{Arrivals: []ingest.Arrival{mail("ann@example.com", "m1", "hi")}, Move: move})
	must(t, err)
	o := order(ingest.Block, ingest.Target{Kind: "email", Value: "bob@example.com"})
	o.Scope = []string{"chat", "mail"}
	set, err := s.SetRule(ctx, o)
	must(t, err)
	settleAll(t, s, j)

	post := ingest.ChannelSpec{Name: "a-post", Kind: "imap", Family: ingest.Email, Was: []string{"mail", "older"}}
	if a := arranged(t, s, nil, asChat, post); len(a.Rename) != 1 || len(a.Add)+len(a.Retire) != 0 {
		t.Fatalf("%+v", a)
	}
	must(t, s.Release(ctx, "mail", lease.Token)) // by its poller, which ends
	lease, err = s.Acquire(ctx, "a-post", "two", time.Minute)
	must(t, err)
	if place, err := s.Cursor(ctx, "a-post", "INBOX", lease.Token); err != nil || place != "7" || lease.Careful {
		t.Errorf("the cursor is %q, %v; careful %v", place, err, lease.Careful)
	}
	for _, store := range []*Store{s, other} {
		r := receive(t, store, mail("ann@example.com", "m1", "hi"))
		if r.Results[0].Fresh || r.Results[0].ID != first.Results[0].ID {
			t.Errorf("the same mail by the old name: %+v", r.Results)
		}
	}
	rules, _, _, err := s.Rules(ctx, j.Epoch())
	must(t, err)
	if len(rules) != 1 || rules[0].ID != set.Rule.ID || len(rules[0].Scope) != 2 || rules[0].Scope[0] != "a-post" || rules[0].Epoch != set.Rule.Epoch {
		t.Errorf("the rules that changed are %+v", rules)
	}
	m, err := s.Message(ctx, first.Results[0].ID)
	must(t, err)
	if m.Channel != "a-post" {
		t.Errorf("the message is of channel %s", m.Channel)
	}
	if n := count(t, s, "select count(*) from audit where action = 'channel.renamed' and actor = 'tester' and subject = 'channel:a-post'"); n != 1 {
		t.Errorf("%d lines in the audit, want 1", n)
	}
	lawful(t, s)
}

// scoped decides by scope alone.
type scoped struct {
	testJudge
	channels []string
}

func (j *scoped) Decide(m ingest.Message, f ingest.Facts) ingest.Decision {
	j.channels = append(j.channels, m.Channel)
	return j.testJudge.Decide(m, f)
}

// A settle of a process that slept through the renaming has the new name with
// the new scopes.
func TestSettleKnowsARenamedChannel(t *testing.T) {
	s, j, ctx := open(t), &scoped{}, context.Background()
	other, err := Open(ctx, s.pool.Config().ConnString(), Options{})
	must(t, err)
	defer other.Close()
	must(t, other.Refresh(ctx, j))
	must(t, other.learnChannels(ctx, other.pool))
	receive(t, s, chat("ann", "1", "hi"))
	arranged(t, s, nil, asMail, ingest.ChannelSpec{Name: "talk", Kind: "chat", Family: ingest.Chat, Was: []string{"chat"}})
	settleAll(t, other, j)
	if len(j.channels) != 1 || j.channels[0] != "talk" {
		t.Errorf("decided as of %v", j.channels)
	}
}

func TestRetireAndReinstate(t *testing.T) {
	s, ctx := open(t), context.Background()
	must(t, s.Pause(ctx, "mail", true, "tester"))
	lease, err := s.Acquire(ctx, "mail", "one", time.Minute)
	must(t, err)
	arranged(t, s, []string{"mail", "never-known"}, asChat)
	state := func() string {
		h, err := s.Health(ctx, "mail")
		must(t, err)
		return h[0].State
	}
	if err := s.Renew(ctx, "mail", lease.Token, time.Minute); !errors.Is(err, ingest.ErrFenced) {
		t.Errorf("whoever polls it goes on: %v", err)
	}
	must(t, s.Release(ctx, "mail", lease.Token))
	if _, err := s.Acquire(ctx, "mail", "two", time.Minute); !errors.Is(err, ingest.ErrFenced) {
		t.Errorf("somebody polls it again: %v", err)
	}
	must(t, s.Report(ctx, "mail", ingest.Health{State: "ok"}))
	if got := state(); got != "retired" {
		t.Errorf("state %s", got)
	}
	arranged(t, s, nil, asChat, asMail)
	if got := state(); got != "paused" {
		t.Errorf("state %s, want paused as it was", got)
	}
	if _, err := s.Acquire(ctx, "mail", "two", time.Minute); err != nil {
		t.Errorf("nobody can poll it: %v", err)
	}
}

// What cannot be arranged changes nothing.
func TestArrangeIsAllOrNothing(t *testing.T) {
	s, ctx := open(t), context.Background()
	fresh := ingest.ChannelSpec{Name: "sms", Kind: "twilio", Family: ingest.SMS}
	renamed := ingest.ChannelSpec{Name: "talk", Kind: "chat", Family: ingest.Chat, Was: []string{"chat"}}
	_, err := s.Arrange(ctx, []ingest.ChannelSpec{fresh, renamed}, nil, "tester")
	var fault *ingest.ChannelError
	if !errors.As(err, &fault) || fault.Channel != "mail" || !ingest.Invalid(err) {
		t.Errorf("%v", err)
	}
	if n := count(t, s, "select count(*) from channels where name in ('chat', 'mail')"); n != 2 || count(t, s, "select count(*) from channels") != 2 {
		t.Error("something was arranged")
	}
}

package demo

import (
	"context"
	"fmt"
	"net/http"

	"gatehouse/cmd/gatehouse/app"
	"gatehouse/ingest"
)

// story is the demo under way.
type story struct {
	*teller
	o        Options
	app      *app.App
	mailbox  *mailbox
	desk     *client
	people   []person
	expected map[string]int64 // messages that each channel should have accepted
}

// tell is the whole of it, chapter by chapter.
func tell(ctx context.Context, o Options, t *teller, a *app.App, m *mailbox, base string) error {
	s := &story{teller: t, o: o, app: a, mailbox: m, desk: &client{base: base}, expected: map[string]int64{}}
	for _, chapter := range []func(context.Context) error{
		s.makePeople, s.firstMail, s.firstChats, s.setRules, s.moreOfBoth, s.readBlockedList,
		s.releaseTicket, s.unblockAll, s.deleteAll, s.closeBooks,
	} {
		if err := s.bounded(ctx, chapter); err != nil {
			return err
		}
	}
	return nil
}

func (s *story) bounded(ctx context.Context, chapter func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return chapter(ctx)
}

func (s *story) firstMail(ctx context.Context) error {
	n, err := s.mailbox.deliver(early)
	if err != nil {
		return err
	}
	s.head("%d mails lie in the mailbox of support@example.com", n)
	s.say("Some have no Message-ID, two share one, some are broken, in Japanese, bounces or newsletters.")
	s.say("Gatehouse reads them over IMAP by UID. Each is stored together with the cursor before it counts as read.")
	s.expected["support-mail"] = int64(n)
	if err := s.settled(ctx); err != nil {
		return err
	}
	return s.sum(ctx)
}

func (s *story) firstChats(ctx context.Context) error {
	s.head("Three visitors write into the chat of the web site")
	posts := []struct{ visitor, name, id, words string }{
		{"v-anna", "Anna", "1", "Hello, is the shop open on Saturday?"},
		{"v-bert", "Bert", "1", "My coupon does not work"},
		{"v-anna", "Anna", "2", "And on Sunday?"},
		{"v-carl", "Carl", "1", "Answer me, you fools"},
		{"v-anna", "Anna", "2", "And on Sunday?"},
	}
	for _, p := range posts {
		if err := s.chat(ctx, p.visitor, p.name, p.id, p.words, http.StatusAccepted); err != nil {
			return err
		}
	}
	s.expected["site-chat"] = 4
	s.say("Five posts, four messages: the last one was the same post once more, and is stored once.")
	return s.settled(ctx)
}

func (s *story) setRules(ctx context.Context) error {
	s.head("A supervisor sets rules")
	for _, r := range []struct {
		kind         ingest.RuleKind
		target, says string
		scope        []string
	}{
		{ingest.Ban, "domain:spam.example.com", "shut out: nothing they write is kept", nil},
		{ingest.Block, "email:rob@example.net", "set aside: supervisors see it and decide", nil},
		{ingest.Block, "email:paul@example.org", "set aside, and wrongly so, as we shall see", nil},
		{ingest.Block, "visitor:v-carl", "set aside in chats", []string{"kind:chat"}},
		{ingest.Ban, "visitor:v-dora", "the door says no", []string{"kind:chat"}},
		{ingest.Blacklist, "domain:letters.example.org", "filed in silence: nobody is asked to look", nil},
	} {
		id, err := s.desk.rule(ctx, r.kind, r.target, "demo", r.scope...)
		if err != nil {
			return err
		}
		s.say("rule %s: %s on %s: %s", id, r.kind, r.target, r.says)
	}
	return nil
}

func (s *story) moreOfBoth(ctx context.Context) error {
	n, err := s.mailbox.deliver(late)
	if err != nil {
		return err
	}
	s.head("%d more mails and five more chat posts come in", n)
	s.say("The spammer also writes from a subdomain; Rob writes as Rob+new@EXAMPLE.net. Neither dodges a rule.")
	s.expected["support-mail"] += int64(n)
	for _, p := range []struct {
		visitor, name, id, words string
		want                     int
	}{
		{"v-carl", "Carl", "2", "Why does nobody answer?", http.StatusAccepted},
		{"v-carl", "Carl", "3", "Hello?", http.StatusAccepted},
		{"v-dora", "Dora", "1", "Let me in", http.StatusForbidden},
		{"v-anna", "Anna", "3", "Thank you!", http.StatusAccepted},
		{"v-erik", "Erik", "1", "Do you ship to Iceland?", http.StatusAccepted},
	} {
		if err := s.chat(ctx, p.visitor, p.name, p.id, p.words, p.want); err != nil {
			return err
		}
	}
	s.expected["site-chat"] += 4
	if err := s.settled(ctx); err != nil {
		return err
	}
	s.say("Dora's post was answered 403 {\"reason\":\"banned\"}; blocked senders noticed nothing.")
	return s.sum(ctx)
}

func (s *story) closeBooks(ctx context.Context) error {
	s.head("The books")
	if err := s.settled(ctx); err != nil {
		return err
	}
	acc, err := account(ctx, s.app)
	if acc.Channels == nil {
		return err
	}
	if terr := s.books(acc); terr != nil {
		return terr
	}
	s.say("accepted = conversed + held + refused + dead + purged + in flight; verify found %d violations.", acc.Violations)
	s.introduce()
	if s.o.JSON {
		if perr := acc.print(s.o.Out); perr != nil {
			return perr
		}
	}
	if err != nil {
		return fmt.Errorf("%w", err)
	}
	return nil
}

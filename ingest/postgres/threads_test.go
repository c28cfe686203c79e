package postgres_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/postgres"
)

const supportAddress = "support@example.com"

// threads is a world with one conversation of Ann's, in which the desk sent
// <out1>, to Bob besides.
type threads struct {
	*world
	talk   ingest.Conversation
	tokens ingest.ReplySecrets
}

func newThreads(t *testing.T) threads {
	w := threads{world: newWorld(t, 1), tokens: ingest.ReplySecrets{"a secret of the tests"}}
	w.replicas[0].Replies = w.tokens
	id := w.conversationOf(w.take(mail("ann@example.org", "1", "m1")))
	must(t, w.sent(id, "out1", "bob@example.net"))
	var err error
	w.talk, err = w.watch.Conversation(context.Background(), id)
	must(t, err)
	return w
}

// take receives one mail and settles it.
func (w threads) take(a ingest.Arrival) ingest.ID {
	w.t.Helper()
	id := w.receive(a).Results[0].ID
	w.settleAll()
	return id
}

func (w threads) conversationOf(message ingest.ID) ingest.ID {
	w.t.Helper()
	return ask[ingest.ID](w.world, "select conversation from messages where id = $1", message)
}

func (w threads) trail(message ingest.ID) string {
	w.t.Helper()
	return ask[string](w.world, "select trail from messages where id = $1", message)
}

func (w threads) sent(conversation ingest.ID, name string, to ...string) error {
	o := ingest.Outgoing{Conversation: conversation, MessageID: name, From: mailbox(supportAddress), Actor: "sam"}
	for _, a := range to {
		o.To = append(o.To, mailbox(a))
	}
	_, err := w.watch.RegisterOutgoing(context.Background(), o)
	return err
}

func mailbox(a string) ingest.Identity {
	return ingest.Identity{Kind: "email", Value: a, How: ingest.Header}
}

// holding gives a mail a token of the conversation.
func (w threads) holding(a ingest.Arrival) ingest.Arrival {
	a.Message.Tokens = []string{w.tokens.Token(w.talk.Number)}
	return a
}

func unproven(a ingest.Arrival) ingest.Arrival {
	a.Message.Unproven = true
	return a
}

// Where a mail goes is said by what it can show, never by its subject.
func TestWhereAnswersGo(t *testing.T) {
	w := newThreads(t)
	bounce := mail("mailer-daemon@example.com", "10", "m10", "out1")
	bounce.Message.Auto = ingest.AutoBounce
	away := mail("somebody@example.net", "11", "m11", "out1")
	away.Message.Auto = ingest.AutoReply
	forged := mail("eve@example.net", "8", "m8")
	forged.Message.Tokens = []string{"r-" + strings.Repeat("a", 20)}
	elsewhere := w.holding(chat("v1", "9", "hello"))
	for i, c := range []struct {
		says  string
		mail  ingest.Arrival
		joins bool
		trail string
	}{
		{"whose conversation it is, in answer to what the desk sent", mail("ann@example.org", "2", "m2", "out1"), true, "joins"},
		{"to whom the desk wrote besides", mail("bob@example.net", "3", "m3", "out1"), true, "joins"},
		{"by an address that is not his for certain", unproven(mail("bob@example.net", "4", "m4", "out1")), false, "claims to answer"},
		{"somebody else who knows the name", mail("eve@example.net", "5", "m5", "out1"), false, "claims to answer"},
		{"who holds a token, without any reference", w.holding(mail("carl@example.com", "6", "m6")), true, "by its reply token"},
		{"who holds a token and fails the sender check", unproven(w.holding(mail("ann@example.org", "7", "m7"))), true, "by its reply token"},
		{"who makes a token up", forged, false, "a new conversation"},
		{"a server that could not deliver it", bounce, true, "by a program that has no part in it"},
		{"an address behind one of those it went to, away", away, true, "by a program that has no part in it"},
		{"who holds a token and writes elsewhere", elsewhere, false, "a new conversation"},
	} {
		id := w.take(c.mail)
		if got := w.conversationOf(id) == w.talk.ID; got != c.joins || !strings.Contains(w.trail(id), c.trail) {
			t.Errorf("%d %s: joins %t, want %t and %q\n%s", i, c.says, got, c.joins, c.trail, w.trail(id))
		}
	}
	if n := ask[int](w.world, "select count(*) from conversations where claims = $1", w.talk.ID); n != 2 {
		t.Errorf("%d conversations say that they claim to answer, want 2", n)
	}
	if got := w.contactOf("carl@example.com"); got == w.talk.ContactID || got.IsZero() {
		t.Error("who holds a token became the one whose conversation it is")
	}
	w.lawful()
}

// Who sends mail under the name of what the desk sent is given none of its
// bounces, whether they come with it or later.
func TestTheNameOfWhatTheDeskSentIsTheDesks(t *testing.T) {
	w := newThreads(t)
	bounced := func(n string) ingest.Arrival {
		a := mail("mailer-daemon@example.com", n, "m"+n, "out1")
		a.Message.Auto = ingest.AutoBounce
		return a
	}
	batch := w.receive(mail("eve@example.net", "2", "out1"), bounced("3"))
	w.settleAll()
	for says, id := range map[string]ingest.ID{"with it": batch.Results[1].ID, "later": w.take(bounced("4"))} {
		if w.conversationOf(id) != w.talk.ID {
			t.Errorf("the bounce that came %s: %s", says, w.trail(id))
		}
	}
	if w.conversationOf(batch.Results[0].ID) == w.talk.ID {
		t.Error("who only knows the name joined the conversation")
	}
	answer := w.take(mail("carl@example.com", "5", "m5", "out1"))
	if got := ask[ingest.ID](w.world, "select claims from conversations where id = $1", w.conversationOf(answer)); got != w.talk.ID {
		t.Errorf("an answer to it claims to answer %s, want %s", got, w.talk.ID)
	}
	w.lawful()
}

func (w threads) contactOf(a string) (id ingest.ID) {
	w.t.Helper()
	return ask[ingest.ID](w.world, "select coalesce((select contact from identities where value = $1), '00000000-0000-0000-0000-000000000000')", a)
}

// A copy of what the desk sent opens nothing, reopens nothing, makes nobody a
// contact, and is held for nothing; who only knows its name is no desk.
func TestCopiesOfOurOwnMail(t *testing.T) {
	w, ctx := newThreads(t), context.Background()
	status := ingest.Closed
	_, err := w.watch.ChangeConversation(ctx, w.talk.ID, ingest.ConversationChange{Status: &status, Actor: "sam"})
	must(t, err)
	w.change(func(s *ingest.Settings) { s.Closed, s.AutoReply = true, ingest.Hold })
	own := mail(supportAddress, "2", "out1")
	own.Message.Auto = ingest.AutoReply
	id := w.take(own)
	if w.conversationOf(id) != w.talk.ID || !strings.Contains(w.trail(id), "a copy of what the desk sent") {
		t.Errorf("the copy: %s", w.trail(id))
	}
	if got := ask[ingest.ID](w.world, "select contact from messages where id = $1", id); got != w.talk.ContactID {
		t.Errorf("the copy is of contact %s, want Ann", got)
	}
	if c := w.contactOf(supportAddress); !c.IsZero() {
		t.Errorf("the desk has become contact %s", c)
	}
	talk, err := w.watch.Conversation(ctx, w.talk.ID)
	must(t, err)
	if talk.Status != ingest.Closed || talk.Messages != 2 {
		t.Errorf("%s with %d messages", talk.Status, talk.Messages)
	}
	if n := ask[int](w.world, "select count(*) from events where type = 'message.conversed' and data->>'copy' = 'true'"); n != 1 {
		t.Errorf("%d events tell of a copy, want 1: a bot would answer it", n)
	}
	for _, a := range []ingest.Arrival{mail("ann@example.org", "3", "out1"), unproven(mail(supportAddress, "4", "out1"))} {
		if id := w.take(a); strings.Contains(w.trail(id), "a copy") {
			t.Errorf("%s: %s", a.Message.From.Value, w.trail(id))
		}
	}
	w.lawful()
}

func TestRegisterOutgoing(t *testing.T) {
	w := newThreads(t)
	other := w.conversationOf(w.take(mail("dan@example.org", "2", "m2")))
	visitor := w.conversationOf(w.take(chat("v1", "1", "hello")))
	must(t, w.sent(w.talk.ID, "out1"))
	if err := w.sent(other, "out1"); !errors.Is(err, ingest.ErrConflict) {
		t.Errorf("sent in two conversations: %v", err)
	}
	if err := w.sent(visitor, "out2"); !errors.Is(err, postgres.ErrNoThreads) {
		t.Errorf("a chat has threads: %v", err)
	}
	if err := w.sent(ingest.NewID(time.Now()), "out3"); !errors.Is(err, ingest.ErrNotFound) {
		t.Errorf("in no conversation: %v", err)
	}
	if n := ask[int](w.world, "select count(*) from events where type = 'conversation.answered'"); n != 1 {
		t.Errorf("%d events, want 1", n)
	}
}

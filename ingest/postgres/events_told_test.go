package postgres_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/ingest"
)

// told lists the events of a group in the order of the log, each with what its
// data has of the keys.
func (w *world) told(group string, keys ...string) []string {
	w.t.Helper()
	return all[string](w, `select concat_ws(' ', e.type, (select string_agg(e.data ->> k, ' ' order by n)
		from unnest($2::text[]) with ordinality k(k, n))) from events e where e.type like $1 order by e.xid, e.id`, group, keys)
}

func (w *world) wants(what string, got []string, want ...string) {
	w.t.Helper()
	if !slices.Equal(got, want) {
		w.t.Errorf("%s: told %q, want %q", what, got, want)
	}
}

// A ticket is told of when it comes, when somebody first looks into it, and when
// nothing is left in it; messages that are deleted each by themselves.
func TestTicketsAreTold(t *testing.T) {
	w, ctx := newWorld(t, 1), context.Background()
	block := w.set(order(ingest.Block, "visitor:ann"))
	w.receive(chat("ann", "1", "one"), chat("ann", "2", "two"))
	w.settleAll()
	ticket := ask[ingest.ID](w, "select id from tickets")
	for range 2 {
		_, err := w.replicas[0].OpenTicket(ctx, ticket, "sam")
		must(t, err)
	}
	w.lift(ingest.UnblockAll, block.ID)
	w.work()
	w.wants("tickets", w.told("ticket.%", "channel"), "ticket.created chat", "ticket.opened chat", "ticket.released chat")
	w.wants("held", w.told("message.held", "ticket"), "message.held "+ticket.String(), "message.held "+ticket.String())
	if n := ask[int](w, "select count(*) from events where type like 'ticket.%' and contact is not null and data ->> 'ticket' = $1", ticket.String()); n != 3 {
		t.Errorf("%d of 3 name the contact and the ticket", n)
	}

	block = w.set(order(ingest.Block, "visitor:ann"))
	w.receive(chat("ann", "3", "three"))
	w.settleAll()
	job := w.lift(ingest.DeleteAll, block.ID).Job
	w.work()
	w.wants("deleted", w.told("ticket.deleted", "job"), "ticket.deleted "+ask[string](w, "select $1::bigint::text", job))
	w.wants("purged", w.told("message.purged", "job"), "message.purged "+ask[string](w, "select $1::bigint::text", job))
}

// What dies is told, at the door and later; and that it is deleted.
func TestTheDeadAreTold(t *testing.T) {
	w, ctx := newWorld(t, 1), context.Background()
	bad := chat("ann", "1", "x")
	bad.Problem = ingest.ReasonUnreadable
	id := w.receive(bad).Results[0].ID
	w.wants("at the door", w.told("message.%", "channel", "reason"), "message.dead chat unreadable")
	must(t, w.replicas[0].PurgeDead(ctx, id, "sam"))
	if err := w.replicas[0].PurgeDead(ctx, id, "sam"); !errors.Is(err, ingest.ErrNotFound) {
		t.Errorf("deleted twice: %v", err)
	}
	w.wants("deleted", w.told("message.%"), "message.dead", "message.purged")
}

// A rule's end is told once, whatever it lets go, and again if it is put off.
func TestExpiredRulesAreTold(t *testing.T) {
	w, ctx := newWorld(t, 1), context.Background()
	end := w.now().Add(time.Hour)
	for who, on := range map[string]ingest.OnExpiry{"visitor:ann": ingest.ExpiryKeep, "visitor:bob": ingest.ExpiryRelease} {
		o := order(ingest.Block, who)
		o.ExpiresAt, o.OnExpiry = &end, on
		w.set(o)
	}
	check := func(what string, want ...string) {
		t.Helper()
		for range 2 {
			must(t, w.replicas[0].EndRules(ctx))
		}
		got := w.told("rule.%")[2:]
		w.wants(what, got, want...)
	}
	check("before its end")
	w.ahead.Store(int64(2 * time.Hour))
	check("after it", "rule.expired", "rule.expired", "rule.lifted")
	kept := ask[int64](w, "select id from rules where lifted_at is null")
	later := w.now().Add(time.Hour)
	_, err := w.replicas[0].ChangeRule(ctx, ingest.RuleChange{Rule: kept, NewEnd: true, ExpiresAt: &later, Actor: "sam"})
	must(t, err)
	check("put off", "rule.expired", "rule.expired", "rule.lifted", "rule.changed")
	w.ahead.Store(int64(4 * time.Hour))
	check("after that", "rule.expired", "rule.expired", "rule.lifted", "rule.changed", "rule.expired")
}

// The desk's programs are asked to tell a sender what became of a mail, once a
// day; never somebody whom a rule keeps out, nor a program.
func TestNoticesAreAskedFor(t *testing.T) {
	w := newWorld(t, 1)
	w.change(func(s *ingest.Settings) { s.Closed = true })
	w.set(order(ingest.Ban, "email:banned@example.com"))
	w.set(order(ingest.Block, "email:blocked@example.com"))
	robot, forged := mail("robot@example.com", "r", "r1"), mail("forged@example.com", "f", "f1")
	robot.Message.Auto, forged.Message.Unproven = ingest.AutoReply, true
	w.receive(mail("ann@example.com", "1", "a1"), mail("ann@example.com", "2", "a2"), mail("banned@example.com", "3", "b1"),
		mail("blocked@example.com", "4", "c1"), robot, forged)
	w.settleAll()
	w.wants("the first day", w.told("notice.%", "notice", "channel"), "notice.requested closed_mode mail")
	w.ahead.Store(int64(23 * time.Hour))
	w.receive(mail("ann@example.com", "5", "a3"))
	w.settleAll()
	w.wants("the same day", w.told("notice.%"), "notice.requested")
	w.ahead.Store(int64(25 * time.Hour))
	w.receive(mail("ann@example.com", "6", "a4"))
	w.settleAll()
	w.wants("the next day", w.told("notice.%"), "notice.requested", "notice.requested")
	if n := ask[int](w, `select count(*) from events e join messages m on m.id = e.message and m.contact = e.contact
		where e.type = 'notice.requested' and m.sender = 'email:ann@example.com'`); n != 2 {
		t.Errorf("%d of 2 name the message and its contact", n)
	}
}

// Who opts by a word is to hear that it was heard, each time it changes
// something; not who is banned.
func TestOptingIsAnswered(t *testing.T) {
	w, _ := newRefuser(t)
	w.say(ann, "hello", "stop", "stop", "start")
	w.set(order(ingest.Ban, "phone:"+bob))
	w.say(bob, "stop")
	w.wants("notices", w.told("notice.%", "notice", "channel"), "notice.requested opted_out sms", "notice.requested opted_in sms")
}

// What the desk does to a conversation is told by what it was.
func TestConversationsAreTold(t *testing.T) {
	w, ctx := newWorld(t, 1), context.Background()
	w.receive(mail("ann@example.com", "1", "a1"))
	w.settleAll()
	id := ask[ingest.ID](w, "select id from conversations")
	change := func(status ingest.Status, assignee, subject *string) {
		t.Helper()
		c := ingest.ConversationChange{Assignee: assignee, Subject: subject, Actor: "sam"}
		if status != "" {
			c.Status = &status
		}
		_, err := w.replicas[0].ChangeConversation(ctx, id, c)
		must(t, err)
	}
	kim, about := "kim", "about it"
	change(ingest.Open, &kim, nil)    // take over
	change("", &kim, &about)          // nobody else has it
	change(ingest.Closed, nil, nil)   // end chat
	change(ingest.Open, new(""), nil) // and give it back
	w.wants("conversation", w.told("conversation.%", "status"), "conversation.opened", "conversation.assigned open",
		"conversation.changed open", "conversation.closed closed", "conversation.reopened open", "conversation.assigned open")
}

// Names of types, and of groups of them, choose events.
func TestEventsNamed(t *testing.T) {
	for names, want := range map[string]string{
		"": "", "message.held": "message.held", "receipt.*": "receipt.delivered receipt.failed receipt.read receipt.sent",
		"job.done,job.*": "job.cancelled job.done job.failed job.started", "message.x": "invalid", "mess*": "invalid", "job.": "invalid",
	} {
		var list []string
		if names != "" {
			list = strings.Split(names, ",")
		}
		types, err := ingest.EventsNamed(list)
		got := strings.Join(types, " ")
		if ingest.Invalid(err) {
			got = "invalid"
		}
		if got != want {
			t.Errorf("%q: %q, want %q", names, got, want)
		}
	}
	if every, err := ingest.EventsNamed([]string{"*"}); err != nil || len(every) != len(ingest.EventTypes) {
		t.Errorf("* is %d of %d types: %v", len(every), len(ingest.EventTypes), err)
	}
}

// What people do with contacts and channels, and what providers report, is told.
func TestTheRestIsTold(t *testing.T) {
	w, ctx := newWorld(t, 1), context.Background()
	s := w.replicas[0]
	w.receive(chat("ann", "1", "one"))
	w.settleAll()
	contact := ask[ingest.ID](w, "select id from contacts")
	note, err := s.AddNote(ctx, contact, "calls on Mondays", "sam")
	must(t, err)
	must(t, s.DeleteNote(ctx, contact, note, true, "sam"))
	must(t, s.AskReview(ctx, contact, "a customer", "kim"))
	must(t, s.CloseReview(ctx, contact, "sam"))
	w.wants("contact", append(w.told("contact.no%"), w.told("review.%")...),
		"contact.noted", "contact.note_deleted", "review.asked", "review.closed")

	must(t, s.Pause(ctx, "sms", true, "sam"))
	must(t, s.Pause(ctx, "sms", false, "sam"))
	must(t, s.ChangeTrouble(ctx, ingest.TroubleChange{Channel: "chat", Trouble: ingest.Silent, Since: noon, Says: "nothing since noon"}))
	var specs []ingest.ChannelSpec
	for name, kind := range map[string]string{"chat": "chat", "sms": "twilio", "mail": "imap", "shop": "chat"} {
		family := map[string]ingest.Family{"chat": ingest.Chat, "twilio": ingest.SMS, "imap": ingest.Email}[kind]
		specs = append(specs, ingest.ChannelSpec{Name: name, Kind: kind, Family: family})
	}
	_, err = s.Arrange(ctx, specs, nil, "sam")
	must(t, err)
	w.wants("channels", w.told("channel.%", "channel"), "channel.paused sms", "channel.resumed sms", "channel.silent chat", "channel.added shop")

	b := ingest.Besides{Ignored: 4}
	for _, status := range []ingest.Delivery{ingest.Sent, ingest.Delivered, ingest.Read, ingest.Failed} {
		b.Reports = append(b.Reports, ingest.DeliveryReport{ID: "SM1", Status: status, At: noon})
	}
	must(t, s.Count(ctx, "sms", b))
	w.wants("receipts", w.told("receipt.%", "channel", "id"), "receipt.sent sms SM1", "receipt.delivered sms SM1", "receipt.read sms SM1", "receipt.failed sms SM1")
}

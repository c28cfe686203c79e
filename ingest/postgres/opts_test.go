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

const (
	ann = "+15550100001"
	bob = "+15550100002"
)

func phoneOf(n string) ingest.Identity {
	return ingest.Identity{Kind: "phone", Value: n, How: ingest.Verified}
}

// outs says where a number opted out, by what, in short.
func (w *world) outs(n string) string {
	w.t.Helper()
	found, err := w.watch.OptedOut(context.Background(), []ingest.Identity{phoneOf(n)})
	must(w.t, err)
	var says []string
	for _, o := range found[0] {
		says = append(says, strings.TrimSpace(o.Channel+" "+string(o.Source)+" "+o.Word+o.Reason))
	}
	return strings.Join(says, ", ")
}

// optEvents lists the events of opting, and what they say.
func (w *world) optEvents() string {
	return strings.Join(all[string](w, "select type || ' ' || (data ->> 'source') || coalesce(' ' || (data ->> 'word'), '') from events "+
		"where type like 'contact.opted%' order by id"), ", ")
}

// say receives and settles one message after the other.
func (w *world) say(n string, words ...string) (ids []ingest.ID) {
	w.t.Helper()
	for _, word := range words {
		ids = append(ids, w.receive(sms(n, word+time.Now().String(), word)).Results[0].ID)
		w.settleAll()
	}
	return ids
}

func TestWhoSaysStopIsOptedOut(t *testing.T) {
	w, _ := newRefuser(t)
	ids := w.say(ann, "hello", "Stop!")
	if got := w.outs(ann); got != "sms word stop" {
		t.Errorf("after STOP: %q", got)
	}
	if got := w.becameOf(ids); !slices.Equal(got, []string{"conversed", "conversed"}) {
		t.Errorf("the messages became %q", got)
	}
	if got := w.outs(bob); got != "" {
		t.Errorf("another number: %q", got)
	}
	w.say(ann, "Please stop it", "stop", "START", "start")
	if got := w.outs(ann); got != "" {
		t.Errorf("after START: %q", got)
	}
	if got := w.optEvents(); got != "contact.opted_out word stop, contact.opted_in word start" {
		t.Errorf("events: %s", got)
	}
	w.receive(sms(ann, "a", "STOP"), sms(ann, "b", "START"), sms(ann, "c", "stop all"))
	w.settleAll()
	if got := w.outs(ann); got != "sms word stopall" {
		t.Errorf("after several at once: %q", got)
	}
	w.lawful()
}

// What is held or refused is heard, too; and what a pass lets go later is not
// heard once more.
func TestHeldAndBannedAreHeard(t *testing.T) {
	w, r := newRefuser(t)
	block := w.set(order(ingest.Block, "phone:"+ann)).ID
	w.set(order(ingest.Ban, "phone:"+bob))
	must(t, r.Refresh(context.Background(), r.witness))
	held, refused := w.say(ann, "STOP"), w.say(bob, "STOP")
	if got := w.becameOf(append(held, refused...)); !slices.Equal(got, []string{"held", "refused"}) {
		t.Errorf("they became %q", got)
	}
	if a, b := w.outs(ann), w.outs(bob); a != "sms word stop" || b != "sms word stop" {
		t.Errorf("opted out: %q, %q", a, b)
	}
	w.say(ann, "START")
	w.lift(ingest.UnblockAll, block)
	w.work()
	if got := w.outs(ann); got != "" {
		t.Errorf("what was released was heard again: %q", got)
	}
	w.lawful()
}

// A message that was sent before a newer word and comes after it changes nothing.
func TestOlderWordsChangeNothing(t *testing.T) {
	w, _ := newRefuser(t)
	w.say(ann, "START")
	late, sent := sms(ann, "late", "STOP"), time.Now().Add(-time.Hour)
	late.Message.SentAt = &sent
	w.receive(late)
	w.settleAll()
	if got := w.outs(ann); got != "" {
		t.Errorf("opted out by a word of an hour ago: %q", got)
	}
	ahead, future := sms(ann, "ahead", "STOP"), time.Now().Add(24*time.Hour)
	ahead.Message.SentAt = &future
	w.receive(ahead)
	w.settleAll()
	w.say(ann, "START")
	if got := w.outs(ann); got != "" {
		t.Errorf("a clock that is ahead outweighs a newer word: %q", got)
	}
}

func TestOptWordsOfTheSettings(t *testing.T) {
	w, r := newRefuser(t)
	set := func(change func(*ingest.Settings)) {
		t.Helper()
		_, _, err := w.watch.SetSettings(context.Background(), 0, "tester", func(s *ingest.Settings) error { change(s); return nil })
		must(t, err)
		must(t, r.Refresh(context.Background(), r.witness))
	}
	set(func(s *ingest.Settings) { s.OptOutWords, s.OptInWords = "schluss, -end", "yes" })
	w.say(ann, "END", "Schluß", "Schluss.")
	if got := w.outs(ann); got != "sms word schluss" {
		t.Errorf("opted out: %q", got)
	}
	if w.say(ann, "Yes!"); w.outs(ann) != "" {
		t.Errorf("not opted in: %q", w.outs(ann))
	}
	set(func(s *ingest.Settings) { s.OptOut = false })
	said := sms(ann, "provider", "Schluss")
	if w.say(ann, "STOP"); w.outs(ann) != "" {
		t.Errorf("opted out though words are off: %q", w.outs(ann))
	}
	said.Message.Opt = ingest.OptOut
	w.receive(said)
	w.settleAll()
	if got := w.outs(ann); got != "sms provider" {
		t.Errorf("the provider says so: %q", got)
	}
}

func TestTheDeskOptsOutAndIn(t *testing.T) {
	w, _ := newRefuser(t)
	ctx := context.Background()
	w.say(ann, "hello")
	contact := ask[ingest.ID](w, "select contact from identities where value = $1", ann)
	change := ingest.OptChange{Contact: contact, Channel: "sms", Opt: ingest.OptOut, Reason: "told us by phone", Actor: "sue"}
	must(t, w.watch.ChangeOpt(ctx, change))
	if got := w.outs(ann); got != "sms desk told us by phone" {
		t.Errorf("opted out: %q", got)
	}
	change.Opt, change.Identity = ingest.OptIn, phoneOf(ann)
	must(t, w.watch.ChangeOpt(ctx, change))
	if got := w.outs(ann); got != "" {
		t.Errorf("opted in: %q", got)
	}
	for why, wrong := range map[string]ingest.OptChange{
		"another's number": {Contact: contact, Channel: "sms", Identity: phoneOf(bob), Opt: ingest.OptOut},
		"a mailbox":        {Contact: contact, Channel: "mail", Opt: ingest.OptOut},
	} {
		if err := w.watch.ChangeOpt(ctx, wrong); !errors.Is(err, ingest.ErrConflict) {
			t.Errorf("%s: %v", why, err)
		}
	}
	if err := w.watch.ChangeOpt(ctx, ingest.OptChange{Contact: ingest.NewID(time.Now()), Channel: "sms", Opt: ingest.OptOut}); !errors.Is(err, ingest.ErrNotFound) {
		t.Errorf("nobody: %v", err)
	}
	if got := strings.Join(all[string](w, "select action || ' ' || actor || ' ' || (data ->> 'channel') from audit order by id"), ", "); got !=
		"contact.opt_out sue sms, contact.opt_in sue sms" {
		t.Errorf("audit: %s", got)
	}
}

// Receipts and providers' events are counted, and told.
func TestBesides(t *testing.T) {
	w, _ := newRefuser(t)
	ctx := context.Background()
	w.say(ann, "hello")
	talk := ask[ingest.ID](w, "select id from conversations")
	made, err := w.watch.RegisterOutgoing(ctx, ingest.Outgoing{Conversation: talk, MessageID: "SM1", From: phoneOf("+15550100009"), Actor: "sue"})
	if err != nil || !made {
		t.Fatal(made, err)
	}
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	must(t, w.watch.Count(ctx, "sms", ingest.Besides{Ignored: 5, Foreign: 1,
		Reports: []ingest.DeliveryReport{{ID: "SM1", Status: ingest.Delivered, At: at}, {ID: "SM2", Status: ingest.Failed, Code: "30007"},
			{ID: "SM3", Status: "queued"}, {Status: ingest.Sent}},
		Opts: []ingest.Opting{{Identity: phoneOf(ann), Opt: ingest.OptOut, At: at}}}))
	got := all[string](w, "select concat_ws(' ', type, conversation = $1, contact is not null, data) from events where type like 'receipt.%' order by id", talk)
	if want := []string{`receipt.delivered t t {"at": "2026-03-01T12:00:00.000Z", "id": "SM1", "channel": "sms"}`,
		`receipt.failed f {"id": "SM2", "code": "30007", "channel": "sms"}`}; !slices.Equal(got, want) {
		t.Errorf("events %q", got)
	}
	if got := w.outs(ann); got != "sms provider" {
		t.Errorf("opted out: %q", got)
	}
	if got := ask[string](w, "select concat_ws(' ', sum(ignored), sum(strange)) from intake"); got != "5 1" {
		t.Errorf("counted %s", got)
	}
	if n := ask[int](w, "select count(*) from events where type = 'contact.opted_out' and contact is not null"); n != 1 {
		t.Errorf("%d events of opting that name the contact", n)
	}
	w.lawful()
}

package postgres_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
	"gatehouse/ingest/postgres"
)

// wiredReplica adds a replica whose connections run through a wire.
func (w *world) wiredReplica() (*replica, *wire) {
	c := &wire{}
	return w.replica(postgres.Options{Dial: c.dial}), c
}

// begin opens a transaction of the test's own.
func (w *world) begin() pgx.Tx {
	w.t.Helper()
	tx, err := w.db.Begin(context.Background())
	must(w.t, err)
	w.t.Cleanup(func() { _ = tx.Rollback(context.Background()) })
	return tx
}

// blocked waits until n statements of replicas wait for locks.
func (w *world) blocked(n int) {
	w.t.Helper()
	until(w.t, "replicas wait for locks", func() bool { return w.waiting() == n })
}

// waiting is how many statements of replicas wait for locks.
func (w *world) waiting() int {
	w.t.Helper()
	return ask[int](w, `select count(*) from pg_stat_activity
		where datname = current_database() and application_name = 'replica' and wait_event_type = 'Lock'`)
}

// laneOf is where a message waits.
func (w *world) laneOf(r ingest.Receipt) int {
	w.t.Helper()
	return ask[int](w, "select lane from messages where id = $1", r.Results[0].ID)
}

func (w *world) contactOf(identity string) ingest.ID {
	w.t.Helper()
	id, err := ingest.ParseID(ask[string](w, "select contact::text from identities where kind || ':' || value = $1 and how <> 'claimed'", identity))
	must(w.t, err)
	return id
}

func (w *world) states() map[string]int {
	w.t.Helper()
	n := map[string]int{}
	for _, s := range all[string](w, "select state::text from messages") {
		n[s]++
	}
	return n
}

func verified(kind, value string) ingest.Identity {
	return ingest.Identity{Kind: kind, Value: value, How: ingest.Verified}
}

// A mail that failed its sender check joins nobody, but rules on the contact
// it names meet it.
func TestLawRulesOnAContactMeetMailThatIsNotProven(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.receive(mail("ann@example.com", "1", "m1"))
	w.settleAll()
	rule := w.set(order(ingest.Block, "contact:"+w.contactOf("email:ann@example.com").String()))
	a := mail("ann@example.com", "2", "m2")
	a.Message.Unproven = true
	w.receive(a)
	w.settleAll()
	if n := ask[int](w, "select count(*) from messages where state = 'held' and rule = $1", rule.ID); n != 1 {
		t.Errorf("%d messages held by the rule, want 1: %v", n, w.states())
	}
	w.lawful()
}

// The sender's other address may be the one that a rule on a contact knows.
func TestLawRulesOnAContactMeetAnyOfItsAddresses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.receive(mail("ann@example.com", "1", "m1"), chat("ann", "1", "hello"))
	w.settleAll()
	rule := w.set(order(ingest.Block, "contact:"+w.contactOf("email:ann@example.com").String()))
	a := chat("ann", "2", "me too")
	a.Message.Identities = append(a.Message.Identities, verified("email", "ann@example.com"))
	w.receive(a)
	w.settleAll()
	if n := ask[int](w, "select count(*) from messages where state = 'held' and rule = $1", rule.ID); n != 1 {
		t.Errorf("%d messages held by the rule, want 1: %v", n, w.states())
	}
	w.lawful()
}

// A step that waited for messages which another job then took has seen
// nothing of those behind them: its job is not done.
func TestLawNoJobEndsWhileItsRuleHoldsSomething(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	ctx := context.Background()
	slow, line := w.wiredReplica()
	rule := w.set(order(ingest.Block, "domain:example.com"))
	for i := range 3 {
		w.receive(mail("ann@example.com", fmt.Sprint(i), fmt.Sprint("m", i)))
	}
	w.settleAll()
	first := all[string](w, "select ticket::text from messages where state = 'held' order by seq limit 1")[0]
	ticket, err := ingest.ParseID(first)
	must(t, err)
	_, err = slow.ReleaseTickets(ctx, ingest.TicketOrder{Tickets: []ingest.ID{ticket}, Actor: "sam"})
	must(t, err)
	w.lift(ingest.UnblockAll, rule.ID)

	stop := line.stop("commit")
	stepped := make(chan error, 2)
	step := func(r *replica) { _, err := r.StepJobs(ctx, 1); stepped <- err }
	go step(slow)
	<-stop.reached
	go step(w.replicas[0])
	w.blocked(1)
	close(stop.release)
	must(t, <-stepped)
	must(t, <-stepped)
	w.lawful()
	w.work()
	w.lawful()
	if n := w.states(); n["conversed"] != 3 {
		t.Errorf("%v, want all 3 conversed", n)
	}
}

// A message that another rule holds by the time that a step gets to it is not
// the step's to delete.
func TestLawDeleteAllLeavesWhatAnotherRuleHoldsByNow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	ctx := context.Background()
	rule := w.set(order(ingest.Block, "visitor:ann"))
	w.receive(chat("ann", "1", "hello"))
	w.settleAll()
	w.lift(ingest.DeleteAll, rule.ID)
	other := w.set(order(ingest.Block, "ip:192.0.2.7"))

	tx := w.begin()
	_, err := tx.Exec(ctx, "update messages set rule = $1, held_xid = pg_current_xact_id()", other.ID)
	must(t, err)
	_, err = tx.Exec(ctx, "update tickets set rule = $1", other.ID)
	must(t, err)
	stepped := make(chan error, 1)
	go func() { _, err := w.replicas[0].StepJobs(ctx, 10); stepped <- err }()
	w.blocked(1)
	must(t, tx.Commit(ctx))
	must(t, <-stepped)
	w.work()
	w.lawful()
	if n := w.states(); n["held"] != 1 {
		t.Errorf("%v, want the message held", n)
	}
}

// Nor is what came back into a ticket after somebody ordered to delete what
// he saw there.
func TestLawDeleteOfATicketLeavesWhatCameBackSince(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	ctx := context.Background()
	w.set(order(ingest.Block, "visitor:ann"))
	w.receive(chat("ann", "1", "hello"))
	w.settleAll()
	ticket, err := ingest.ParseID(ask[string](w, "select id::text from tickets"))
	must(t, err)
	_, err = w.replicas[0].DeleteTickets(ctx, ingest.TicketOrder{Tickets: []ingest.ID{ticket}, Actor: "sam"})
	must(t, err)

	tx := w.begin()
	_, err = tx.Exec(ctx, "update messages set held_xid = pg_current_xact_id()")
	must(t, err)
	stepped := make(chan error, 1)
	go func() { _, err := w.replicas[0].StepJobs(ctx, 10); stepped <- err }()
	w.blocked(1)
	must(t, tx.Commit(ctx))
	must(t, <-stepped)
	w.work()
	w.lawful()
	if n := w.states(); n["held"] != 1 {
		t.Errorf("%v, want the message held", n)
	}
}

// While a settle waits for one contact, its sender becomes known: it must settle
// again rather than decide on half of the facts.
func TestLawSettleAgainWhenASenderBecomesKnownMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	ctx := context.Background()
	w.receive(mail("ann@example.com", "1", "m1"))
	w.settleAll()
	ann := w.contactOf("email:ann@example.com")
	spare := order(ingest.Block, "visitor:ann")
	spare.SpareKnown = true
	w.set(spare)
	a := chat("ann", "1", "hello")
	a.Message.Identities = append(a.Message.Identities, verified("email", "ann@example.com"))
	lane := w.laneOf(w.receive(a))

	tx := w.begin()
	_, err := tx.Exec(ctx, "select from contacts where id = $1 for update", ann)
	must(t, err)
	settled := make(chan error, 1)
	go func() {
		_, err := w.replicas[0].settle(ctx, lane, 200)
		settled <- err
	}()
	w.blocked(1)
	other := ingest.NewID(time.Now())
	_, err = w.db.Exec(ctx, "insert into contacts (id) values ($1)", other)
	must(t, err)
	_, err = w.db.Exec(ctx, "insert into identities (contact, kind, value, how) values ($1, 'visitor', 'ann', 'header')", other)
	must(t, err)
	_, err = w.db.Exec(ctx, `insert into conversations (id, contact, channel, family, status, opened_at, closed_at)
		select $1, $2, id, family, 'closed', now() - interval '1 hour', now() from channels where name = 'chat'`, ingest.NewID(time.Now()), other)
	must(t, err)
	must(t, tx.Commit(ctx))
	if err := <-settled; err != nil && !ingest.Temporary(err) {
		t.Fatal(err)
	}
	w.settleAll()
	if n := ask[int](w, "select count(*) from messages where state = 'conversed' and contact = $1", other); n != 1 {
		t.Errorf("%v: want the message conversed, its sender is known", w.states())
	}
	w.lawful()
}

// What cannot be settled dies alone, even if two settles find that at once.
func TestLawOnlyWhatFailsAloneDies(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	ctx := context.Background()
	slow, line := w.wiredReplica()
	bad := w.receive(chat("ann", "1", "hello"))
	lane := w.laneOf(bad)
	poison := poisoned{w.replicas[0].witness, bad.Results[0].ID}
	stop := line.stop("begin") // of the transaction that gives the message up
	gaveUp := make(chan error, 1)
	go func() { _, err := slow.Settle(ctx, lane, 200, poison); gaveUp <- err }()
	<-stop.reached
	_, err := w.replicas[0].Settle(ctx, lane, 200, poison)
	must(t, err)
	w.receive(chat("ann", "2", "innocent"))
	close(stop.release)
	must(t, <-gaveUp)
	w.settleAll()
	if n := w.states(); n["dead"] != 1 || n["conversed"] != 1 {
		t.Errorf("%v, want 1 dead, 1 conversed", n)
	}
	w.lawful()
}

// poisoned decides one message in a way that the database refuses.
type poisoned struct {
	*witness
	id ingest.ID
}

func (j poisoned) Decide(m ingest.Message, f ingest.Facts) ingest.Decision {
	if m.ID == j.id {
		return ingest.Decision{To: ingest.Held} // by no rule and for no reason
	}
	return j.witness.Decide(m, f)
}

// A violation that another try does not meet again costs no message its life.
func TestLawSettleAgainBeforeGivingUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	times := 2
	lane := w.laneOf(w.receive(chat("ann", "1", "hello")))
	_, err := w.replicas[0].Settle(context.Background(), lane, 200, moody{w.replicas[0].witness, &times})
	must(t, err)
	w.settleAll()
	if n := w.states(); n["conversed"] != 1 {
		t.Errorf("%v, want 1 conversed", n)
	}
	w.lawful()
}

// moody makes decisions that the database refuses, a few times.
type moody struct {
	*witness
	times *int
}

func (j moody) Decide(m ingest.Message, f ingest.Facts) ingest.Decision {
	if *j.times--; *j.times >= 0 {
		return ingest.Decision{To: ingest.Held}
	}
	return j.witness.Decide(m, f)
}

// Conversations of a contact on a chat channel are one chain, in the order in
// which they were opened, whenever their transactions began.
func TestLawConversationsAreOneChain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	ctx := context.Background()
	r := w.replicas[0]
	say := func(visitor, key string) ingest.Receipt {
		a := chat(visitor, key, "hello")
		a.Message.Identities = append(a.Message.Identities, verified("email", "ann@example.com"))
		return w.receive(a)
	}
	w.receive(mail("ann@example.com", "1", "m1"))
	w.settleAll()
	early, late := say("one", "1"), say("two", "1")
	if w.laneOf(early) == w.laneOf(late) {
		t.Fatal("both visitors share a lane: choose others")
	}
	tx := w.begin()
	_, err := tx.Exec(ctx, "select from messages where id = $1 for update", early.Results[0].ID)
	must(t, err)
	settled := make(chan error, 1)
	go func() { _, err := r.settle(ctx, w.laneOf(early), 200); settled <- err }()
	w.blocked(1)
	_, err = r.settle(ctx, w.laneOf(late), 200)
	must(t, err)
	w.closeAll()
	must(t, tx.Commit(ctx))
	must(t, <-settled)
	w.closeAll()
	say("one", "2")
	w.settleAll()
	w.chained()
	w.lawful()
}

// closeAll closes every conversation.
func (w *world) closeAll() {
	w.t.Helper()
	closed := ingest.Closed
	for _, s := range all[string](w, "select id::text from conversations where status <> 'closed'") {
		id, err := ingest.ParseID(s)
		must(w.t, err)
		_, err = w.replicas[0].ChangeConversation(context.Background(), id, ingest.ConversationChange{Status: &closed, Actor: "sam"})
		must(w.t, err)
	}
}

// chained holds that the conversations of a contact on a one-at-a-time channel
// each continue the one before it.
func (w *world) chained() {
	w.t.Helper()
	for _, id := range all[string](w, `
		select id::text from (
		  select id, continues, lag(id) over (partition by contact, channel order by number) as before
		  from conversations where family in ('chat', 'sms')) v
		where continues is distinct from before`) {
		w.t.Errorf("conversation %s does not continue the one before it", id)
	}
}

// A reply does not wait for what its own sender sent later.
func TestLawAReplyDoesNotWaitForItsOwnSender(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	lane := w.laneOf(w.receive(mail("ann@example.com", "2", "m2", "m1"), mail("ann@example.com", "1", "m1")))
	done, err := w.replicas[0].settle(context.Background(), lane, 200)
	must(t, err)
	if done.Decided != 2 {
		t.Errorf("%+v, want both decided", done)
	}
	w.lawful()
}

// A rule that has expired is no rule: the contact's address is blocked anew.
func TestLawAlsoIPSetsAnExpiredRuleAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.receive(chat("ann", "1", "hello"))
	w.settleAll()
	past := time.Now().Add(-time.Minute)
	old := order(ingest.Block, "ip:192.0.2.7")
	old.ExpiresAt = &past
	expired := w.set(old)
	o := order(ingest.Block, "visitor:ann")
	o.Contact, o.AlsoIP = w.contactOf("visitor:ann"), true
	set, err := w.replicas[0].SetRule(context.Background(), o)
	must(t, err)
	if len(set.Also) != 1 || set.Also[0].ID == expired.ID {
		t.Errorf("also set %+v: rule %d has expired", set.Also, expired.ID)
	}
	w.lawful()
}

// Lifting several rules and adding up their hits take them in one order.
func TestLawLiftAndFoldTakeRulesInOneOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	ctx := context.Background()
	r := w.replicas[0]
	one, two := w.set(order(ingest.Block, "visitor:ann")), w.set(order(ingest.Block, "visitor:bob"))
	w.receive(chat("ann", "1", "hello"), chat("bob", "1", "hello"))
	w.settleAll()
	_, err := w.db.Exec(ctx, "update rules set comment = 'moved behind the other' where id = $1", one.ID)
	must(t, err)
	_, err = w.db.Exec(ctx, "analyze rules") // so small a table is read from front to back
	must(t, err)
	tx := w.begin()
	_, err = tx.Exec(ctx, "select from rules where id = $1 for update", two.ID)
	must(t, err)
	done := make(chan error, 2)
	go func() {
		_, err := r.Lift(ctx, ingest.LiftOrder{Rules: []int64{one.ID, two.ID}, Held: ingest.UnblockAll, Actor: "sam"})
		done <- err
	}()
	w.blocked(1)
	go func() { done <- r.Fold(ctx) }()
	w.blocked(2)
	must(t, tx.Commit(ctx))
	must(t, <-done)
	must(t, <-done)
	w.work()
	w.lawful()
}

// Repeats by a chain of further keys all name the one message that stands.
func TestLawRepeatsByAChainOfKeysAreOneMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	a, b, c := chat("ann", "1", "hello"), chat("ann", "1", "hello"), chat("ann", "1", "hello")
	a.Keys, b.Keys, c.Keys = []string{"one", "two"}, []string{"two", "three"}, []string{"three"}
	r := w.receive(a, b, c)
	for i, x := range r.Results {
		if x.ID != r.Results[0].ID || x.Fresh != (i == 0) {
			t.Errorf("result %d is %+v, want a repeat of %s", i, x, r.Results[0].ID)
		}
	}
	w.lawful()
}

// A key that an arrival brings twice is one key.
func TestLawAKeyGivenTwiceIsOneKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	a := chat("ann", "1", "hello")
	a.Keys = []string{"one", "one"}
	if r := w.receive(a); !r.Results[0].Fresh {
		t.Errorf("%+v, want it stored", r)
	}
	if r := w.receive(a); r.Results[0].Fresh {
		t.Errorf("%+v, want a repeat", r)
	}
	w.lawful()
}

// A settle whose lane is taken says so at once: it does not wait for the rows
// of the other.
func TestLawASettleDoesNotWaitForItsLane(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	r := w.replicas[0]
	lane := w.laneOf(w.receive(chat("ann", "1", "hello")))
	slow := pensive{r.witness, make(chan struct{}), make(chan struct{})}
	settled := make(chan error, 1)
	go func() { _, err := r.Settle(context.Background(), lane, 200, slow); settled <- err }()
	<-slow.asked
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	done, err := r.settle(ctx, lane, 200)
	close(slow.answer)
	must(t, <-settled)
	if err != nil || !done.Busy {
		t.Errorf("%+v, %v: want it busy", done, err)
	}
	w.lawful()
}

// pensive takes its time for its one decision.
type pensive struct {
	*witness
	asked, answer chan struct{}
}

func (j pensive) Decide(m ingest.Message, f ingest.Facts) ingest.Decision {
	close(j.asked)
	<-j.answer
	return j.witness.Decide(m, f)
}

// The store names messages: an arrival that brings an id of its own is still
// told from its repeat.
func TestLawARepeatWithAnIDOfItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	a := chat("ann", "1", "hello")
	a.Message.ID = ingest.NewID(time.Now())
	first, second := w.receive(a), w.receive(a)
	if second.Results[0].Fresh || second.Results[0].ID != first.Results[0].ID {
		t.Errorf("%+v, want a repeat of %+v", second, first)
	}
	w.lawful()
}

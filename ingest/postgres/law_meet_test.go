package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"gatehouse/ingest"
)

// together runs do for 0 to n-1 at once.
func together(n int, do func(i int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			do(i)
		})
	}
	close(start)
	wg.Wait()
}

// Whoever comes first under a key is the message; each other content is one
// dead message, however often and by however many it is sent.
func TestLawOneKeyStandsForOneContent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	for round := range 10 {
		ids := make([]ingest.ID, 8)
		together(len(ids), func(i int) {
			a := chat("ann", fmt.Sprint("key", round), fmt.Sprint("words ", i%4))
			r, err := w.replicas[i%2].Receive(ctx, ingest.Batch{Arrivals: []ingest.Arrival{a}})
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = r.Results[0].ID
		})
		different := map[ingest.ID]bool{}
		for i, id := range ids {
			if id != ids[i%4] || id.IsZero() {
				t.Errorf("the same words are %s and %s", id, ids[i%4])
			}
			different[id] = true
		}
		if len(different) != 4 {
			t.Errorf("%d messages of 4 contents", len(different))
		}
	}
	if n := w.states(); n["received"] != 10 || n["dead"] != 30 {
		t.Errorf("%v, want 10 received, 30 dead", n)
	}
	w.lawful()
}

// Batches that share keys, in whatever order they bring them, wait for each
// other and never in a circle.
func TestLawBatchesTakeKeysInOneOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	for round := range 5 {
		var batch []ingest.Arrival
		for i := range 40 {
			batch = append(batch, chat("ann", fmt.Sprintf("%d-%d", round, i), "hello"))
		}
		together(6, func(i int) {
			mixed := slices.Clone(batch)
			rand.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
			if _, err := w.replicas[i%2].Receive(ctx, ingest.Batch{Arrivals: mixed}); err != nil {
				t.Error(err)
			}
		})
	}
	if n := w.states(); n["received"] != 200 {
		t.Errorf("%v, want 200 received", n)
	}
	w.lawful()
}

// Of pollers that go on from one place one gets through, whatever they bring.
func TestLawOnePollerMovesTheCursor(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	lease, err := w.replicas[0].Acquire(ctx, "mail", "all", time.Hour)
	must(t, err)
	_, err = w.replicas[0].Cursor(ctx, "mail", "INBOX", lease.Token)
	must(t, err)
	at, stored := 0, 0
	for range 10 {
		moved := make(chan int, 4)
		together(cap(moved), func(i int) {
			b := ingest.Batch{Move: &ingest.Move{Channel: "mail", Mailbox: "INBOX", From: placeOf(at), To: strconv.Itoa(at + i + 1), Fence: lease.Token, Era: 1}}
			for n := at + 1; n <= at+i+1; n++ {
				b.Arrivals = append(b.Arrivals, mail("ann@example.com", fmt.Sprint(n), fmt.Sprint("m", n)))
			}
			if _, err := w.replicas[i%2].Receive(ctx, b); err == nil {
				moved <- i + 1
			} else if !errors.Is(err, ingest.ErrFenced) {
				t.Error(err)
			}
		})
		if len(moved) != 1 {
			t.Fatalf("%d pollers moved the cursor from %d", len(moved), at)
		}
		at += <-moved
		if stored = ask[int](w, "select count(*) from messages"); stored != at {
			t.Fatalf("the cursor is at %d, %d mails are stored", at, stored)
		}
	}
	w.lawful()
}

// placeOf is a cursor's place; none before the first.
func placeOf(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// A poller that lost its lease while its batch was on its way: its successor
// goes on behind what was committed.
func TestLawALostLeaseLosesNoMail(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	slow, line := w.wiredReplica()
	old, err := slow.Acquire(ctx, "mail", "old", time.Millisecond)
	must(t, err)
	_, err = slow.Cursor(ctx, "mail", "INBOX", old.Token)
	must(t, err)
	move := &ingest.Move{Channel: "mail", Mailbox: "INBOX", To: "1", Fence: old.Token, Era: 1}
	stop := line.stop("commit")
	polled := make(chan error, 1)
	go func() {
		_, err := slow.Receive(ctx, ingest.Batch{Arrivals: []ingest.Arrival{mail("ann@example.com", "1", "m1")}, Move: move})
		polled <- err
	}()
	<-stop.reached
	at := make(chan string, 1)
	go func() {
		lease, err := w.replicas[0].Acquire(ctx, "mail", "new", time.Hour)
		if err == nil {
			var place string
			place, err = w.replicas[0].Cursor(ctx, "mail", "INBOX", lease.Token)
			at <- place
		}
		if err != nil {
			t.Error(err)
			at <- ""
		}
	}()
	w.blocked(1)
	close(stop.release)
	must(t, <-polled)
	if place := <-at; place != "1" {
		t.Errorf("the successor begins at %q, want behind mail 1", place)
	}
	move.From, move.To = "1", "2"
	if _, err := slow.Receive(ctx, ingest.Batch{Move: move}); !errors.Is(err, ingest.ErrFenced) {
		t.Errorf("the old token: %v, want ErrFenced", err)
	}
	w.lawful()
}

// What pollers find again after UIDVALIDITY changed is used up one to one,
// however they meet, and equal mails stay as many as they are.
func TestLawMailsAreRecognisedOneToOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	lease, err := w.replicas[0].Acquire(ctx, "mail", "all", time.Hour)
	must(t, err)
	at, err := w.replicas[0].Cursor(ctx, "mail", "INBOX", lease.Token)
	must(t, err)
	// A mailbox has three contents by turns; uid counts from 1 in each era.
	batch := func(era, uid, n int) (b ingest.Batch) {
		for ; n > 0; uid, n = uid+1, n-1 {
			m := mail("ann@example.com", fmt.Sprintf("%d-%d", era, uid), fmt.Sprint("same", uid%3))
			m.Raw = []byte(m.Message.Thread)
			m.Prints[0].Hash = ingest.Sum(m.Message.Thread)
			b.Arrivals = append(b.Arrivals, m)
		}
		return b
	}
	poll := func(r *replica, era int64, from, to string, b ingest.Batch) error {
		b.Move = &ingest.Move{Channel: "mail", Mailbox: "INBOX", From: from, To: to, Fence: lease.Token, Era: era, Recheck: era > 1}
		_, err := r.Receive(ctx, b)
		return err
	}
	must(t, poll(w.replicas[0], 1, at, "1/6", batch(1, 1, 6)))
	at = "1/6"
	for uid := 1; uid <= 9; uid += 3 {
		next := fmt.Sprintf("2/%d", uid+2)
		together(4, func(i int) {
			if err := poll(w.replicas[i%2], 2, at, next, batch(2, uid, 3)); err != nil && !errors.Is(err, ingest.ErrFenced) {
				t.Error(err)
			}
		})
		at = next
	}
	if n := ask[int](w, "select count(*) from messages"); n != 9 {
		t.Errorf("%d messages, want the 6 known and 3 new", n)
	}
	for era, want := range map[int]int{1: 6, 2: 9} {
		named := map[ingest.ID]bool{}
		keys := w.byKey()
		for uid := 1; uid <= want; uid++ {
			named[keys[string(keyHash(fmt.Sprintf("mail/%d-%d", era, uid)))].id] = true
		}
		if len(named) != want {
			t.Errorf("era %d: %d keys name %d messages", era, want, len(named))
		}
	}
	w.lawful()
}

// An order about a ticket takes all that was held when it was given, and
// nothing that came later, while messages arrive.
func TestLawAnOrderTakesWhatWasThere(t *testing.T) {
	t.Parallel()
	for name, order := range map[string]func(*replica, ingest.TicketOrder) (int64, error){
		"release": func(r *replica, o ingest.TicketOrder) (int64, error) { return r.ReleaseTickets(ctx, o) },
		"delete":  func(r *replica, o ingest.TicketOrder) (int64, error) { return r.DeleteTickets(ctx, o) },
	} {
		t.Run(name, func(t *testing.T) { takeWhatWasThere(t, order) })
	}
}

func takeWhatWasThere(t *testing.T, give func(*replica, ingest.TicketOrder) (int64, error)) {
	w := newWorld(t, 2)
	w.set(order(ingest.Block, "visitor:ann"))
	w.receive(chat("ann", "0", "hello"))
	w.settleAll()
	ticket, err := ingest.ParseID(ask[string](w, "select id::text from tickets"))
	must(t, err)
	var held, sent sync.Map // message to the moment after it was held, before it was sent
	writing, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		for n := 1; writing.Err() == nil; n++ {
			began := w.tick()
			r := w.receive(chat("ann", strconv.Itoa(n), "hello"))
			sent.Store(r.Results[0].ID, began)
			w.settleAll()
			held.Store(r.Results[0].ID, w.tick())
		}
	})
	until(t, "some are held", func() bool { return ask[int](w, "select messages from tickets where id = $1", ticket) > 3 })
	before := w.tick()
	job, err := give(w.replicas[1], ingest.TicketOrder{Tickets: []ingest.ID{ticket}, Actor: "sam"})
	must(t, err)
	after := w.tick()
	until(t, "more are held", func() bool { return ask[int](w, "select count(*) from messages") > 10 })
	until(t, "the job is done", func() bool {
		_, err := w.replicas[1].StepJobs(ctx, 2)
		must(t, err)
		return ask[int](w, "select count(*) from jobs where state = 'done'") == 1
	})
	cancel()
	wg.Wait()
	taken := map[ingest.ID]bool{}
	for _, id := range all[[16]byte](w, "select distinct message from transitions where job = $1", job) {
		taken[id] = true
	}
	held.Range(func(id, at any) bool {
		if at.(int64) < before && !taken[id.(ingest.ID)] {
			t.Errorf("message %s was there and was not taken", id)
		}
		return true
	})
	sent.Range(func(id, at any) bool {
		if at.(int64) > after && taken[id.(ingest.ID)] {
			t.Errorf("message %s came later and was taken", id)
		}
		return true
	})
	w.lawful()
}

// A lift without a choice, while a message is on its way to being held: either
// it asks, or nothing is held.
func TestLawALiftAsksOrNothingIsHeld(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	w.replicas[0].Slowly(2 * time.Millisecond)
	asked, round := 0, 0
	for ; round < 30 || asked == 0 || asked == round; round++ {
		if round == 1000 {
			t.Fatalf("asked in %d of %d rounds: they never met both ways", asked, round)
		}
		if w.liftWhileHeld(fmt.Sprint("v", round)) {
			asked++
		}
	}
	t.Logf("asked in %d of %d rounds", asked, round)
	w.settleAll()
	w.lawful()
}

// liftWhileHeld reports whether the lift asked.
func (w *world) liftWhileHeld(visitor string) bool {
	w.t.Helper()
	rule := w.set(order(ingest.Block, "visitor:"+visitor))
	lane := w.laneOf(w.receive(chat(visitor, "1", "hello")))
	var settled, lifted error
	together(2, func(i int) {
		time.Sleep(rand.N(4 * time.Millisecond))
		if i == 0 {
			_, settled = w.replicas[0].settle(ctx, lane, 200)
			return
		}
		_, lifted = w.replicas[1].Lift(ctx, ingest.LiftOrder{Rules: []int64{rule.ID}, Actor: "sam"})
	})
	must(w.t, settled)
	var choice *ingest.HeldChoiceError
	if !errors.As(lifted, &choice) {
		must(w.t, lifted)
	} else if choice.Held != 1 || choice.Tickets != 1 || choice.Unopened != 1 {
		w.t.Errorf("%+v, want 1 message held", choice)
	}
	held := ask[bool](w, "select exists (select from messages where state = 'held' and rule = $1)", rule.ID)
	stands := ask[bool](w, "select lifted_at is null from rules where id = $1", rule.ID)
	if held != stands || stands != (choice != nil) {
		w.t.Errorf("held: %v, the rule stands: %v, it asked: %v", held, stands, choice != nil)
	}
	return choice != nil
}

// No decision straddles a change of the rules: who changes them waits for the
// settles that have begun.
func TestLawNoDecisionStraddlesAChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	r := w.replicas[0]
	stands := w.set(order(ingest.Block, "visitor:eve"))
	for name, change := range map[string]func() error{
		"set": func() error { _, err := r.SetRule(ctx, order(ingest.Block, "visitor:ann")); return err },
		"lift": func() error {
			_, err := r.Lift(ctx, ingest.LiftOrder{Rules: []int64{stands.ID}, Actor: "sam"})
			return err
		},
		"settings": func() error {
			_, _, err := r.SetSettings(ctx, 0, "sam", func(s *ingest.Settings) error { s.BotEnabled = true; return nil })
			return err
		},
	} {
		lane := w.laneOf(w.receive(chat("ann", name, "hello")))
		slow := pensive{r.witness, make(chan struct{}), make(chan struct{})}
		settled, changed := make(chan error, 1), make(chan error, 1)
		go func() { _, err := r.Settle(ctx, lane, 200, slow); settled <- err }()
		<-slow.asked
		go func() { changed <- change() }()
		until(t, "the change waits", func() bool { return w.waiting() > 0 || len(changed) > 0 })
		if len(changed) > 0 {
			t.Errorf("%s: changed under a decision", name)
		}
		close(slow.answer)
		must(t, <-settled)
		must(t, <-changed)
	}
	w.settleAll()
	w.lawful()
}

// Two addresses of one contact lie in two lanes: their settles meet at the
// contact, and what they hold or open is one.
func TestLawLanesMeetAtTheirContact(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	r := w.replicas[0]
	meet := func(key string) {
		t.Helper()
		var lanes []int
		for _, visitor := range []string{"one", "two"} {
			a := chat(visitor, key, "hello")
			a.Message.Identities = append(a.Message.Identities, verified("email", "ann@example.com"))
			lanes = append(lanes, w.laneOf(w.receive(a)))
		}
		slow := pensive{r.witness, make(chan struct{}), make(chan struct{})}
		settled := make(chan error, 2)
		go func() { _, err := r.Settle(ctx, lanes[0], 200, slow); settled <- err }()
		<-slow.asked
		go func() { _, err := r.settle(ctx, lanes[1], 200); settled <- err }()
		w.blocked(1)
		close(slow.answer)
		must(t, <-settled)
		must(t, <-settled)
	}
	w.receive(mail("ann@example.com", "1", "m1"))
	w.settleAll()
	meet("opened")
	if n := ask[int](w, "select count(*) from conversations where family = 'chat'"); n != 1 {
		t.Errorf("%d conversations, want 1", n)
	}
	w.set(order(ingest.Block, "email:ann@example.com"))
	meet("held")
	if n := ask[int](w, "select count(*) from tickets"); n != 1 {
		t.Errorf("%d tickets, want 1", n)
	}
	w.lawful()
}

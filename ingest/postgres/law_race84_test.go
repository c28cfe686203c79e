package postgres_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"gatehouse/ingest"
)

// The races of supervisors with each other, with what arrives and with jobs
// under way, under the letters that the catalogue of faults gives them. 84g,
// a contact merged or erased during a replay, waits for merging and erasing;
// 84l is in law_race84_sql_test.go.

func TestRace84aUnblockAllTwice(t *testing.T) { t.Parallel(); besiege(t, 2, unblockAllTwice) }
func TestRace84bDeleteAllDuringUnblockAll(t *testing.T) {
	t.Parallel()
	besiege(t, 2, deleteAllDuringUnblockAll)
}
func TestRace84bUnblockAllAndDeleteAllAtOnce(t *testing.T) {
	t.Parallel()
	besiege(t, 2, bothChoicesAtOnce)
}
func TestRace84cArrivalsDuringUnblockAll(t *testing.T) {
	t.Parallel()
	besiege(t, 2, arrivalsDuringUnblockAll)
}
func TestRace84eBlockUnblockBlock(t *testing.T)    { t.Parallel(); besiege(t, 2, blockUnblockBlock) }
func TestRace84fBanDuringReplay(t *testing.T)      { t.Parallel(); besiege(t, 2, banDuringReplay) }
func TestRace84hRoleLostInTheMiddle(t *testing.T)  { t.Parallel(); besiege(t, 1, roleLostInTheMiddle) }
func TestRace84jRedeliveryAfterPurge(t *testing.T) { t.Parallel(); besiege(t, 2, redeliveryAfterPurge) }

// lifts lets a supervisor lift rules; somebody else may have been quicker.
func (s *siege) lifts(r *replica, held ingest.HeldChoice, rules ...int64) ingest.Lifted {
	l, err := r.Lift(ctx, ingest.LiftOrder{Rules: rules, Held: held, Actor: "sam"})
	if err != nil && !errors.Is(err, ingest.ErrNotFound) {
		s.t.Error(err)
	}
	return l
}

// 84a: two supervisors, or one with a quick finger, choose Unblock All: it is
// one job, and each message converses once.
func unblockAllTwice(s *siege) {
	rule := s.hold(60)
	jobs := make(chan int64, 4)
	again := func(r *replica) { jobs <- s.lifts(r, ingest.UnblockAll, rule).Job }
	s.under(again, again, again, again)
	close(jobs)
	named := map[int64]bool{}
	for job := range jobs {
		named[job] = true
	}
	if delete(named, 0); len(named) != 1 || ask[int](s.world, "select count(*) from jobs") != 1 {
		s.t.Errorf("jobs %v, want one", named)
	}
	s.every("what was held", atFirst, func(e end) bool {
		return e.state == ingest.Conversed && slices.Equal(e.moves, []string{"received", "conversed"})
	})
	s.every("what came meanwhile", meanwhile, is(ingest.Conversed))
}

// 84b: while a contact's Unblock All runs, the contact is blocked anew and
// unblocked with Delete All. That waits: what the first took converses, and
// what the second block held is deleted.
func deleteAllDuringUnblockAll(s *siege) {
	s.hold(30)
	s.lifts(s.replicas[0], ingest.UnblockAll, ask[int64](s.world, "select max(id) from rules"))
	s.work()
	contact := s.contactOf("visitor:v1")
	kinds := []ingest.RuleKind{ingest.Block}
	lift := func(r *replica, held ingest.HeldChoice) int64 {
		l, err := r.Lift(ctx, ingest.LiftOrder{Contact: contact, Kinds: kinds, Held: held, Actor: "sam"})
		must(s.t, err)
		return l.Job
	}
	var of [2]int64 // the jobs
	first := s.set(order(ingest.Block, "contact:"+contact.String())).ID
	for range 40 {
		s.write(s.replicas[1], "v1")
	}
	s.settleAll()
	choices := []ingest.HeldChoice{ingest.UnblockAll, ingest.DeleteAll}
	if s.IntN(2) == 0 {
		slices.Reverse(choices)
	}
	s.under(func(r *replica) {
		of[0] = lift(r, choices[0])
		second := s.set(order(ingest.Block, "contact:"+contact.String())).ID
		until(s.t, "the second block holds something", func() bool {
			s.write(r, "v1")
			return ask[bool](s.world, "select exists (select from messages where state = 'held' and rule = $1)", second)
		})
		of[1] = lift(r, choices[1])
	})
	s.work()
	if of[0] == of[1] || of[0] == 0 || of[1] == 0 {
		s.t.Errorf("jobs %v, want two", of)
	}
	went := map[string]int{}
	for i, choice := range choices {
		for _, way := range all[string](s.world, `select distinct to_state::text from transitions where job = $1 and from_state = 'held'`, of[i]) {
			went[fmt.Sprint(choice, " ", way)]++
		}
	}
	if len(went) != 2 || went["unblock_all received"] != 1 || went["delete_all purged"] != 1 {
		s.t.Errorf("the jobs moved what they took to %v", went)
	}
	if n := ask[int](s.world, "select count(*) from messages where state = 'held'"); n > 0 {
		s.t.Errorf("%d messages are held under no block, rule %d was the first", n, first)
	}
}

// 84b: both at once: the rule is lifted once, and all that it held goes one way.
func bothChoicesAtOnce(s *siege) {
	rule := s.hold(60)
	lead := time.Duration(s.IntN(3)) * time.Millisecond
	chosen := make(chan ingest.HeldChoice, 2)
	choose := func(held ingest.HeldChoice, wait time.Duration) func(*replica) {
		return func(r *replica) {
			time.Sleep(wait)
			if l := s.lifts(r, held, rule); l.Rules != nil {
				chosen <- held
			}
		}
	}
	s.under(choose(ingest.UnblockAll, lead), choose(ingest.DeleteAll, 2*time.Millisecond-lead))
	close(chosen)
	if len(chosen) != 1 {
		s.t.Fatalf("%d lifted the rule", len(chosen))
	}
	way := map[ingest.HeldChoice]ingest.State{ingest.UnblockAll: ingest.Conversed, ingest.DeleteAll: ingest.Purged}[<-chosen]
	s.every("what was held", atFirst, is(way))
	s.every("what came meanwhile", meanwhile, is(ingest.Conversed, way))
}

// 84c: what arrives while Unblock All runs is not held by what was lifted.
func arrivalsDuringUnblockAll(s *siege) {
	rule := s.hold(60)
	var lifted int64
	s.under(func(r *replica) {
		time.Sleep(time.Duration(s.IntN(10)) * time.Millisecond)
		s.lifts(r, ingest.UnblockAll, rule)
		lifted = s.tick()
		until(s.t, "the job is done", func() bool { return ask[bool](s.world, "select bool_and(state = 'done') from jobs") })
	})
	s.every("all", func(end) bool { return true }, is(ingest.Conversed))
	s.every("what was sent after the lift", func(e end) bool { return e.began > lifted }, func(e end) bool { return len(e.moves) == 0 })
}

// 84e: block, unblock and block again within milliseconds, with a hundred
// messages in flight. Each is where the rules of the moment it was decided put
// it, and what the end put back is held by the rule that stands.
func blockUnblockBlock(s *siege) {
	for i := range 100 {
		s.write(s.replicas[0], visitor(i%besiegers)).first = true
	}
	var first, last int64
	var began, stood int64
	s.under(func(r *replica) {
		time.Sleep(time.Duration(s.IntN(4)) * time.Millisecond)
		began = s.tick()
		first = s.set(order(ingest.Block, besieged)).ID
		s.lifts(r, ingest.UnblockAll, first)
		last = s.set(order(ingest.Block, besieged)).ID
		stood = s.tick()
	})
	s.every("all", func(end) bool { return true }, func(e end) bool {
		at, _ := s.judged.Load(e.id)
		switch decided := at.(int64); {
		case e.state == ingest.Held:
			return e.rule == last && decided > began
		case decided > stood:
			return false // a block stood
		}
		return e.state == ingest.Conversed
	})
}

// 84f: a ban set while a replay runs is obeyed: of those it means nothing
// converses any more. What was released is held by it, with its words, and
// only what is new is refused.
func banDuringReplay(s *siege) {
	rule := s.hold(80)
	var ban, stood int64
	s.under(func(r *replica) {
		s.lifts(r, ingest.UnblockAll, rule)
		time.Sleep(time.Duration(s.IntN(15)) * time.Millisecond)
		ban = s.set(order(ingest.Ban, "visitor:v3")).ID
		stood = s.tick()
		until(s.t, "the job is done", func() bool { return ask[bool](s.world, "select bool_and(state = 'done') from jobs") })
		s.write(r, "v3")
	})
	s.every("what the ban does not mean", func(e end) bool { return e.visitor != "v3" }, is(ingest.Conversed))
	s.every("what was held of the banned", func(e end) bool { return e.first && e.visitor == "v3" }, func(e end) bool {
		return e.state == ingest.Conversed || e.state == ingest.Held && e.rule == ban
	})
	s.every("what the banned sent later", func(e end) bool { return e.visitor == "v3" && e.began > stood }, func(e end) bool {
		return e.state == ingest.Refused && e.rule == ban
	})
}

// 84h: who started a job loses the right to: it goes on as it was recorded, and
// says who began it.
func roleLostInTheMiddle(s *siege) {
	rule := s.hold(60)
	token, err := s.replicas[0].CreateToken(ctx, ingest.TokenOrder{Name: "sam", Role: ingest.RoleSupervisor, Actor: "ann"})
	must(s.t, err)
	s.under(func(r *replica) {
		job := s.lifts(r, ingest.UnblockAll, rule).Job
		must(s.t, r.RevokeToken(ctx, token.ID, "ann"))
		if _, err := r.TokenOf(ctx, token.Secret); err == nil {
			s.t.Error("the token is good for more")
		}
		until(s.t, "the job is done", func() bool {
			return ask[string](s.world, "select state || ' for ' || created_by from jobs where id = $1", job) == "done for sam"
		})
	})
	s.every("what was held", atFirst, is(ingest.Conversed))
	if n := ask[int](s.world, "select count(*) from audit where actor = 'sam' and action in ('rule.lift', 'job.start')"); n != 2 {
		s.t.Errorf("the audit has %d entries of sam, want the lift and the job", n)
	}
}

// 84j: a provider sends again what was deleted, or is being: it is a repeat,
// and nothing comes back.
func redeliveryAfterPurge(s *siege) {
	rule := s.hold(60)
	sent := map[ingest.ID]ingest.Arrival{}
	for id, x := range s.sent {
		sent[id] = x.arrival
	}
	again := func(r *replica) {
		for id, a := range sent {
			got, err := r.Receive(ctx, ingest.Batch{Arrivals: []ingest.Arrival{a}})
			if err != nil || got.Results[0].Fresh || got.Results[0].ID != id {
				s.t.Errorf("%v again: %+v, %v, want a repeat of %s", a.Keys, got, err, id)
			}
		}
	}
	s.under(again, again, func(r *replica) { s.lifts(r, ingest.DeleteAll, rule) })
	s.work()
	again(s.replicas[0])
	s.every("what was held", atFirst, is(ingest.Purged))
	if n := ask[int](s.world, "select count(*) from raw r join messages m on m.id = r.message where m.state = 'purged'"); n > 0 {
		s.t.Errorf("%d deleted messages have words", n)
	}
}

package postgres

import (
	"context"
	"errors"
	"testing"
	"time"

	"gatehouse/ingest"
)

// What a ban refuses by header keeps its author and nothing else.
func TestRefusedByHeaderKeepsNoSubject(t *testing.T) {
	s, ctx := open(t), context.Background()
	set, err := s.SetRule(ctx, order(ingest.Ban, ingest.Target{Kind: "email", Value: "ann@example.com"}))
	must(t, err)
	bare := mail("ann@example.com", "m1", "plantedword", "m0")
	bare.Raw, bare.Refused, bare.Note = nil, set.Rule.ID, "plantedword"
	receive(t, s, bare)
	if where := grep(t, s, "plantedword"); len(where) > 0 {
		t.Errorf("the subject of a refused mail is in %v", where)
	}
	lawful(t, s)
	_, err = s.pool.Exec(ctx, `update messages set envelope = envelope || '{"subject":"x"}'`)
	must(t, err)
	if v, err := s.Verify(ctx, time.Time{}); err != nil || len(v.Violations) != 1 {
		t.Errorf("verify does not see content of a refused message: %+v %v", v, err)
	}
}

// A ticket says what holds the newest message that is left in it.
func TestATicketNamesWhatHoldsItsNewestMessage(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	first, err := s.SetRule(ctx, order(ingest.Block, visitorAnn))
	must(t, err)
	receive(t, s, chat("ann", "1", "one"))
	settleAll(t, s, j)
	_, err = s.Lift(ctx, ingest.LiftOrder{Rules: []int64{first.Rule.ID}, Held: ingest.KeepHeld, Actor: "sam"})
	must(t, err)
	second, err := s.SetRule(ctx, order(ingest.Blacklist, visitorAnn))
	must(t, err)
	receive(t, s, chat("ann", "2", "two"))
	settleAll(t, s, j)
	lawful(t, s)
	_, err = s.Lift(ctx, ingest.LiftOrder{Rules: []int64{second.Rule.ID}, Held: ingest.DeleteAll, Actor: "sam"})
	must(t, err)
	work(t, s, j)
	lawful(t, s)
	if n := count(t, s, "select rule from tickets where messages = 1"); int64(n) != first.Rule.ID {
		t.Errorf("the ticket names rule %d, want %d", n, first.Rule.ID)
	}
}

// An expired block that was set anew still holds messages: a lift of the
// contact's blocks asks for them and takes them along.
func TestALiftTakesWhatAnExpiredBlockHolds(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	receive(t, s, chat("ann", "0", "hello"))
	settleAll(t, s, j)
	var contact ingest.ID
	must(t, s.pool.QueryRow(ctx, "select contact from identities").Scan(&contact))
	block := order(ingest.Block, ingest.Target{Kind: "contact", Value: contact.String()})
	soon := time.Now().Add(time.Hour)
	block.ExpiresAt = &soon
	_, err := s.SetRule(ctx, block)
	must(t, err)
	receive(t, s, chat("ann", "1", "held by the first"))
	settleAll(t, s, j)
	s.now = func() time.Time { return soon.Add(time.Minute) }
	block.ExpiresAt = nil
	again, err := s.SetRule(ctx, block)
	must(t, err)
	if !again.Fresh {
		t.Fatal("the first has expired: the second is a rule of its own")
	}
	lift := ingest.LiftOrder{Contact: contact, Kinds: []ingest.RuleKind{ingest.Block}, Actor: "sam"}
	var choice *ingest.HeldChoiceError
	if _, err := s.Lift(ctx, lift); !errors.As(err, &choice) || choice.Held != 1 {
		t.Fatalf("what the expired block holds is not asked for: %v", err)
	}
	lift.Held = ingest.DeleteAll
	_, err = s.Lift(ctx, lift)
	must(t, err)
	work(t, s, j)
	lawful(t, s)
	if a := account(t, s, "chat"); a.Held != 0 || a.Purged != 1 {
		t.Errorf("account %+v", a)
	}
}

// Released history is there to be read: its conversation is live, so the log
// tells of it.
func TestReleasedHistoryIsTold(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	set, err := s.SetRule(ctx, order(ingest.Block, ingest.Target{Kind: "email", Value: "ann@example.com"}))
	must(t, err)
	old := mail("ann@example.com", "m1", "old")
	old.Message.Historic = true
	receive(t, s, old)
	settleAll(t, s, j)
	_, err = s.Lift(ctx, ingest.LiftOrder{Rules: []int64{set.Rule.ID}, Held: ingest.UnblockAll, Actor: "sam"})
	must(t, err)
	work(t, s, j)
	if n := count(t, s, "select count(*) from events where type in ('conversation.opened', 'message.conversed')"); n != 2 {
		t.Errorf("%d events, want 2", n)
	}
}

// panicky panics over one sender's messages.
type panicky struct{ testJudge }

func (j *panicky) Decide(m ingest.Message, f ingest.Facts) ingest.Decision {
	if m.From.Value == "ann" {
		panic("no")
	}
	return j.testJudge.Decide(m, f)
}

func TestADecisionThatPanicsStopsNobodyElse(t *testing.T) {
	s, j := open(t), &panicky{}
	for _, who := range []string{"ann", "bob", "cid"} {
		receive(t, s, chat(who, "1", "hello"))
	}
	settleAll(t, s, j)
	if a := account(t, s, "chat"); a.Dead != 1 || a.Conversed != 2 {
		t.Errorf("account %+v, want 1 dead, 2 conversed", a)
	}
	lawful(t, s)
}

// One job that the database refuses to step must not stop the next, and fails
// after several tries; what it leaves is then kept. Retried, it goes on.
func TestAJobThatFailsStopsNoOther(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	var ahead time.Duration
	s.now = func() time.Time { return time.Now().Add(ahead) }
	var jobs []int64
	for _, who := range []string{"ann", "bob"} {
		set, err := s.SetRule(ctx, order(ingest.Block, ingest.Target{Kind: "visitor", Value: who}))
		must(t, err)
		receive(t, s, chat(who, "1", "hello"))
		settleAll(t, s, j)
		lifted, err := s.Lift(ctx, ingest.LiftOrder{Rules: []int64{set.Rule.ID}, Held: ingest.DeleteAll, Actor: "sam"})
		must(t, err)
		jobs = append(jobs, lifted.Job)
	}
	must(t, run(s, `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'plantedword' using errcode = 'check_violation'; end $$;
		create trigger refuse before update of purged on jobs for each row when (old.id = 1) execute function refuse()`))
	for try := range maxStrikes {
		if _, err := s.StepJobs(ctx, 10); err == nil {
			t.Errorf("try %d: the refused step is not reported", try)
		}
		if _, err := s.StepJobs(ctx, 10); err != nil && try < maxStrikes-1 {
			t.Errorf("try %d: stepped again at once: %v", try, err)
		}
		ahead += time.Minute
	}
	if n := count(t, s, "select count(*) from jobs where state = 'done' and id = $1", jobs[1]); n != 1 {
		t.Error("the second job did not run")
	}
	failed, err := s.Job(ctx, jobs[0])
	must(t, err)
	if failed.State != ingest.JobFailed || failed.Error != "sqlstate 23514" || failed.FinishedAt == nil {
		t.Errorf("job %+v, want it failed", failed)
	}
	if n := count(t, s, "select count(*) from events where type = 'job.failed' and data->>'error' = 'sqlstate 23514'"); n != 1 {
		t.Errorf("%d events of the failure, want 1", n)
	}
	lawful(t, s)
	must(t, run(s, "drop trigger refuse on jobs"))
	must(t, s.RetryJob(ctx, jobs[0], "sam"))
	work(t, s, j)
	if done, err := s.Job(ctx, jobs[0]); err != nil || done.State != ingest.JobDone || done.Purged != 1 || done.Error != "" {
		t.Errorf("retried: %+v, %v", done, err)
	}
	lawful(t, s)
}

func run(s *Store, sql string) error {
	_, err := s.pool.Exec(context.Background(), sql)
	return err
}

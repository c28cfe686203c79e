package postgres

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"gatehouse/ingest"
)

var (
	annsMail  = ingest.Target{Kind: "email", Value: "ann@example.com"}
	pollers   = []string{"imap"}
	wholeMail = func(n int) ingest.Arrival {
		return mail("ann@example.com", fmt.Sprint("m", n), fmt.Sprint("question ", n))
	}
	contentMail = func(n int) ingest.Hash { return ingest.Sum("content", fmt.Sprint(n)) }
)

// bareMail is the nth mail as its header alone tells it.
func bareMail(n int, ban int64) ingest.Arrival {
	a := wholeMail(n)
	a.Raw, a.Refused, a.Content = nil, ban, contentMail(n)
	a.Prints = nil
	return a
}

func readMail(n int) ingest.Arrival {
	a := wholeMail(n)
	a.Content = contentMail(n)
	return a
}

// refused has a ban refuse n mails by their headers, and lifts it.
func refused(t *testing.T, s *Store, n int) int64 {
	t.Helper()
	ctx := context.Background()
	set, err := s.SetRule(ctx, order(ingest.Ban, annsMail))
	must(t, err)
	var as []ingest.Arrival
	for i := range n {
		as = append(as, bareMail(i, set.Rule.ID))
	}
	receive(t, s, as...)
	lifted(t, s, set.Rule.ID)
	return set.Rule.ID
}

func lifted(t *testing.T, s *Store, rule int64) {
	t.Helper()
	_, err := s.Lift(context.Background(), ingest.LiftOrder{Rules: []int64{rule}, Actor: "sam"})
	must(t, err)
}

func refetchJob(t *testing.T, s *Store, rule int64) (int64, ingest.RefetchPart) {
	t.Helper()
	ctx := context.Background()
	job, err := s.Refetch(ctx, ingest.RefetchOrder{Rule: rule, Sources: pollers, Actor: "sam"})
	must(t, err)
	p, err := s.NextRefetch(ctx, "mail")
	must(t, err)
	if p.Job != job || p.Rule != rule || p.Since.IsZero() || time.Since(p.Since) > 2*time.Hour {
		t.Fatalf("part %+v of job %d", p, job)
	}
	return job, p
}

func jobIs(t *testing.T, s *Store, id int64, want string) {
	t.Helper()
	j, err := s.Job(context.Background(), id)
	must(t, err)
	got := fmt.Sprintf("%s %s %s total %d released %d skipped %d %v", j.Kind, j.Scope, j.State, j.Total, j.Released, j.Skipped, j.SkippedWhy)
	if got != want {
		t.Errorf("job is\n%s\nwant\n%s", got, want)
	}
}

func TestRefetchReceivesAgainWhatWasRefused(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	rule := refused(t, s, 150)
	job, p := refetchJob(t, s, rule)
	var keys []string
	for i := range 151 {
		keys = append(keys, readMail(i).Keys[0])
	}
	wants, err := s.WantedKeys(ctx, p, keys)
	must(t, err)
	got := map[ingest.Want]int{}
	for _, w := range wants {
		got[w]++
	}
	if got[ingest.Wanted] != 100 || got[ingest.Unheard] != 51 {
		t.Fatalf("wants %v", got)
	}
	var as []ingest.Arrival
	for i := range 148 { // two are gone from the source
		as = append(as, readMail(i))
	}
	for range 2 { // the process died, and began again
		_, err := s.Refetched(ctx, p, ingest.Batch{Arrivals: as})
		must(t, err)
		lawful(t, s)
	}
	if n := count(t, s, "select count(*) from messages where state = 'received'"); n != 148 {
		t.Fatalf("%d received", n)
	}
	must(t, s.EndRefetch(ctx, p, nil))
	must(t, s.EndRefetch(ctx, p, nil))
	work(t, s, j)
	jobIs(t, s, job, fmt.Sprintf("refetch rule:%d done total 150 released 148 skipped 2 map[gone:2]", rule))
	lawful(t, s)
	if a := account(t, s, "mail"); a.Accepted != 150 || a.Conversed != 148 || a.Refused != 2 {
		t.Errorf("account %+v", a)
	}
	m, err := s.Messages(ctx, ingest.MessageFilter{Part: ingest.Part{Limit: 200}, Channel: "mail"})
	must(t, err)
	if len(m.Items) != 148 || m.Items[0].Text == "" || m.Items[0].RawBytes == 0 {
		t.Errorf("%d messages, the last %+v", len(m.Items), m.Items[0])
	}
	if _, err := s.Refetch(ctx, ingest.RefetchOrder{Rule: rule, Sources: []string{"chat"}, Actor: "sam"}); err != nil {
		t.Errorf("two are still refused: %v", err)
	}
}

func TestRefetchTakesNoMoreThanWasRefused(t *testing.T) {
	s, ctx := open(t), context.Background()
	rule := refused(t, s, 110)
	_, p := refetchJob(t, s, rule)
	var as []ingest.Arrival
	for i := range 130 { // somebody moved other mail of hers there
		as = append(as, readMail(i))
	}
	_, err := s.Refetched(ctx, p, ingest.Batch{Arrivals: as})
	must(t, err)
	if n := count(t, s, "select count(*) from messages"); n != 110 {
		t.Errorf("%d messages, 110 were refused", n)
	}
	lawful(t, s)
}

func TestRefetchedIsRefusedAgainByTheUsualRoad(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	rule := refused(t, s, 3)
	_, p := refetchJob(t, s, rule)
	_, err := s.SetRule(ctx, order(ingest.Ban, annsMail))
	must(t, err)
	_, err = s.Refetched(ctx, p, ingest.Batch{Arrivals: []ingest.Arrival{readMail(0), readMail(1)}})
	must(t, err)
	must(t, s.EndRefetch(ctx, p, map[string]int{ingest.SkipRefused: 7}))
	work(t, s, j)
	lawful(t, s)
	jobIs(t, s, p.Job, fmt.Sprintf("refetch rule:%d done total 3 released 2 skipped 1 map[refused:1]", rule))
	if a := account(t, s, "mail"); a.Accepted != 3 || a.Refused != 3 {
		t.Errorf("account %+v", a)
	}
	if where := grep(t, s, "question 0"); len(where) > 0 {
		t.Errorf("what was refused again is still in %v", where)
	}
}

func TestRefetchOfWhatCannotBeReadOrIsAnother(t *testing.T) {
	s, ctx := open(t), context.Background()
	_, p := refetchJob(t, s, refused(t, s, 3))
	unread, other := readMail(0), readMail(1)
	unread.Problem, unread.Note = ingest.ReasonUnreadable, "torn"
	other.Content = contentMail(9)
	_, err := s.Refetched(ctx, p, ingest.Batch{Arrivals: []ingest.Arrival{unread, other, readMail(2), readMail(2)}})
	must(t, err)
	lawful(t, s)
	a := account(t, s, "mail")
	if a.Dead != 1 || a.Refused != 1 || a.InFlight != 1 || a.Accepted != 3 {
		t.Errorf("account %+v", a)
	}
}

func TestRefetchAsksOnlyWhereItCanAndOnce(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	set, err := s.SetRule(ctx, order(ingest.Ban, visitorAnn))
	must(t, err)
	for i := range 5 {
		receive(t, s, chat("ann", fmt.Sprint(i), "hello"))
	}
	settleAll(t, s, j)
	o := ingest.RefetchOrder{Rule: set.Rule.ID, Sources: pollers, Actor: "sam"}
	if _, err := s.Refetch(ctx, o); !errors.Is(err, ingest.ErrStands) {
		t.Errorf("the ban stands: %v", err)
	}
	lifted(t, s, set.Rule.ID)
	job, err := s.Refetch(ctx, o)
	must(t, err)
	if names, err := s.Fetching(ctx); err != nil || len(names) > 0 {
		t.Errorf("nobody has what was said in a chat: %v, %v", names, err)
	}
	work(t, s, j)
	jobIs(t, s, job, fmt.Sprintf("refetch rule:%d done total 5 released 0 skipped 5 map[no_source:5]", set.Rule.ID))
	other, err := s.SetRule(ctx, order(ingest.Block, annsMail))
	must(t, err)
	lifted(t, s, other.Rule.ID)
	o.Rule = other.Rule.ID
	if _, err := s.Refetch(ctx, o); !errors.Is(err, ingest.ErrNothing) {
		t.Errorf("a rule that refused nothing: %v", err)
	}
	if o.Rule = 4711; true {
		if _, err := s.Refetch(ctx, o); !errors.Is(err, ingest.ErrNotFound) {
			t.Errorf("no such rule: %v", err)
		}
	}
	lawful(t, s)
}

func TestRefetchIsOneJobAndEndsWhenCancelled(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	rule := refused(t, s, 3)
	job, p := refetchJob(t, s, rule)
	if again, err := s.Refetch(ctx, ingest.RefetchOrder{Rule: rule, Sources: pollers, Actor: "kim"}); err != nil || again != job {
		t.Errorf("a second order is job %d, %v; want %d", again, err, job)
	}
	if names, err := s.Fetching(ctx); err != nil || fmt.Sprint(names) != "[mail]" {
		t.Errorf("to be asked: %v, %v", names, err)
	}
	_, err := s.StepJobs(ctx, 10)
	must(t, err)
	jobIs(t, s, job, fmt.Sprintf("refetch rule:%d running total 3 released 0 skipped 0 map[]", rule))
	must(t, s.CancelJob(ctx, job, "sam"))
	if _, err := s.Refetched(ctx, p, ingest.Batch{Arrivals: []ingest.Arrival{readMail(0)}}); !errors.Is(err, ingest.ErrConflict) {
		t.Errorf("a cancelled job goes on: %v", err)
	}
	must(t, s.EndRefetch(ctx, p, nil))
	if names, err := s.Fetching(ctx); err != nil || len(names) > 0 {
		t.Errorf("still to be asked: %v, %v", names, err)
	}
	if _, err := s.NextRefetch(ctx, "mail"); !errors.Is(err, ingest.ErrNotFound) {
		t.Error(err)
	}
	work(t, s, j)
	lawful(t, s)
	if a := account(t, s, "mail"); a.Refused != 3 {
		t.Errorf("account %+v", a)
	}
	must(t, s.RetryJob(ctx, job, "sam"))
	_, err = s.StepJobs(ctx, 10)
	must(t, err)
	_, err = s.Refetched(ctx, p, ingest.Batch{Arrivals: []ingest.Arrival{readMail(0)}})
	must(t, err)
	jobIs(t, s, job, fmt.Sprintf("refetch rule:%d running total 3 released 1 skipped 0 map[]", rule))
	must(t, s.EndRefetch(ctx, p, nil))
	work(t, s, j)
	jobIs(t, s, job, fmt.Sprintf("refetch rule:%d done total 3 released 1 skipped 2 map[gone:2]", rule))
}

func TestRefetchOfARetiredChannelEnds(t *testing.T) {
	s, j := open(t), &testJudge{}
	rule := refused(t, s, 3)
	job, _ := refetchJob(t, s, rule)
	_, err := s.pool.Exec(context.Background(), "update channels set state = 'retired' where name = 'mail'")
	must(t, err)
	work(t, s, j)
	jobIs(t, s, job, fmt.Sprintf("refetch rule:%d done total 3 released 0 skipped 3 map[no_source:3]", rule))
	lawful(t, s)
}

func TestRefetchIsFenced(t *testing.T) {
	s, ctx := open(t), context.Background()
	_, p := refetchJob(t, s, refused(t, s, 120))
	lease, err := s.Acquire(ctx, "mail", "one", time.Minute)
	must(t, err)
	_, err = s.Cursor(ctx, "mail", "INBOX", lease.Token)
	must(t, err)
	move := ingest.Move{Channel: "mail", Mailbox: "INBOX", Fence: lease.Token + 1}
	b := ingest.Batch{Arrivals: []ingest.Arrival{readMail(1), readMail(119)}, Move: &move}
	if _, err := s.Refetched(ctx, p, b); !errors.Is(err, ingest.ErrFenced) {
		t.Errorf("under another token: %v", err)
	}
	move.Fence, move.Era = lease.Token, 7
	_, err = s.Refetched(ctx, p, b)
	must(t, err)
	if n := count(t, s, "select count(*) from prints where mailbox = 'INBOX' and era = 7"); n != 2 {
		t.Errorf("%d prints of two mails", n)
	}
	lawful(t, s)
}

func TestRefetchKnowsWhatCameBefore(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	receive(t, s, mail("bob@example.com", "b1", "long ago"))
	settleAll(t, s, j)
	_, err := s.pool.Exec(ctx, "update messages set received_at = now() - interval '2 hours'")
	must(t, err)
	_, p := refetchJob(t, s, refused(t, s, 1))
	receive(t, s, mail("bob@example.com", "b2", "since"))
	wants, err := s.WantedKeys(ctx, p, []string{"mail/b1/long ago", "mail/b2/since", readMail(0).Keys[0], "never"})
	must(t, err)
	if fmt.Sprint(wants) != fmt.Sprint([]ingest.Want{ingest.Earlier, ingest.NotWanted, ingest.Wanted, ingest.Unheard}) {
		t.Errorf("wants %v", wants)
	}
}

func TestMeantByRule(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	receive(t, s, mail("bob@example.com", "b1", "hello"))
	settleAll(t, s, j)
	contacts, err := s.Contacts(ctx, ingest.ContactFilter{})
	must(t, err)
	for text, want := range map[string]bool{
		"email:ann@example.com": false, "email:bob@example.com": true, "domain:example.com": true,
		"contact:" + contacts.Items[0].ID.String(): true,
	} {
		target, err := ingest.ParseTarget(text)
		must(t, err)
		set, err := s.SetRule(ctx, order(ingest.Ban, target))
		must(t, err)
		lifted(t, s, set.Rule.ID)
		got, err := s.MeantByRule(ctx, ingest.RefetchPart{Rule: set.Rule.ID, Channel: "mail"}, mail("bob@example.com", "b2", "x").Message)
		if err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
}

func TestAHeldMailIsFetchedWhole(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	_, err := s.SetRule(ctx, order(ingest.Block, annsMail))
	must(t, err)
	short := readMail(0)
	short.Raw, short.Message.Text = []byte("Subject: x\n\n"), "too large"
	short.Message.Defects = []ingest.Defect{{Code: "limit_size"}}
	receive(t, s, short, readMail(1))
	settleAll(t, s, j)
	searchAll(t, s)
	_, err = s.pool.Exec(ctx, `with m as (update messages set rule = null, reason = 'size' where envelope->>'subject' = 'question 0' returning ticket)
		update tickets t set rule = null, reason = 'size' from m where t.id = m.ticket`)
	must(t, err)
	var id ingest.ID
	must(t, s.pool.QueryRow(ctx, "select id from messages where reason = 'size'").Scan(&id))
	if _, err := s.FetchWhole(ctx, id, []string{"chat"}, "sam"); !errors.Is(err, ingest.ErrNothing) {
		t.Errorf("without a source: %v", err)
	}
	job, err := s.FetchWhole(ctx, id, pollers, "sam")
	must(t, err)
	p, err := s.NextRefetch(ctx, "mail")
	must(t, err)
	keys := []string{readMail(0).Keys[0], readMail(1).Keys[0], "never"}
	if wants, err := s.WantedKeys(ctx, p, keys); err != nil || fmt.Sprint(wants) != fmt.Sprint([]ingest.Want{ingest.Wanted, 0, 0}) {
		t.Errorf("wants %v, %v", wants, err)
	}
	whole := readMail(0)
	whole.Raw = append(whole.Raw, make([]byte, 3<<20)...)
	_, err = s.Refetched(ctx, p, ingest.Batch{Arrivals: []ingest.Arrival{whole, readMail(1), readMail(2)}})
	must(t, err)
	must(t, s.EndRefetch(ctx, p, nil))
	work(t, s, j)
	jobIs(t, s, job, fmt.Sprintf("fetch message:%s done total 1 released 1 skipped 0 map[]", id))
	m, err := s.Message(ctx, id)
	must(t, err)
	if m.State != ingest.Held || m.Text != "question 0" || m.RawBytes != int64(len(whole.Raw)) || len(m.Defects) > 0 {
		t.Errorf("%+v", m)
	}
	lawful(t, s)
	if n := count(t, s, "select count(*) from messages"); n != 2 {
		t.Errorf("%d messages", n)
	}
	searchAll(t, s) // in what it says now
	lawful(t, s)
	if n := count(t, s, "select count(*) from held_texts h join messages m on m.id = h.message where m.reason = 'size' and h.preview = 'question 0'"); n != 1 {
		t.Error("the blocked list shows what the header alone said")
	}
	if _, err := s.FetchWhole(ctx, id, pollers, "sam"); !errors.Is(err, ingest.ErrNothing) {
		t.Errorf("it is whole: %v", err)
	}
}

// A ban that has become a block refuses no longer: what comes again is held.
func TestRefetchOfABanThatBecameABlock(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	set, err := s.SetRule(ctx, order(ingest.Ban, annsMail))
	must(t, err)
	receive(t, s, bareMail(0, set.Rule.ID))
	block := ingest.Block
	_, err = s.ChangeRule(ctx, ingest.RuleChange{Rule: set.Rule.ID, Kind: &block, Actor: "sam"})
	must(t, err)
	_, p := refetchJob(t, s, set.Rule.ID)
	_, err = s.Refetched(ctx, p, ingest.Batch{Arrivals: []ingest.Arrival{readMail(0)}})
	must(t, err)
	must(t, s.EndRefetch(ctx, p, nil))
	work(t, s, j)
	if n := count(t, s, "select count(*) from messages where state = 'held'"); n != 1 {
		t.Errorf("%d held", n)
	}
	lawful(t, s)
}

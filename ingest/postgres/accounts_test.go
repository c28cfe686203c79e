package postgres

import (
	"context"
	"testing"
	"time"

	"gatehouse/ingest"
)

// The statistics come from the ledger, before and after it is folded; verify
// holds them against the messages themselves.
func TestStatisticsAreCheckedAgainstTheMessages(t *testing.T) {
	s, ctx := open(t), context.Background()
	j := &testJudge{}
	_, err := s.SetRule(ctx, ingest.RuleOrder{Kind: ingest.Block, Target: ingest.Target{Kind: "visitor", Value: "v2"}, Reason: "spam", Actor: "sam"})
	must(t, err)
	dead := chat("v4", "1", "unreadable")
	dead.Problem = ingest.ReasonUnreadable
	receive(t, s, chat("v1", "1", "a"), chat("v1", "2", "b"), chat("v2", "1", "c"), dead)
	settleAll(t, s, j)
	receive(t, s, chat("v3", "1", "d"), chat("v1", "2", "b"))
	want := ingest.Account{Name: "chat", Kind: "chat", Accepted: 5, Conversed: 2, Held: 1, Dead: 1, InFlight: 1, Repeats: 1}
	for range 2 {
		if got := account(t, s, "chat"); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
		lawful(t, s)
		must(t, s.Fold(ctx))
	}
	for _, wrong := range []string{"update accounts set held = held + 1, conversed = conversed - 1", "update accounts set refused = 7"} {
		_, err := s.pool.Exec(ctx, wrong)
		must(t, err)
		v, err := s.Verify(ctx, time.Time{})
		must(t, err)
		if len(v.Violations) != 1 || v.Violations[0].Law != 2 || v.Violations[0].IDs[0] != "chat" {
			t.Errorf("%s: %+v", wrong, v.Violations)
		}
	}
}

// More was appended than one statement folds.
func TestFoldTakesAll(t *testing.T) {
	s, ctx := open(t), context.Background()
	_, err := s.pool.Exec(ctx, "insert into intake (channel, ignored) select c.id, 1 from channels c, generate_series(1, $1) where c.name = 'chat'", foldMost+1)
	must(t, err)
	must(t, s.Fold(ctx))
	if left := count(t, s, "select count(*) from intake"); left != 0 {
		t.Errorf("%d rows are left", left)
	}
	if a := account(t, s, "chat"); a.Ignored != foldMost+1 {
		t.Errorf("ignored %d", a.Ignored)
	}
}

package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"gatehouse/ingest"
)

// ago has all that came so far have come some hours ago, in the books too.
func ago(t *testing.T, s *Store, hours int) {
	t.Helper()
	ctx := context.Background()
	must(t, s.Fold(ctx))
	for _, sql := range []string{
		"alter table messages disable trigger messages_moved",
		fmt.Sprintf("update messages set received_at = received_at - interval '%d hours'", hours),
		"alter table messages enable trigger messages_moved",
		fmt.Sprintf("update hours set hour = hour - interval '%d hours'", hours),
		fmt.Sprintf("update refusals set hour = hour - interval '%d hours'", hours),
	} {
		_, err := s.pool.Exec(ctx, sql)
		must(t, err)
	}
}

// byHour holds the books by the hour against the messages, before they are
// folded and afterwards.
func byHour(t *testing.T, s *Store, channel string, want ...ingest.HourAccount) {
	t.Helper()
	ctx, now := context.Background(), time.Now().Truncate(time.Hour)
	for range 2 {
		got, err := s.Hours(ctx, channel, now.Add(-40*24*time.Hour))
		must(t, err)
		for i := range got {
			got[i].Hour = got[i].Hour.UTC()
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
		must(t, s.Fold(ctx))
	}
	lawful(t, s)
}

// What became of a message is counted in the hour in which it came, whenever it
// is moved; and the hours add up to the account of the channel.
func TestWhatBecameOfTheHours(t *testing.T) {
	s, ctx := open(t), context.Background()
	j := &testJudge{}
	set, err := s.SetRule(ctx, ingest.RuleOrder{Kind: ingest.Block, Target: ingest.Target{Kind: "visitor", Value: "v2"}, Reason: "spam", Actor: "sam"})
	must(t, err)
	this := time.Now().UTC().Truncate(time.Hour)
	dead := chat("v4", "1", "unreadable")
	dead.Problem = ingest.ReasonUnreadable
	ids := receive(t, s, chat("v1", "1", "a"), chat("v2", "1", "c"), chat("v2", "2", "d"), dead).Results
	settleAll(t, s, j)
	ago(t, s, 5)
	receive(t, s, chat("v3", "1", "d"), chat("v1", "1", "a"))
	past := ingest.HourAccount{Channel: "chat", Hour: this.Add(-5 * time.Hour), Accepted: 4, Conversed: 1, Held: 2, Dead: 1}
	now := ingest.HourAccount{Channel: "chat", Hour: this, Accepted: 1, InFlight: 1}
	byHour(t, s, "chat", past, now)
	settleAll(t, s, j)
	must(t, s.PurgeDead(ctx, ids[3].ID, "sam"))
	_, err = s.Lift(ctx, ingest.LiftOrder{Rules: []int64{set.Rule.ID}, Held: ingest.UnblockAll, Actor: "sam"})
	must(t, err)
	work(t, s, j)
	past.Conversed, past.Held, past.Dead, past.Purged = 3, 0, 0, 1
	now.Conversed, now.InFlight = 1, 0
	byHour(t, s, "chat", past, now)
	if some, err := s.Hours(ctx, "", this.Add(-4*time.Hour)); err != nil || len(some) != 1 || some[0].Accepted != 1 {
		t.Errorf("%+v, %v", some, err)
	}
	if none, err := s.Hours(ctx, "mail", this.Add(-24*time.Hour)); err != nil || len(none) != 0 {
		t.Errorf("%+v, %v", none, err)
	}
}

// What is older than the hours that are kept moves without leaving a trace there.
func TestOldMovesAreNotCountedByTheHour(t *testing.T) {
	s, ctx := open(t), context.Background()
	dead := chat("v4", "1", "unreadable")
	dead.Problem = ingest.ReasonUnreadable
	id := receive(t, s, dead).Results[0].ID
	ago(t, s, 40*24)
	must(t, s.Tidy(ctx))
	must(t, s.PurgeDead(ctx, id, "sam"))
	byHour(t, s, "chat")
}

// Refusals without a row are counted in their hour too, until they are fetched:
// what is made of them then came now.
func TestWhatIsFetchedAgainLeavesTheHourOfItsRefusal(t *testing.T) {
	s, ctx := open(t), context.Background()
	rule := refused(t, s, 150)
	ago(t, s, 1)
	this := time.Now().UTC().Truncate(time.Hour)
	past := ingest.HourAccount{Channel: "mail", Hour: this.Add(-time.Hour), Accepted: 150, Refused: 150}
	byHour(t, s, "mail", past)
	_, p := refetchJob(t, s, rule)
	var found []ingest.Arrival
	for i := range 148 {
		found = append(found, readMail(i))
	}
	_, err := s.Refetched(ctx, p, ingest.Batch{Arrivals: found})
	must(t, err)
	past.Accepted, past.Refused, past.InFlight = 102, 2, 100 // the first hundred have rows, which came then
	byHour(t, s, "mail", past, ingest.HourAccount{Channel: "mail", Hour: this, Accepted: 48, InFlight: 48})
}

// What is refused only when it is settled and leaves nothing but its count is
// counted in the hour of the refusal.
func TestACountedRefusalIsOfTheHourOfItsDecision(t *testing.T) {
	s, ctx := open(t), context.Background()
	var as []ingest.Arrival
	for i := range keptRefusals + 2 {
		as = append(as, chat("v1", fmt.Sprint(i), "a"))
	}
	receive(t, s, as...)
	ago(t, s, 3)
	_, err := s.SetRule(ctx, ingest.RuleOrder{Kind: ingest.Ban, Target: ingest.Target{Kind: "visitor", Value: "v1"}, Reason: "spam", Actor: "sam"})
	must(t, err)
	settleAll(t, s, &testJudge{})
	this := time.Now().UTC().Truncate(time.Hour)
	byHour(t, s, "chat", ingest.HourAccount{Channel: "chat", Hour: this.Add(-3 * time.Hour), Accepted: keptRefusals, Refused: keptRefusals},
		ingest.HourAccount{Channel: "chat", Hour: this, Accepted: 2, Refused: 2})
}

// The hours are held against the messages, as far back as they are kept: a wrong
// one is found, one that is missing, and one in which nothing came.
func TestTheHoursAreCheckedAgainstTheMessages(t *testing.T) {
	for _, wrong := range []string{
		"update hours set held = held + 1, conversed = conversed - 1",
		"update hours set accepted = accepted + 1",
		"delete from hours",
		"insert into intake (channel, hour, dead) select channel, hour, 1 from hours",
		"insert into hours select channel, hour - interval '35 days', 1, 1, 0, 0, 0, 0 from hours",
		"update messages set received_at = received_at - interval '2 hours'",
	} {
		s, ctx := open(t), context.Background()
		receive(t, s, chat("v1", "1", "a"), chat("v1", "2", "b"))
		settleAll(t, s, &testJudge{})
		ago(t, s, 2)
		must(t, s.Fold(ctx))
		_, err := s.pool.Exec(ctx, "insert into hours select channel, hour - interval '37 days', 7, 7, 0, 0, 0, 0 from hours") // as before it is tidied
		must(t, err)
		lawful(t, s)
		_, err = s.pool.Exec(ctx, "delete from hours where accepted = 7")
		must(t, err)
		_, err = s.pool.Exec(ctx, wrong)
		must(t, err)
		v, err := s.Verify(ctx, time.Time{})
		must(t, err)
		if !slices.ContainsFunc(v.Violations, ofHours) {
			t.Errorf("%s: %+v", wrong, v.Violations)
		}
	}
}

func ofHours(v ingest.Violation) bool {
	return v.Law == 2 && strings.Contains(v.Says, "hour") && v.N > 0 && strings.HasPrefix(v.IDs[0], "chat ")
}

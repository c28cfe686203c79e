package postgres

import (
	"context"
	"fmt"
	"testing"
	"time"

	"gatehouse/ingest"
)

// Beyond the newest messages it is said how far back was looked; what one person
// wrote is found all the same.
func TestReachIsBounded(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	judge := &testJudge{}
	receive(t, s, mail("ann@example.com", "one@example.com", "hello"))
	settleAll(t, s, judge)
	_, err := s.pool.Exec(ctx, `update messages set received_at = now() - interval '2 days'`)
	must(t, err)
	// As many newer ones, by rows alone: nobody asks where they came from.
	_, err = s.pool.Exec(ctx, `insert into messages (id, channel, state, received_at, sender, envelope, reason)
		select ('ffffffff-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 1, 'dead', now() - interval '1 day', 'visitor:x', '{}', 'unreadable'
		from generate_series(1, $1::int) n`, reachRows)
	must(t, err)
	for _, c := range []struct {
		target   ingest.Target
		messages int
	}{
		{ingest.Target{Kind: "email", Value: "ann@example.com"}, 1},
		{ingest.Target{Kind: "domain", Value: "example.com"}, 0},
		{ingest.Target{Kind: ingest.Everyone}, 0},
	} {
		reach, err := s.Reach(ctx, []ingest.Rule{{Kind: ingest.Block, Target: c.target}})
		must(t, err)
		if reach.Complete || reach.Messages != c.messages || time.Since(reach.Since) > 25*time.Hour {
			t.Errorf("%s: %+v; want %d messages, and not complete for more than a day", c.target, reach, c.messages)
		}
	}
}

func BenchmarkReach(b *testing.B) {
	ctx := context.Background()
	s := open(b)
	var arrivals []ingest.Arrival
	for i := range 60_000 {
		arrivals = append(arrivals, mail(fmt.Sprintf("user%d@d%d.example.com", i%5000, i%100), fmt.Sprintf("%d@example.com", i), "hello"))
	}
	for len(arrivals) > 0 {
		n := min(len(arrivals), 500)
		receive(b, s, arrivals[:n]...)
		arrivals = arrivals[n:]
	}
	settleAll(b, s, &testJudge{})
	for _, target := range []string{"email:user7@d7.example.com", "domain:d7.example.com", "domain:example.com", "cidr:192.0.2.0/24", "everyone"} {
		parsed, err := ingest.ParseTarget(target)
		must(b, err)
		b.Run(target, func(b *testing.B) {
			for b.Loop() {
				_, err := s.Reach(ctx, []ingest.Rule{{Kind: ingest.Block, Target: parsed}})
				must(b, err)
			}
		})
		b.Run("named "+target, func(b *testing.B) {
			for b.Loop() {
				_, err := s.Named(ctx, []ingest.Target{parsed}, ingest.ID{})
				must(b, err)
			}
		})
	}
}

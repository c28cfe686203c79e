package postgres

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gatehouse/ingest"
)

// mixed fills the blocked list with tickets of all sorts.
func mixed(t *testing.T, s *Store, rng *rand.Rand) {
	t.Helper()
	ctx, j := context.Background(), &testJudge{}
	kinds := []ingest.RuleKind{ingest.Block, ingest.Blacklist, ingest.Ban}
	for i := range 9 {
		o := order(kinds[i%3], ingest.Target{Kind: "visitor", Value: fmt.Sprint("v", i)})
		if i%3 == 2 {
			o.Kind, o.Target = ingest.Block, ingest.Target{Kind: "email", Value: fmt.Sprintf("v%d@example.com", i)}
		}
		if o.Reason = "spam"; i%2 == 0 {
			o.Reason = "abuse"
		}
		if i == 0 {
			at := s.now().Add(time.Hour)
			o.ExpiresAt = &at
		}
		_, err := s.SetRule(ctx, o)
		must(t, err)
	}
	words := []string{"pills", "watches", "refund now", "Größe 42"}
	for i := range 60 {
		who := fmt.Sprint("v", rng.IntN(9))
		receive(t, s, chat(who, fmt.Sprint(i), words[rng.IntN(len(words))]),
			mail(who+"@example.com", fmt.Sprint("m", i), words[rng.IntN(len(words))]))
	}
	settleAll(t, s, j)
	searchAll(t, s)
	_, err := s.pool.Exec(ctx, "update rules set expires_at = created_at + interval '1 microsecond' where expires_at is not null")
	must(t, err) // it ended meanwhile: not while lists are compared
	for _, id := range ticketsOf(t, s)[:5] {
		_, err := s.OpenTicket(ctx, id, "sam")
		must(t, err)
	}
	var contact ingest.ID
	must(t, s.pool.QueryRow(ctx, "select contact from tickets where messages > 0 limit 1").Scan(&contact))
	must(t, s.AskReview(ctx, contact, "why", "ann"))
}

func maybe[T any](rng *rand.Rand, list ...T) T {
	var none T
	if rng.IntN(3) > 0 {
		return none
	}
	return list[rng.IntN(len(list))]
}

func anyFilter(rng *rand.Rand, contacts []ingest.ID, now time.Time) ingest.TicketFilter {
	yes, no := true, false
	at := now.Add(-time.Duration(rng.IntN(5000)) * time.Millisecond)
	return ingest.TicketFilter{Contact: maybe(rng, contacts...), Channel: maybe(rng, "chat", "mail"),
		Kind: maybe(rng, "block", "blacklist", "system"), Rule: maybe(rng, int64(1), 2, 3, 6), Reason: maybe(rng, "spam", "abuse"),
		Text: maybe(rng, "pill", "gröss", "GRÖßE", "v3", "a", "now"), Expired: maybe(rng, &yes, &no), Opened: maybe(rng, &yes, &no),
		LikelyWrong: maybe(rng, &yes, &no), Review: maybe(rng, &yes, &no), Domain: maybe(rng, "example.com", "Example.COM", ingest.NoDomain), From: maybe(rng, &at), To: maybe(rng, &at),
		Sort: maybe(rng, ingest.SortLikely, ingest.SortNewest, ingest.SortOldest)}
}

// What a filter shows, in whichever order and however many at a time, is what
// an order by the same filter takes, what its counts count and its groups sum up.
func TestListOrdersAndGroupsAgree(t *testing.T) {
	s, ctx, rng := open(t), context.Background(), rand.New(rand.NewPCG(7, 11))
	mixed(t, s, rng)
	var contacts []ingest.ID
	rows, err := s.pool.Query(ctx, "select contact from tickets where messages > 0")
	must(t, err)
	for rows.Next() {
		var id ingest.ID
		must(t, rows.Scan(&id))
		contacts = append(contacts, id)
	}
	someFound := 0
	for range 150 {
		f := anyFilter(rng, contacts, s.now())
		f.Limit = 1 + rng.IntN(9)
		shown, total := listAll(t, s, f)
		asOf, err := s.asOf(ctx)
		must(t, err)
		snapshot, err := s.moment(ctx, s.pool, asOf)
		must(t, err)
		taken, err := s.ticketIDs(ctx, s.pool, f, snapshot)
		must(t, err)
		slices.SortFunc(shown, func(a, b ingest.ID) int { return slices.Compare(a[:], b[:]) })
		if !slices.Equal(shown, taken) || total != len(taken) {
			t.Errorf("%+v: shown %d, counted %d, taken %d", f, len(shown), total, len(taken))
		}
		someFound += min(len(taken), 1)
		for _, by := range []ingest.GroupBy{ingest.GroupByRule, ingest.GroupByContact, ingest.GroupByDomain, ingest.GroupByChannel, ingest.GroupByReason} {
			g := f
			g.Limit, g.Sort = 200, maybe(rng, ingest.SortLikely, ingest.SortMessages)
			groups, err := s.TicketGroups(ctx, g, by)
			must(t, err)
			n, unopened := 0, 0
			for _, x := range groups.Items {
				n, unopened = n+x.Tickets, unopened+x.Unopened
			}
			if n != len(taken) || groups.Tickets != n || groups.Unopened != unopened || groups.Total != len(groups.Items) {
				t.Errorf("%+v by %s: %d tickets in groups, %d in the list", f, by, n, len(taken))
			}
		}
	}
	if someFound < 30 {
		t.Errorf("only %d of the filters find something", someFound)
	}
}

// listAll reads a list to its end.
func listAll(t *testing.T, s *Store, f ingest.TicketFilter) ([]ingest.ID, int) {
	t.Helper()
	var ids []ingest.ID
	for {
		b, err := s.Tickets(context.Background(), f)
		must(t, err)
		for _, x := range b.Items {
			ids = append(ids, x.ID)
		}
		if f.After = b.Next; f.After == "" {
			return ids, b.Total
		}
	}
}

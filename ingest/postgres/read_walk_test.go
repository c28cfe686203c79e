package postgres

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"gatehouse/ingest"
)

// crowd makes a table longer than one part looks at, all newer than what is
// there.
func crowd(t *testing.T, s *Store, query string) {
	t.Helper()
	ctx := context.Background()
	_, err := s.pool.Exec(ctx, query, lookedAt)
	must(t, err)
	_, err = s.pool.Exec(ctx, "analyze messages, contacts, identities")
	must(t, err)
}

const (
	newerMessages = `insert into messages (id, channel, sender, envelope, state, reason)
		select ('ffffffff-ffff-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 2, 'email:x@example.com', '{}', 'dead', 'unreadable'
		from generate_series(1, $1::int) n`
	newerContacts = `insert into contacts (id, name, created_at) select gen_random_uuid(), 'crowd', now() + interval '1 hour'
		from generate_series(1, $1::int)`
)

// What a filter rarely meets is looked for a bounded way at a time; whoever
// follows next finds it.
func TestRareMessagesAreLookedForInParts(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	receive(t, s, chat("v1", "k1", "hello"))
	settleAll(t, s, j)
	crowd(t, s, newerMessages)
	f := ingest.MessageFilter{Channel: "chat"}
	var found, parts int
	for {
		list, err := s.Messages(ctx, f)
		must(t, err)
		found, parts = found+len(list.Items), parts+1
		if f.After = list.Next; f.After == "" {
			break
		}
	}
	if found != 1 || parts != 2 {
		t.Errorf("%d messages in %d parts, want 1 in 2", found, parts)
	}
	list, err := s.Messages(ctx, ingest.MessageFilter{States: []ingest.State{ingest.Conversed}, Channel: "chat"})
	must(t, err)
	if len(list.Items) != 0 || list.Next == "" {
		t.Errorf("%d found, next %q: want none yet", len(list.Items), list.Next)
	}
}

// The states that are rare have an index; nothing else is read for them.
func TestRareStatesAreReadByTheirIndex(t *testing.T) {
	s, ctx := open(t), context.Background()
	crowd(t, s, newerMessages)
	plan, err := s.explain(ctx, "explain (costs off) "+sqlMessagesList, nil, []string{"held"}, "held", false, nil, 51, lookedAt)
	must(t, err)
	if !strings.Contains(plan, "messages_state") || strings.Contains(plan, "messages_pkey") {
		t.Errorf("the plan is\n%s", plan)
	}
}

func (s *Store) explain(ctx context.Context, query string, args ...any) (string, error) {
	rows, err := s.pool.Query(ctx, query, append([]any{planned}, args...)...)
	if err != nil {
		return "", err
	}
	var line string
	var plan strings.Builder
	for rows.Next() {
		if err := rows.Scan(&line); err != nil {
			return "", err
		}
		fmt.Fprintln(&plan, line)
	}
	return plan.String(), rows.Err()
}

// Whom a search names exactly is found behind any crowd, and once; by parts of
// a name one has to follow.
func TestContactsBehindACrowd(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	receive(t, s, mail("ann@example.com", "t1", "hello"))
	settleAll(t, s, j)
	crowd(t, s, newerContacts)
	for q, where := range map[string]int{"Ann+x@Example.com": 1, "ann@exam": 2} {
		f := ingest.ContactFilter{Q: q}
		var found []int // the part in which each was
		for part := 1; ; part++ {
			list, err := s.Contacts(ctx, f)
			must(t, err)
			for range list.Items {
				found = append(found, part)
			}
			if f.After = list.Next; f.After == "" {
				break
			}
		}
		if len(found) != 1 || found[0] != where {
			t.Errorf("%s: found in parts %v, want once in part %d", q, found, where)
		}
	}
}

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

// Whom a search may mean is found behind any crowd, and once.
func TestContactsBehindACrowd(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	receive(t, s, mail("ann@example.com", "t1", "hello"))
	settleAll(t, s, j)
	list, err := s.Contacts(ctx, ingest.ContactFilter{})
	must(t, err)
	ann := list.Items[0].ID
	name, nick, number := "Annabel Müller", "Anni", ingest.Identity{Kind: "phone", Value: "+15550100042", How: ingest.Verified}
	_, err = s.ChangeContact(ctx, ingest.ContactChange{Contact: ann, Name: &name, Nickname: &nick})
	must(t, err)
	must(t, s.ChangeIdentity(ctx, ingest.IdentityChange{Contact: ann, Add: number}))
	crowd(t, s, newerContacts)
	for _, q := range []string{"Ann+x@Example.com", "ann@exam", "ann@exmaple.com", "annabel", "Annabell", "Anabel Müler", "MÜLLER", "anni", "+1 (555) 010-0042",
		"555 010 0042", "0100042", "email:ann@example.com", ann.String(), ann.String()[:13]} {
		f, found := ingest.ContactFilter{Q: q, Part: ingest.Part{Limit: 5}}, 0
		for first := true; first || f.After != ""; first = false {
			list, err := s.Contacts(ctx, f)
			must(t, err)
			for i, c := range list.Items {
				if c.ID == ann {
					found++
					if !first || i > 0 && q != "0100042" {
						t.Errorf("%s: it is not the first", q)
					}
				}
			}
			f.After = list.Next
		}
		if found != 1 {
			t.Errorf("%s: found %d times", q, found)
		}
	}
}

// A search reads what it may mean, not all contacts, where there are many.
func TestContactsAreSearchedByIndex(t *testing.T) {
	s, ctx := open(t), context.Background()
	crowd(t, s, newerContacts)
	_, err := s.pool.Exec(ctx, `update contacts set name = 'crowd ' || id;
		insert into identities (contact, kind, value, how) select id, 'visitor', id::text, 'header' from contacts`)
	must(t, err)
	for _, table := range []string{"contacts", "identities"} {
		_, err = s.pool.Exec(ctx, "vacuum analyze "+table) // what an index has not been told yet costs
		must(t, err)
	}
	must(t, err)
	q := searched("annabel", "")
	plan, err := s.explain(ctx, "explain (costs off) "+sqlContactsSearch, q.alike, q.patterns[0], nil, nil, q.kinds, q.values,
		q.patterns, q.id, q.least, q.most, q.long, nil, nil, s.now(), nil, 51, q.address)
	must(t, err)
	for _, index := range []string{"contacts_words", "identities_value"} {
		if strings.Count(plan, index) < 2 {
			t.Errorf("%s is not read twice:\n%s", index, plan)
		}
	}
	if strings.Contains(plan, "Seq Scan on contacts") || strings.Contains(plan, "Seq Scan on identities") {
		t.Errorf("the plan is\n%s", plan)
	}
}

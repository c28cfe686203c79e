package postgres

import (
	"context"
	"testing"

	"gatehouse/ingest"
)

// both is a chat that carries two addresses.
func both(visitor, key string, how ingest.How, other ingest.Identity) ingest.Arrival {
	a := chat(visitor, key, "it is me")
	a.Message.From.How, a.Message.Identities[0].How = how, how
	a.Message.Identities = append(a.Message.Identities, other)
	return a
}

func emailOf(value string, how ingest.How) ingest.Identity {
	return ingest.Identity{Kind: "email", Value: value, How: how}
}

func suggested(t testing.TB, s *Store, contact ingest.ID) []ingest.Suggestion {
	t.Helper()
	list, err := s.Suggestions(context.Background(), contact, ingest.Part{})
	must(t, err)
	return list.Items
}

// Only what a message proves links two contacts by itself, and never one whom a
// rule names: all else is suggested.
func TestContactsAreLinkedByProvenAddressesAlone(t *testing.T) {
	rule := func(s *Store, kind ingest.RuleKind, target string) {
		o, err := ingest.ParseTarget(target)
		must(t, err)
		_, err = s.SetRule(context.Background(), order(kind, o))
		must(t, err)
	}
	for name, c := range map[string]struct {
		visitor, mail ingest.How
		before        func(s *Store)
		linked        bool
		why           ingest.LinkWhy
	}{
		"both proven":             {ingest.Verified, ingest.Verified, nil, true, ""},
		"the visitor is not":      {ingest.Header, ingest.Verified, nil, false, ingest.LinkTogether},
		"the address is claimed":  {ingest.Verified, ingest.Claimed, nil, false, ingest.LinkClaimed},
		"one is allowed":          {ingest.Verified, ingest.Verified, func(s *Store) { rule(s, ingest.Allow, "email:ann@example.com") }, false, ingest.LinkVerified},
		"one is blocked":          {ingest.Verified, ingest.Verified, func(s *Store) { rule(s, ingest.Block, "email:ann@example.com") }, false, ingest.LinkVerified},
		"one's domain is blocked": {ingest.Verified, ingest.Verified, func(s *Store) { rule(s, ingest.Blacklist, "domain:example.com") }, false, ingest.LinkVerified},
		"it is off": {ingest.Verified, ingest.Verified, func(s *Store) {
			_, _, err := s.SetSettings(context.Background(), 0, "ann", func(x *ingest.Settings) error { x.LinkVerified = false; return nil })
			must(t, err)
		}, false, ingest.LinkVerified},
	} {
		t.Run(name, func(t *testing.T) {
			s, j, ctx := open(t), &testJudge{}, context.Background()
			receive(t, s, mail("ann@example.com", "m1", "hello"))
			settleAll(t, s, j)
			receive(t, s, chat("v", "1", "hi"))
			settleAll(t, s, j)
			if c.before != nil {
				c.before(s)
			}
			receive(t, s, both("v", "2", c.visitor, emailOf("ann@example.com", c.mail)))
			settleAll(t, s, j)
			must(t, s.Link(ctx))
			must(t, s.Link(ctx))
			ann, v := contactBy(t, s, "email", "ann@example.com"), contactBy(t, s, "visitor", "v")
			if (ann == v) != c.linked {
				t.Fatalf("linked: %v", ann == v)
			}
			list := suggested(t, s, v)
			if c.linked {
				if got, err := s.Contact(ctx, v); err != nil || len(got.Identities) != 2 || len(list) != 0 {
					t.Errorf("%+v, %v, %v", got, list, err)
				}
			} else if len(list) != 1 || list[0].Why != c.why {
				t.Fatalf("suggested: %+v", list)
			} else {
				must(t, s.DismissSuggestion(ctx, list[0].ID, "sam"))
				receive(t, s, both("v", "3", ingest.Verified, emailOf("ann@example.com", ingest.Verified)))
				settleAll(t, s, j)
				must(t, s.Link(ctx))
				if got := contactBy(t, s, "visitor", "v"); got != v || len(suggested(t, s, v)) != 0 {
					t.Error("what was dismissed is linked or suggested again")
				}
			}
			lawful(t, s)
		})
	}
}

// Who was taken apart by hand is not linked again, whatever their messages say.
func TestWhoWasTakenApartIsNotLinkedAgain(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	receive(t, s, mail("ann@example.com", "m1", "hello"), chat("v", "1", "hi"))
	settleAll(t, s, j)
	receive(t, s, both("v", "2", ingest.Verified, emailOf("ann@example.com", ingest.Verified)))
	settleAll(t, s, j)
	must(t, s.Link(ctx))
	list, err := s.Merges(ctx, contactBy(t, s, "visitor", "v"), ingest.Part{})
	must(t, err)
	if len(list.Items) != 1 || list.Items[0].By != byLinking {
		t.Fatalf("merges: %+v", list.Items)
	}
	unmerge(t, s, list.Items[0].ID)
	receive(t, s, both("v", "3", ingest.Verified, emailOf("ann@example.com", ingest.Verified)))
	settleAll(t, s, j)
	must(t, s.Link(ctx))
	if contactBy(t, s, "visitor", "v") == contactBy(t, s, "email", "ann@example.com") {
		t.Error("they are linked again")
	}
	lawful(t, s)
}

// An address that somebody typed is suggested as soon as it is somebody's,
// whichever of the two comes first.
func TestATypedAddressIsSuggestedWhenItsOwnerWrites(t *testing.T) {
	s, j := open(t), &testJudge{}
	receive(t, s, both("v", "1", ingest.Header, emailOf("bob@example.com", ingest.Claimed)))
	settleAll(t, s, j)
	v := contactBy(t, s, "visitor", "v")
	if list := suggested(t, s, v); len(list) != 0 {
		t.Fatalf("suggested: %+v", list)
	}
	receive(t, s, mail("bob@example.com", "m1", "hello"))
	settleAll(t, s, j)
	list := suggested(t, s, v)
	if len(list) != 1 || list[0].Why != ingest.LinkClaimed {
		t.Fatalf("suggested: %+v", list)
	}
	merge(t, s, v, contactBy(t, s, "email", "bob@example.com"))
	if list := suggested(t, s, v); len(list) != 0 {
		t.Errorf("suggested after the merge: %+v", list)
	}
}

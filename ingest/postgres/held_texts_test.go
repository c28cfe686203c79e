package postgres

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"gatehouse/ingest"
)

// plain reads the tests' raw bytes: those of a chat are its words.
type plain struct{}

func (plain) Reread(_ string, raw []byte) (ingest.Message, error) {
	switch string(raw) {
	case "torn":
		return ingest.Message{}, errors.New("torn")
	case "bomb":
		panic("bomb")
	}
	return ingest.Message{Text: string(raw)}, nil
}

func (plain) Hold(context.Context, int64) (func(), error) { return func() {}, nil }

// searchAll makes all that is held searchable, few at a time.
func searchAll(t testing.TB, s *Store) {
	t.Helper()
	for range 100_000 {
		n, err := s.SearchHeld(context.Background(), 3, plain{})
		must(t, err)
		if n == 0 {
			return
		}
	}
	t.Fatal("there is no end of what is not searchable")
}

func found(t testing.TB, s *Store, text string) int {
	t.Helper()
	b, err := s.Tickets(context.Background(), ingest.TicketFilter{Text: text})
	must(t, err)
	if b.Unsearched != 0 {
		t.Errorf("%q: %d messages not searched", text, b.Unsearched)
	}
	return b.Total
}

// What is released or deleted is gone from what is searched in the same
// transaction, and of a ticket that holds nothing no word of its sender stays.
func TestTextsGoWithTheirMessages(t *testing.T) {
	for name, end := range map[string]ingest.HeldChoice{"released": ingest.UnblockAll, "deleted": ingest.DeleteAll} {
		t.Run(name, func(t *testing.T) {
			s, j, ctx := open(t), &testJudge{}, context.Background()
			set, err := s.SetRule(ctx, order(ingest.Block, ingest.Target{Kind: "email", Value: "ann@plantedword.example.com"}))
			must(t, err)
			receive(t, s, mail("ann@plantedword.example.com", "m1", "plantedword"), mail("ann@plantedword.example.com", "m2", "again", "m1"))
			settleAll(t, s, j)
			searchAll(t, s)
			lawful(t, s)
			if n := found(t, s, "PlantedWord"); n != 1 {
				t.Fatalf("found %d tickets, want 1", n)
			}
			_, err = s.Lift(ctx, ingest.LiftOrder{Rules: []int64{set.Rule.ID}, Held: end, Actor: "sam"})
			must(t, err)
			work(t, s, j)
			lawful(t, s)
			for _, where := range grep(t, s, "plantedword") {
				if where == "tickets" || where == "held_texts" {
					t.Errorf("still in %s", where)
				}
			}
			if n := count(t, s, "select count(*) from held_texts"); n != 0 {
				t.Errorf("%d texts left", n)
			}
		})
	}
}

// A message that cannot be read again is found by who sent it, and stops none
// behind it.
func TestWhatCannotBeReadIsFoundBySender(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	_, err := s.SetRule(ctx, order(ingest.Block, visitorAnn))
	must(t, err)
	receive(t, s, chat("ann", "1", "torn"), chat("ann", "2", "bomb"), chat("ann", "3", "Größe\n\t 42"))
	settleAll(t, s, j)
	searchAll(t, s)
	lawful(t, s)
	for text, want := range map[string]int{"ann": 1, "bomb": 0, "GRÖßE 42": 1, "größe\n42": 1, "42": 1, "": 1, "%": 0} {
		if n := found(t, s, text); n != want {
			t.Errorf("%q: %d tickets, want %d", text, n, want)
		}
	}
}

// Texts are written while messages are released, deleted and held anew: none is
// left behind, none is missing in the end.
func TestSearchingAgainstJobs(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	var running sync.WaitGroup
	done, stop := context.WithCancel(ctx)
	for range 2 {
		running.Go(func() {
			for done.Err() == nil {
				if _, err := s.SearchHeld(ctx, 4, plain{}); err != nil && !ingest.Temporary(err) {
					t.Error(err)
				}
			}
		})
	}
	for i, end := range []ingest.HeldChoice{ingest.UnblockAll, ingest.DeleteAll, ingest.UnblockAll, ingest.DeleteAll} {
		set, err := s.SetRule(ctx, order(ingest.Block, visitorAnn))
		must(t, err)
		for n := range 30 {
			receive(t, s, chat("ann", strings.Repeat("x", i+1)+string(rune('a'+n)), "words"))
		}
		settleAll(t, s, j)
		_, err = s.Lift(ctx, ingest.LiftOrder{Rules: []int64{set.Rule.ID}, Held: end, Actor: "sam"})
		must(t, err)
		work(t, s, j)
	}
	stop()
	running.Wait()
	lawful(t, s)
	if n := count(t, s, "select count(*) from held_texts"); n != 0 {
		t.Errorf("%d texts of nothing held", n)
	}
}

// Of a sender whose message is deleted out of a ticket the ticket keeps nothing,
// though others of the same contact stay in it.
func TestATicketForgetsWhoseMessageIsDeleted(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	first := mail("ann@example.com", "m0", "hello")
	receive(t, s, first)
	settleAll(t, s, j)
	contacts, err := s.Contacts(ctx, ingest.ContactFilter{})
	must(t, err)
	_, err = s.SetRule(ctx, order(ingest.Block, ingest.Target{Kind: "contact", Value: contacts.Items[0].ID.String()}))
	must(t, err)
	other := mail("ann@plantedword.example.net", "m2", "other", "m1")
	other.Message.Identities = append(other.Message.Identities, first.Message.From.Identity)
	r := receive(t, s, mail("ann@example.com", "m1", "one"), other)
	settleAll(t, s, j)
	if got := count(t, s, "select count(*) from tickets where messages = 2 and domain = 'plantedword.example.net'"); got != 1 {
		t.Fatalf("%d tickets of two messages, want 1", got)
	}
	_, err = s.DeleteTickets(ctx, ingest.TicketOrder{Messages: []ingest.ID{r.Results[1].ID}, Actor: "sam"})
	must(t, err)
	work(t, s, j)
	if got := count(t, s, "select count(*) from tickets where messages = 1 and domain = 'example.com'"); got != 1 {
		t.Error("the ticket keeps the domain of whose message was deleted")
	}
	lawful(t, s)
}

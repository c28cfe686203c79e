package postgres_test

import (
	"errors"
	"testing"
	"time"

	"gatehouse/ingest"
)

func TestRace84dArrivalsAfterTheListWasRead(t *testing.T) {
	t.Parallel()
	besiege(t, 2, arrivalsAfterTheList)
}
func TestRace84iDeleteOfTheWrongList(t *testing.T) { t.Parallel(); besiege(t, 1, wrongList) }

// readList reads the blocked list and returns its moment.
func (s *siege) readList(f ingest.TicketFilter) (asOf string) {
	s.t.Helper()
	list, err := s.replicas[0].Tickets(ctx, f)
	must(s.t, err)
	return list.AsOf
}

// 84d: a supervisor reads the list, more is held while he reads, and then he
// deletes all of it: what the list did not show stays.
func arrivalsAfterTheList(s *siege) {
	rule := s.hold(40)
	seen := s.readList(ingest.TicketFilter{})
	read := s.tick()
	s.under(func(r *replica) {
		until(s.t, "more is held", func() bool {
			return ask[int](s.world, "select count(*) from messages where state = 'held'") > 45
		})
		_, err := r.DeleteTickets(ctx, ingest.TicketOrder{Filter: &ingest.TicketFilter{}, AsOf: seen, Actor: "sam"})
		must(s.t, err)
	})
	s.every("what the list showed", atFirst, is(ingest.Purged))
	s.every("what came later", func(e end) bool { return e.began > read }, func(e end) bool {
		return e.state == ingest.Held && e.rule == rule && len(e.moves) == 0
	})
}

// 84i: there is no trash, so what a delete of the wrong list can reach is what
// that list showed: one contact's messages, of the moment it was read. A list
// read too long ago and a moment that was not given out delete nothing.
func wrongList(s *siege) {
	s.hold(40)
	f := ingest.TicketFilter{Contact: s.contactOf("visitor:v1")}
	seen := s.readList(f)
	delete := func(r *replica, asOf string) error {
		_, err := r.DeleteTickets(ctx, ingest.TicketOrder{Filter: &f, AsOf: asOf, Actor: "sam"})
		return err
	}
	s.under(func(r *replica) {
		if err := delete(r, string(seen[0]^1)+seen[1:]); !ingest.Invalid(err) {
			s.t.Errorf("a moment that was not given out: %v", err)
		}
	})
	s.every("what was held", atFirst, is(ingest.Held))
	s.under(func(r *replica) { must(s.t, delete(r, seen)) })
	s.every("what the list showed", func(e end) bool { return e.first && e.visitor == "v1" }, is(ingest.Purged))
	s.every("all else", func(e end) bool { return !e.first || e.visitor != "v1" }, is(ingest.Held))
	s.ahead.Store(int64(61 * time.Minute))
	if err := delete(s.replicas[0], seen); !errors.Is(err, ingest.ErrListStale) {
		s.t.Errorf("a list of an hour ago: %v", err)
	}
}

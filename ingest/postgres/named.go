package postgres

import (
	"context"
	"maps"
	"net/netip"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlTargetsNamed = statement("targets_named")
	sqlWroteFrom    = statement("wrote_from")
)

const (
	// lookBack is how far back a rule is held against what was written.
	lookBack = 30 * 24 * time.Hour
	// reachRows is how many of the newest messages are looked at for it, so that
	// it takes a second or two at worst, however much the desk has.
	reachRows = 50_000
	// mostNamed is how many identities are counted for a target.
	mostNamed = 10_000
)

// Named counts for each target the known contacts that it names, but for about:
// for a domain or a prefix those who have an address in it, for everyone all of
// them (of either at most 10,000), for a network those who wrote from there
// within 30 days (as far as the 50,000 newest messages go). A person's own
// target names nobody else: 0.
func (s *Store) Named(ctx context.Context, targets []ingest.Target, about ingest.ID) ([]int, error) {
	kinds, values := make([]string, len(targets)), make([]string, len(targets))
	nets := false
	for i, t := range targets {
		kinds[i], values[i] = t.Kind, t.Value
		nets = nets || t.IsNet()
	}
	about, err := survivor(ctx, s.pool, about)
	if err != nil {
		return nil, classify(err)
	}
	rows, err := s.pool.Query(ctx, sqlTargetsNamed, kinds, values, about, mostNamed)
	if err != nil {
		return nil, classify(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil || !nets {
		return list, classify(err)
	}
	wrote, err := s.wroteFrom(ctx, about)
	order := slices.SortedFunc(maps.Keys(wrote), netip.Addr.Compare)
	for i, t := range targets {
		if t.IsNet() {
			list[i] = wrote.in(t, order)
		}
	}
	return list, err
}

// callers are who wrote from which address.
type callers map[netip.Addr][]ingest.ID

func (s *Store) wroteFrom(ctx context.Context, but ingest.ID) (callers, error) {
	rows, err := s.pool.Query(ctx, sqlWroteFrom, s.now().Add(-lookBack), reachRows)
	if err != nil {
		return nil, classify(err)
	}
	from := callers{}
	var contact ingest.ID
	var ip string
	_, err = pgx.ForEachRow(rows, []any{&contact, &ip}, func() error {
		a, err := netip.ParseAddr(ip)
		if a = ingest.CanonicalIP(a); err == nil && contact != but && !slices.Contains(from[a], contact) {
			from[a] = append(from[a], contact)
		}
		return nil
	})
	return from, classify(err)
}

// in counts those who wrote from within the target; order is its keys sorted.
func (c callers) in(t ingest.Target, order []netip.Addr) int {
	first, last, ok := t.Ends()
	people := map[ingest.ID]bool{}
	from, _ := slices.BinarySearchFunc(order, first, netip.Addr.Compare)
	for _, a := range order[from:] {
		if !ok || last.Less(a) {
			break
		}
		for _, id := range c[a] {
			people[id] = true
		}
	}
	return len(people)
}

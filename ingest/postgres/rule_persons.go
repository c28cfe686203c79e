package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

// namePersons says of rules on contacts who these are.
func (s *Store) namePersons(ctx context.Context, rules ...*ingest.Rule) error {
	of := map[ingest.ID][]*ingest.Rule{}
	for _, r := range rules {
		if r == nil || r.Target.Kind != "contact" {
			continue
		}
		id, err := ingest.ParseID(r.Target.Value)
		if err != nil {
			return err
		}
		of[id] = append(of[id], r)
	}
	if len(of) == 0 {
		return nil
	}
	people, err := s.persons(ctx, of)
	for _, p := range people {
		for _, r := range of[p.ID] {
			r.Person = p
		}
	}
	return err
}

// persons are contacts as lists name them, in no order.
func (s *Store) persons(ctx context.Context, of map[ingest.ID][]*ingest.Rule) ([]*ingest.Person, error) {
	ids := make([]ingest.ID, 0, len(of))
	for id := range of {
		ids = append(ids, id)
	}
	rows, err := s.pool.Query(ctx, sqlContactsNames, ids)
	if err != nil {
		return nil, classify(err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (*ingest.Person, error) {
		p := &ingest.Person{}
		return p, row.Scan(&p.ID, &p.Name, &p.Address)
	})
}

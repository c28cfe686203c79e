package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var sqlMergesOf = statement("merges_of")

// Merges lists the merges that a contact took part in, undone ones included,
// the last first.
func (s *Store) Merges(ctx context.Context, contact ingest.ID, p ingest.Part) (ingest.List[ingest.Merge], error) {
	var list ingest.List[ingest.Merge]
	m, err := after(p.After)
	if err != nil {
		return list, err
	}
	limit := limitOf(p.Limit)
	if list.Items, err = s.merges(ctx, contact, nil, m.n(), limit+1); err != nil {
		return ingest.List[ingest.Merge]{}, fmt.Errorf("list merges: %w", classify(err))
	}
	if len(list.Items) > limit {
		list.Items = list.Items[:limit]
		list.Next = mark{N: list.Items[limit-1].ID}.String()
	}
	return list, nil
}

// MergeByID is one merge.
func (s *Store) MergeByID(ctx context.Context, id int64) (ingest.Merge, error) {
	list, err := s.merges(ctx, ingest.ID{}, &id, nil, 1)
	if err == nil && len(list) == 0 {
		err = ingest.ErrNotFound
	}
	if err != nil {
		return ingest.Merge{}, fmt.Errorf("merge %d: %w", id, classify(err))
	}
	return list[0], nil
}

func (s *Store) merges(ctx context.Context, contact ingest.ID, id, below *int64, limit int) ([]ingest.Merge, error) {
	rows, err := s.pool.Query(ctx, sqlMergesOf, contact, id, below, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (ingest.Merge, error) {
		m, was := ingest.Merge{Closed: []ingest.ID{}}, &ingest.Merged{}
		var took, closed []byte
		err := row.Scan(&m.ID, &m.Contact, &m.Into, &m.At, &m.By, &m.Rules, &took, &m.Lifted, &closed, &m.UndoneAt, &m.UndoneBy,
			&was.Name, &was.Nickname, &was.Username, &was.Company, &was.Location, &was.AvatarURL, &was.Tags, &was.Fields)
		if err != nil {
			return m, err
		}
		m.Was = was
		var shut []closedBy
		err = errors.Join(json.Unmarshal(took, &m.Took), json.Unmarshal(closed, &shut))
		for _, c := range shut {
			m.Closed = append(m.Closed, c.Conversation)
		}
		return m, err
	})
}

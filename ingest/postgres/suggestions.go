package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlLinkDismiss = statement("link_dismiss")
	sqlLinksList   = statement("links_list")
)

// Suggestions lists pairs of contacts that may be one person, the last first; of
// one contact if it is not the zero id.
func (s *Store) Suggestions(ctx context.Context, contact ingest.ID, p ingest.Part) (ingest.List[ingest.Suggestion], error) {
	var list ingest.List[ingest.Suggestion]
	m, err := after(p.After)
	if err != nil {
		return list, err
	}
	limit := limitOf(p.Limit)
	rows, err := s.pool.Query(ctx, sqlLinksList, contact, m.n(), nil, limit+1)
	if err == nil {
		list.Items, err = pgx.CollectRows(rows, scanSuggestion)
	}
	if err != nil {
		return ingest.List[ingest.Suggestion]{}, fmt.Errorf("list suggestions: %w", classify(err))
	}
	if len(list.Items) > limit {
		list.Items = list.Items[:limit]
		list.Next = mark{N: list.Items[limit-1].ID}.String()
	}
	return list, nil
}

func scanSuggestion(row pgx.CollectableRow) (ingest.Suggestion, error) {
	var g ingest.Suggestion
	a, b := &g.Contacts[0], &g.Contacts[1]
	err := row.Scan(&g.ID, &g.Why, &g.Message, &g.At, &a.ID, &a.Name, &a.Address, &b.ID, &b.Name, &b.Address)
	return g, err
}

// DismissSuggestion says that the two are not one: they are not suggested or
// linked again. One that is none any more is not found.
func (s *Store) DismissSuggestion(ctx context.Context, id int64, actor string) error {
	err := s.tx(ctx, func(tx pgx.Tx) error {
		var one, other ingest.ID
		err := tx.QueryRow(ctx, sqlLinkDismiss, id, text(actor)).Scan(&one, &other)
		if errors.Is(err, pgx.ErrNoRows) {
			return ingest.ErrNotFound
		}
		if err != nil {
			return err
		}
		return record(ctx, tx, actor, "contact.not_one", "contact:"+one.String(), map[string]any{"contact": other})
	})
	if err != nil {
		return fmt.Errorf("dismiss suggestion %d: %w", id, err)
	}
	return nil
}

package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlPrintsCopies = statement("prints_copies")
	sqlKeysKnown    = statement("keys_known")
)

// findCopies finds what of an archive came before.
func (l *load) findCopies(ctx context.Context, tx pgx.Tx, items []*item) error {
	c := copyColumns{make([][]byte, len(items)), make([][]byte, len(items)), make([]int32, len(items)), make([]int32, len(items))}
	for i, it := range items {
		c.set(i, it.arrival)
	}
	rows, err := tx.Query(ctx, sqlPrintsCopies, l.channel.ID, c.content, c.header, c.contentN, c.headerN)
	if err != nil {
		return err
	}
	var ord int64
	var message ingest.ID
	_, err = pgx.ForEachRow(rows, []any{&ord, &message}, func() error {
		items[ord-1].stands = message
		return nil
	})
	return err
}

type copyColumns struct {
	content, header   [][]byte
	contentN, headerN []int32
}

func (c *copyColumns) set(i int, a ingest.Arrival) {
	c.contentN[i], c.headerN[i] = int32(a.Copy.Content), int32(max(a.Copy.Header, 0))
	for _, p := range a.Prints {
		hash := append([]byte(nil), p.Hash[:]...)
		switch {
		case p.Kind == "raw":
			c.content[i] = hash
		case a.Copy.Header >= 0:
			c.header[i] = hash
		}
	}
}

// HasKeys reports of each key whether a message of the channel has it.
func (s *Store) HasKeys(ctx context.Context, channel string, keys []string) ([]bool, error) {
	c, err := s.channel(ctx, channel)
	if err != nil {
		return nil, err
	}
	known := make([]bool, len(keys))
	rows, err := s.pool.Query(ctx, sqlKeysKnown, c.ID, hashesOf(keys))
	var ord int64
	if err == nil {
		_, err = pgx.ForEachRow(rows, []any{&ord}, func() error {
			known[ord-1] = true
			return nil
		})
	}
	if err != nil {
		return nil, fmt.Errorf("look keys up: %w", classify(err))
	}
	return known, nil
}

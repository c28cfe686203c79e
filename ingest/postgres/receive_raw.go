package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

// streamFrom is how many raw octets of a batch go as a stream. As a parameter
// they lie in memory several times, here and in the database, before the first
// of them is written; below this the further round trips would cost more.
const streamFrom = 256 << 10

// rawSize is how many raw octets there are to be stored at most.
func (l *load) rawSize() (n int) {
	for _, it := range l.items {
		if !it.bare {
			n += len(it.arrival.Raw)
		}
	}
	return n
}

// A rawRow is a row of raw bytes.
type rawRow struct {
	message ingest.ID
	n       int32
	data    []byte
}

// streamRaw writes the raw bytes of what the statement before it has stored.
func (l *load) streamRaw(ctx context.Context, tx pgx.Tx) error {
	var rows []rawRow
	for _, it := range l.items {
		if !it.fresh || it.bare {
			continue
		}
		for n, rest := int32(0), it.arrival.Raw; n == 0 || len(rest) > 0; n, rest = n+1, beyond(rest) {
			rows = append(rows, rawRow{it.id, n, chunk(rest)})
		}
	}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"raw"}, []string{"message", "n", "data"}, pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) {
		return []any{rows[i].message, rows[i].n, rows[i].data}, nil
	}))
	return err
}

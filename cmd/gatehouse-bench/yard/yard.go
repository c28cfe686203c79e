// Package yard does Gatehouse's work barely, to measure Gatehouse by: the same
// rows written by plain SQL, with everything known beforehand, in one round
// trip, without a lock, a read or a question whether a row is there already;
// and the same mailbox read by a plain loop. It promises nothing that Gatehouse
// promises, so what it does in a second is what this machine could do at best.
//
// It also looks at what Gatehouse stored, by queries of its own: whether
// something was lost must not be answered by the code under test.
package yard

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"gatehouse/ingest"
)

// BatchSize is how many messages a connection writes in a transaction, at most.
const BatchSize = 200

// connections is how many of them write beside each other where the work can
// be divided at all.
const connections = 2

// DB is a database of the benchmark's own.
type DB struct {
	pool *pgxpool.Pool
}

// Open connects to the database at url.
func Open(ctx context.Context, url string) (*DB, error) {
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return nil, err
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return &DB{pool}, nil
}

// Close drops the connections.
func (d *DB) Close() { d.pool.Close() }

// Create makes the database name on the server at address and returns the new
// one's address and what drops it.
func Create(ctx context.Context, address, name string) (string, func(context.Context) error, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" {
		return "", nil, errors.New("the address of the database has to be a URL")
	}
	ident := pgx.Identifier{name}.Sanitize()
	if err := exec(ctx, address, "create database "+ident); err != nil {
		return "", nil, err
	}
	u.Path = "/" + name
	drop := func(ctx context.Context) error {
		return exec(ctx, address, "drop database if exists "+ident+" with (force)")
	}
	return u.String(), drop, nil
}

func exec(ctx context.Context, address, statement string) error {
	c, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	_, err = c.Exec(ctx, statement)
	return errors.Join(err, c.Close(context.WithoutCancel(ctx)))
}

// Warm makes the planner and the disk ready for a fair comparison: statistics
// of what the tables hold, and no page left to be written.
func (d *DB) Warm(ctx context.Context) error {
	for _, statement := range []string{"vacuum analyze", "checkpoint"} {
		if _, err := d.pool.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// inBatches writes n things in batches of BatchSize.
func (d *DB) inBatches(ctx context.Context, n int, batch func(from, to int) *pgx.Batch) error {
	return d.each(ctx, connections, (n+BatchSize-1)/BatchSize, func(i int) *pgx.Batch {
		return batch(i*BatchSize, min((i+1)*BatchSize, n))
	})
}

// each gives the connections n batches in turn.
func (d *DB) each(ctx context.Context, connections, n int, batch func(i int) *pgx.Batch) error {
	group, ctx := errgroup.WithContext(ctx)
	for c := range connections {
		group.Go(func() error {
			for i := c; i < n; i += connections {
				if err := d.send(ctx, batch(i)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// send runs a batch that holds a whole transaction.
func (d *DB) send(ctx context.Context, b *pgx.Batch) error {
	conn, err := d.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release() // destroys the connection if the transaction is still open
	return conn.SendBatch(ctx, b).Close()
}

func transaction() *pgx.Batch {
	b := &pgx.Batch{}
	b.Queue("begin")
	return b
}

// ids is a column of uuids in the form that costs pgx least.
type ids = pgtype.FlatArray[pgtype.UUID]

func uuid(id ingest.ID) pgtype.UUID { return pgtype.UUID{Bytes: id, Valid: true} }

func orNull(id ingest.ID) pgtype.UUID { return pgtype.UUID{Bytes: id, Valid: !id.IsZero()} }

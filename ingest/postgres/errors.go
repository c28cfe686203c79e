package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"gatehouse/ingest"
)

// classify says of a database error whether another try may help. Errors that
// are already classified, and our own, pass unchanged.
func classify(err error) error {
	switch {
	case err == nil, ingest.Temporary(err), ingest.Invalid(err), errors.Is(err, ingest.ErrNotFound),
		errors.Is(err, ingest.ErrFenced), errors.Is(err, ingest.ErrConflict),
		errors.Is(err, ingest.ErrStands), errors.Is(err, ingest.ErrNothing):
		return err
	case errors.Is(err, pgx.ErrNoRows):
		return errors.Join(ingest.ErrNotFound, err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return ingest.AsTemporary(err)
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return ingest.AsTemporary(err) // the connection broke, or never was
	}
	switch pg.Code[:2] {
	case "22", "23", "54": // the data itself: bad value, violated constraint, over a limit
		return ingest.AsInvalid(err)
	case "08", "25", "40", "53", "55", "57", "58": // connection, rollback, resources, locks, operator, system
		return ingest.AsTemporary(err)
	}
	return err
}

// outdated reports whether err says that the database lacks a table or column.
func outdated(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "42P01" || pg.Code == "42703")
}

// violates reports whether err is a violation of the named constraint or index.
func violates(err error, constraint string) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.ConstraintName == constraint
}

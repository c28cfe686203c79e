package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var sqlPartsDue = statement("parts_due")

// dueParts is how many names one transaction looks at.
const dueParts = 50

// JoinParts delivers the messages whose first part has waited for
// [ingest.PartsWait], with what came of them. Processes may do so at once.
func (s *Store) JoinParts(ctx context.Context) error {
	for s.joiner != nil {
		due, err := s.partsDue(ctx)
		if err == nil && due != nil {
			err = s.joinDue(ctx, due)
		}
		if err != nil {
			return fmt.Errorf("join parts: %w", err)
		}
		if len(due) < dueParts {
			return nil
		}
	}
	return nil
}

func (s *Store) partsDue(ctx context.Context) (due []partsOf, err error) {
	rows, err := s.pool.Query(ctx, sqlPartsDue, s.now().Add(-ingest.PartsWait), dueParts)
	if err != nil {
		return nil, classify(err)
	}
	var number int32
	var name []byte
	_, err = pgx.ForEachRow(rows, []any{&number, &name}, func() error {
		c, err := s.channelByID(ctx, number)
		due = append(due, partsOf{c, ingest.Hash(name)})
		return err
	})
	return due, classify(err)
}

// joinDue joins in one transaction, or if the data of one of them is at fault in
// one each, the last way as dead.
func (s *Store) joinDue(ctx context.Context, due []partsOf) error {
	err := s.joinIn(ctx, due, s.joiner)
	if !ingest.Invalid(err) {
		return err
	}
	for i := range due {
		if err = s.joinIn(ctx, due[i:i+1], s.joiner); ingest.Invalid(err) {
			err = s.joinIn(ctx, due[i:i+1], s.rejected(err))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) joinIn(ctx context.Context, names []partsOf, joiner Joiner) error {
	err := s.tx(ctx, func(tx pgx.Tx) error {
		if err := lockParts(ctx, tx, names); err != nil {
			return err
		}
		_, _, err := s.join(ctx, tx, names, joiner)
		return err
	})
	if errors.Is(err, errAgain) {
		return ingest.AsTemporary(err)
	}
	return err
}

// rejected is a joiner with nothing left that the database could refuse.
func (s *Store) rejected(why error) Joiner {
	return func(kind string, set ingest.PartSet) ingest.Arrival {
		a := s.joiner(kind, set)
		return ingest.Arrival{
			Message: ingest.Message{ReceivedAt: a.Message.ReceivedAt, Auto: ingest.AutoNone},
			Raw:     a.Raw, Problem: ingest.ReasonRejected, Note: why.Error(),
		}
	}
}

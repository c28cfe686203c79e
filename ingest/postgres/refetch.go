package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlRefetchSources  = statement("refetch_sources")
	sqlRefetchMessage  = statement("refetch_message")
	sqlRefetchChannels = statement("refetch_channels")
	sqlRefetchAbandon  = statement("refetch_abandon")
	sqlRefusedSenders  = statement("refused_senders")
)

// Refetch starts a job that asks the sources for what a ban refused, or joins
// the one that is under way. What no source keeps is skipped at once.
// ingest.ErrStands: the ban would refuse it again; ingest.ErrNothing: nothing is
// refused by it.
func (s *Store) Refetch(ctx context.Context, o ingest.RefetchOrder) (int64, error) {
	var job int64
	err := s.tx(ctx, func(tx pgx.Tx) (err error) {
		if _, err := tx.Exec(ctx, sqlRulesLockShared); err != nil {
			return err
		}
		if err := refetchable(ctx, tx, o); err != nil {
			return err
		}
		scope := "rule:" + strconv.FormatInt(o.Rule, 10)
		if err := lockScope(ctx, tx, scope); err != nil {
			return err
		}
		if job, err = jobUnderWay(ctx, tx, scope, ingest.JobRefetch); job != 0 || err != nil {
			return err
		}
		if job, err = startSourceJob(ctx, tx, ingest.JobRefetch, scope, o.Actor); err != nil {
			return err
		}
		var total int
		if err = tx.QueryRow(ctx, sqlRefetchSources, job, o.Rule, o.Sources).Scan(&total); err == nil && total == 0 {
			err = fmt.Errorf("nothing that rule %d refused: %w", o.Rule, ingest.ErrNothing)
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("refetch: %w", err)
	}
	return job, nil
}

// refetchable asks under the rules lock whether the ban has ended, or become
// something that refuses nothing.
func refetchable(ctx context.Context, tx pgx.Tx, o ingest.RefetchOrder) error {
	var exists, stands bool
	err := tx.QueryRow(ctx, "select true, kind = 'ban' and lifted_at is null and (expires_at is null or expires_at > now()) from rules where id = $1", o.Rule).
		Scan(&exists, &stands)
	if err == nil && stands && !o.Standing {
		return fmt.Errorf("rule %d: %w", o.Rule, ingest.ErrStands)
	}
	return err
}

// lockScope keeps two orders of one scope from starting a job each.
func lockScope(ctx context.Context, tx pgx.Tx, scope string) error {
	_, err := tx.Exec(ctx, "select pg_advisory_xact_lock(4, hashtext($1))", scope)
	return err
}

// jobUnderWay is the job of the kind and scope that is running or queued, 0 if
// there is none.
func jobUnderWay(ctx context.Context, tx pgx.Tx, scope string, kind ingest.JobKind) (job int64, err error) {
	err = tx.QueryRow(ctx, sqlJobLatest, scope, kind).Scan(&job)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	return job, err
}

func startSourceJob(ctx context.Context, tx pgx.Tx, kind ingest.JobKind, scope, actor string) (int64, error) {
	var epoch int64
	if err := tx.QueryRow(ctx, sqlSettleEpoch).Scan(&epoch); err != nil {
		return 0, err
	}
	return insertJob(ctx, tx, kind, scope, epoch, "", actor)
}

// FetchWhole starts a job that asks the source for the whole of a held message
// of which only the header was read, or joins the one that is under way.
// ErrNothing: it is not held for its size, is whole, or nobody keeps it.
func (s *Store) FetchWhole(ctx context.Context, message ingest.ID, sources []string, actor string) (int64, error) {
	var job int64
	err := s.tx(ctx, func(tx pgx.Tx) (err error) {
		if _, err := tx.Exec(ctx, sqlRulesLockShared); err != nil {
			return err
		}
		scope := "message:" + message.String()
		if err := lockScope(ctx, tx, scope); err != nil {
			return err
		}
		if job, err = jobUnderWay(ctx, tx, scope, ingest.JobFetch); job != 0 || err != nil {
			return err
		}
		if job, err = startSourceJob(ctx, tx, ingest.JobFetch, scope, actor); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, sqlRefetchMessage, job, message, sources)
		if err == nil && tag.RowsAffected() == 0 {
			err = fmt.Errorf("message %s is not held for its size, or no source keeps it: %w", message, ingest.ErrNothing)
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("fetch: %w", err)
	}
	return job, nil
}

// Fetching names the channels whose sources are to be asked once more.
func (s *Store) Fetching(ctx context.Context) ([]string, error) {
	rows, err := s.pool.Query(ctx, sqlRefetchChannels)
	if err != nil {
		return nil, classify(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return names, classify(err)
}

// RefusedSenders lists whom a rule refused, as far as rows tell, the last
// first, at most limit.
func (s *Store) RefusedSenders(ctx context.Context, rule int64, limit int) ([]ingest.RefusedSender, error) {
	rows, err := s.pool.Query(ctx, sqlRefusedSenders, rule, limit)
	if err != nil {
		return nil, fmt.Errorf("refused senders: %w", classify(err))
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (ingest.RefusedSender, error) {
		r := ingest.RefusedSender{From: ingest.Identity{How: ingest.Header}}
		return r, row.Scan(&r.From.Kind, &r.From.Value, &r.Channel, &r.Kind)
	})
	return list, classify(err)
}

// abandonSources ends what a job asks of channels that were retired meanwhile.
func abandonSources(ctx context.Context, tx pgx.Tx, job int64) error {
	rows, err := tx.Query(ctx, sqlRefetchAbandon, job)
	if err != nil {
		return err
	}
	channels, err := pgx.CollectRows(rows, pgx.RowTo[int32])
	if err != nil {
		return err
	}
	for _, channel := range channels {
		if err := endSource(ctx, tx, job, channel, ingest.SkipNoSource, nil); err != nil {
			return err
		}
	}
	return nil
}

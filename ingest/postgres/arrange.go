package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlChannelsArranged  = statement("channels_arranged")
	sqlChannelRename     = statement("channel_rename")
	sqlRulesRescope      = statement("rules_rescope")
	sqlChannelsRetire    = statement("channels_retire")
	sqlChannelsReinstate = statement("channels_reinstate")
	sqlPlaces            = statement("places")
)

// Arrangement is what Arrange would do, and its error. A database without our
// tables knows no channel.
func (s *Store) Arrangement(ctx context.Context, configured []ingest.ChannelSpec, retired []string) (ingest.Arrangement, error) {
	ours, err := s.ours(ctx)
	if err != nil {
		return ingest.Arrangement{}, err
	}
	if !ours {
		return ingest.Arrange(nil, configured, retired)
	}
	return arrangement(ctx, s.pool, configured, retired)
}

// ours reports whether the database has our tables.
func (s *Store) ours(ctx context.Context) (ours bool, err error) {
	err = s.pool.QueryRow(ctx, "select to_regclass('channels') is not null").Scan(&ours)
	return ours, classify(err)
}

// Places tells how far a poller has come in each mailbox of a channel, known by
// the first of the names that the database has, and since when it is known.
// Nothing at all is no error: it was never polled.
func (s *Store) Places(ctx context.Context, names []string) (places map[string]string, since time.Time, err error) {
	ours, err := s.ours(ctx)
	if err != nil || !ours {
		return nil, since, err
	}
	err = s.pool.QueryRow(ctx, sqlPlaces, names).Scan(&since, &places)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, since, nil
	}
	return places, since, classify(err)
}

func arrangement(ctx context.Context, q querier, configured []ingest.ChannelSpec, retired []string) (ingest.Arrangement, error) {
	rows, err := q.Query(ctx, sqlChannelsArranged)
	if err != nil {
		return ingest.Arrangement{}, classify(err)
	}
	known, err := pgx.CollectRows(rows, pgx.RowToStructByPos[ingest.KnownChannel])
	if err != nil {
		return ingest.Arrangement{}, classify(err)
	}
	a, err := ingest.Arrange(known, configured, retired)
	return a, ingest.AsInvalid(err)
}

// Arrange makes the channels those of a configuration, in one transaction: new
// ones are added, retired ones retired, and renamed ones keep all they have,
// with the scopes of rules that name them. Done again it does nothing. An error
// that is ingest.Invalid says what cannot be arranged, and nothing was.
//
// It takes the rules lock exclusively if there is anything to do: no decision
// sees a rule by one name and its channel by another.
func (s *Store) Arrange(ctx context.Context, configured []ingest.ChannelSpec, retired []string, actor string) (ingest.Arrangement, error) {
	var a ingest.Arrangement
	err := s.tx(ctx, func(tx pgx.Tx) (err error) {
		if a, err = arrangement(ctx, tx, configured, retired); err != nil || a.Empty() {
			return err
		}
		if _, err := tx.Exec(ctx, sqlRulesLock); err != nil {
			return err
		}
		if a, err = arrangement(ctx, tx, configured, retired); err != nil { // another process may have been quicker
			return err
		}
		return arrange(ctx, tx, a, actor)
	})
	if err != nil {
		return a, err
	}
	return a, s.learnChannels(ctx, s.pool)
}

func arrange(ctx context.Context, tx pgx.Tx, a ingest.Arrangement, actor string) error {
	if err := rename(ctx, tx, a.Rename); err != nil {
		return err
	}
	for _, c := range a.Add {
		if _, err := tx.Exec(ctx, sqlChannelRegister, c.Name, c.Kind, string(c.Family)); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, sqlChannelsRetire, a.Retire); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, sqlChannelsReinstate, a.Reinstate); err != nil {
		return err
	}
	return tell(ctx, tx, a, actor)
}

// rename gives channels their new names, and to the rules about them.
func rename(ctx context.Context, tx pgx.Tx, list []ingest.Rename) error {
	if len(list) == 0 {
		return nil
	}
	var epoch int64
	if err := tx.QueryRow(ctx, sqlEpochRaise).Scan(&epoch); err != nil {
		return err
	}
	for _, r := range list {
		if _, err := tx.Exec(ctx, sqlChannelRename, r.Was, r.Channel); err != nil {
			return fmt.Errorf("rename channel %s: %w", r.Was, err)
		}
		if _, err := tx.Exec(ctx, sqlRulesRescope, r.Was, r.Channel, epoch); err != nil {
			return fmt.Errorf("rename channel %s in the scopes of rules: %w", r.Was, err)
		}
	}
	return nil
}

// tell writes the audit and the events.
func tell(ctx context.Context, tx pgx.Tx, a ingest.Arrangement, actor string) error {
	var events eventColumns
	note := func(action, channel, was string) error {
		data := map[string]string{"channel": channel}
		if was != "" {
			data["was"] = was
		}
		events.add(action, ingest.ID{}, ingest.ID{}, ingest.ID{}, data)
		return record(ctx, tx, actor, action, "channel:"+channel, data)
	}
	for _, c := range a.Add {
		if err := note("channel.added", c.Name, ""); err != nil {
			return err
		}
	}
	for _, r := range a.Rename {
		if err := note("channel.renamed", r.Channel, r.Was); err != nil {
			return err
		}
	}
	for _, name := range a.Retire {
		if err := note("channel.retired", name, ""); err != nil {
			return err
		}
	}
	for _, name := range a.Reinstate {
		if err := note("channel.reinstated", name, ""); err != nil {
			return err
		}
	}
	return events.insert(ctx, tx)
}

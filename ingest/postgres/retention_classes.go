package postgres

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlRetainConversed    = statement("retain_conversed")
	sqlRetainConversedDue = statement("retain_conversed_due")
	sqlRetainSubjects     = statement("retain_subjects")
	sqlRetainDead         = statement("retain_dead")
	sqlRetainDeadDue      = statement("retain_dead_due")
	sqlRetainLast         = statement("retain_last")
	sqlAuditCut           = statement("audit_cut")
)

// class is what is kept for a time of a setting of its own.
type class struct {
	name, setting string
	keep          func(ingest.Settings) ingest.Keep
	// step deletes some of what is older than a moment, in a transaction that has
	// the rules lock, shared, and returns how many.
	step func(ctx context.Context, s *Store, tx pgx.Tx, before time.Time) (int, error)
	// due counts what is older.
	due func(ctx context.Context, s *Store, q querier, before time.Time) (int, error)
}

var classes = []class{
	{ingest.ClassConversed, "conversed_keep", func(s ingest.Settings) ingest.Keep { return s.ConversedKeep }, retainConversed, dueConversed},
	{ingest.ClassRaw, "raw_keep", func(s ingest.Settings) ingest.Keep { return s.RawKeep }, retainRaw, dueRaw},
	{ingest.ClassDead, "dead_keep", func(s ingest.Settings) ingest.Keep { return s.DeadKeep }, retainDead, dueDead},
	{ingest.ClassAudit, "audit_keep", func(s ingest.Settings) ingest.Keep { return s.AuditKeep }, cutAudit, dueAudit},
}

// retainClasses deletes what is past its time of each class, some in a
// transaction, in which the setting is read.
func (s *Store) retainClasses(ctx context.Context) error {
	for _, c := range classes {
		for range retainSteps {
			n, err := s.retainClass(ctx, c)
			if err != nil {
				return fmt.Errorf("retention of %s: %w", c.name, err)
			}
			if n == 0 {
				break
			}
		}
	}
	return nil
}

func (s *Store) retainClass(ctx context.Context, c class) (n int, err error) {
	err = s.tx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlRulesLockShared); err != nil {
			return err
		}
		settings, _, err := readSettings(ctx, tx)
		if err != nil {
			return err
		}
		before := s.heldBefore(c.keep(settings), 0)
		if before == nil {
			return nil
		}
		if n, err = c.step(ctx, s, tx, *before); err != nil || n == 0 {
			return err
		}
		return told(ctx, tx, "retention.deleted", c.name, map[string]any{c.name: n})
	})
	return n, err
}

func retainConversed(ctx context.Context, s *Store, tx pgx.Tx, before time.Time) (int, error) {
	ids, talks, err := past(ctx, tx, sqlRetainConversed, firstID(before), s.now())
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	if _, err := tx.Exec(ctx, sqlJobPurge, ids, nil, retainer, ingest.Conversed); err != nil {
		return 0, err
	}
	_, err = tx.Exec(ctx, sqlRetainSubjects, talks)
	return len(ids), err
}

func retainDead(ctx context.Context, s *Store, tx pgx.Tx, before time.Time) (int, error) {
	ids, _, err := past(ctx, tx, sqlRetainDead, before, s.now())
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	if _, err := tx.Exec(ctx, sqlJobPurge, ids, nil, retainer, ingest.Dead); err != nil {
		return 0, err
	}
	return len(ids), forgetExports(ctx, tx, ids)
}

// past locks the next messages that are past their time, and says in which
// conversations they are.
func past(ctx context.Context, tx pgx.Tx, query string, before any, holds time.Time) (ids, talks []ingest.ID, err error) {
	rows, err := tx.Query(ctx, query, before, retainStep, holds)
	if err != nil {
		return nil, nil, err
	}
	var id, talk ingest.ID
	_, err = pgx.ForEachRow(rows, []any{&id, &talk}, func() error {
		ids, talks = append(ids, id), append(talks, talk)
		return nil
	})
	return ids, talks, err
}

// firstID is before every id that was made at a moment (RFC 9562, version 7).
func firstID(at time.Time) (id ingest.ID) {
	ms := at.UnixMilli()
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i))
	}
	return id
}

func dueConversed(ctx context.Context, s *Store, q querier, before time.Time) (n int, err error) {
	err = q.QueryRow(ctx, sqlRetainConversedDue, firstID(before), s.now()).Scan(&n)
	return n, err
}

func dueDead(ctx context.Context, s *Store, q querier, before time.Time) (n int, err error) {
	err = q.QueryRow(ctx, sqlRetainDeadDue, before, s.now()).Scan(&n)
	return n, err
}

func dueAudit(ctx context.Context, _ *Store, q querier, before time.Time) (n int, err error) {
	err = q.QueryRow(ctx, "select count(*)::int from audit where n is not null and at < $1", before).Scan(&n)
	return n, err
}

// cutAudit removes the beginning of the audit's chain up to the first line that
// is not old enough; what is left goes on from the last removed line's hash.
func cutAudit(ctx context.Context, _ *Store, tx pgx.Tx, before time.Time) (int, error) {
	var n int64
	var hash []byte
	err := tx.QueryRow(ctx, sqlAuditCut, before, sealMost).Scan(&n, &hash)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	tag, err := tx.Exec(ctx, "delete from audit where n <= $1", n)
	if err != nil {
		return 0, err
	}
	cut := map[string]string{"up_to": strconv.FormatInt(n, 10), "hash": hex.EncodeToString(hash)}
	return int(tag.RowsAffected()), record(ctx, tx, retainer, "audit.cut", "audit", cut)
}

// comingOf counts what of each class will be past its time in a week.
func (s *Store) comingOf(ctx context.Context, q querier, settings ingest.Settings) (map[string]any, error) {
	coming := map[string]any{}
	for _, c := range classes {
		before := s.heldBefore(c.keep(settings), toldBefore)
		if before == nil {
			continue
		}
		n, err := c.due(ctx, s, q, *before)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			coming[c.name] = n
		}
	}
	return coming, nil
}

// Retentions says of each class how long it is kept, what will be deleted
// within a week, and what was last.
func (s *Store) Retentions(ctx context.Context) ([]ingest.Retention, error) {
	settings, _, err := readSettings(ctx, s.pool)
	if err != nil {
		return nil, classify(err)
	}
	held, err := s.heldComing(ctx, s.pool, settings)
	if err != nil {
		return nil, classify(err)
	}
	byRule := held["rule"]
	bySystem := -byRule
	for _, n := range held {
		bySystem += n
	}
	list := []ingest.Retention{{Class: ingest.ClassHeld, Setting: "held_keep", Keep: settings.HeldKeep, Due: bySystem},
		{Class: ingest.ClassHeld, Setting: "held_keep_rules", Keep: settings.HeldKeepRules, Due: byRule}}
	coming, err := s.comingOf(ctx, s.pool, settings)
	if err != nil {
		return nil, classify(err)
	}
	for _, c := range classes {
		n, _ := coming[c.name].(int)
		list = append(list, ingest.Retention{Class: c.name, Setting: c.setting, Keep: c.keep(settings), Due: n})
	}
	if err := s.addLast(ctx, list); err != nil {
		return nil, classify(err)
	}
	return append(list, ingest.FixedRetention()...), nil
}

// addLast adds what was deleted last, as the audit has it.
func (s *Store) addLast(ctx context.Context, list []ingest.Retention) error {
	rows, err := s.pool.Query(ctx, sqlRetainLast)
	if err != nil {
		return err
	}
	var name string
	var at time.Time
	var data []byte
	_, err = pgx.ForEachRow(rows, []any{&name, &at, &data}, func() error {
		n := deletedOf(name, data)
		for i := range list {
			if list[i].Class == name {
				when := at
				list[i].DeletedAt, list[i].Deleted = &when, n
			}
		}
		return nil
	})
	return err
}

// deletedOf reads a count, or the sum of counts by reason.
func deletedOf(class string, data []byte) (n int) {
	var counts map[string]json.RawMessage
	_ = json.Unmarshal(data, &counts) // our own line
	if json.Unmarshal(counts[class], &n) == nil {
		return n
	}
	var by map[string]int
	_ = json.Unmarshal(counts[class], &by)
	for _, one := range by {
		n += one
	}
	return n
}

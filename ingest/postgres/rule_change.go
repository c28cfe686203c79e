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
	sqlRuleLock   = statement("rule_lock")
	sqlRuleChange = statement("rule_change")
)

// ChangeRule changes a rule under the exclusive rules lock, raises the epoch and
// returns how many conversations it closed. A rule that was lifted, that would
// become one that stands already, or would allow what it holds: ErrConflict;
// of another version: ErrStale.
func (s *Store) ChangeRule(ctx context.Context, c ingest.RuleChange) (closed int, err error) {
	err = s.tx(ctx, func(tx pgx.Tx) (err error) {
		closed, err = changeRule(ctx, tx, c)
		return err
	})
	if violates(err, "rules_standing") {
		err = fmt.Errorf("the same rule of that kind stands already: lift one of the two: %w", ingest.ErrConflict)
	}
	if err != nil {
		return 0, fmt.Errorf("change rule %d: %w", c.Rule, err)
	}
	return closed, nil
}

func changeRule(ctx context.Context, tx pgx.Tx, c ingest.RuleChange) (int, error) {
	if _, err := tx.Exec(ctx, sqlRulesLock); err != nil {
		return 0, err
	}
	rows, err := tx.Query(ctx, sqlRuleLock, c.Rule)
	if err != nil {
		return 0, err
	}
	old, err := pgx.CollectExactlyOneRow(rows, scanRule)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return 0, ingest.ErrNotFound
	case err != nil:
		return 0, err
	case old.LiftedAt != nil:
		return 0, fmt.Errorf("it was lifted: set another: %w", ingest.ErrConflict)
	case c.Version != "" && c.Version != old.Version():
		return 0, ingest.ErrStale
	}
	r := c.Apply(old)
	if r.Kind == ingest.Allow && old.Kind != ingest.Allow {
		if err := holdsNothing(ctx, tx, r.ID); err != nil {
			return 0, err
		}
	}
	return writeChange(ctx, tx, c, old, r)
}

// holdsNothing refuses to let a rule that holds messages allow them from now
// on: they would be held by nothing that holds.
func holdsNothing(ctx context.Context, tx pgx.Tx, rule int64) error {
	var holds bool
	if err := tx.QueryRow(ctx, sqlRulesHoldAny, []int64{rule}).Scan(&holds); err != nil {
		return err
	}
	if holds {
		return fmt.Errorf("it holds messages: lift it, saying in held what becomes of them, and set an allow: %w", ingest.ErrConflict)
	}
	return nil
}

func writeChange(ctx context.Context, tx pgx.Tx, c ingest.RuleChange, old, r ingest.Rule) (int, error) {
	var epoch int64
	if err := tx.QueryRow(ctx, sqlEpochRaise).Scan(&epoch); err != nil {
		return 0, err
	}
	if _, err := tx.Exec(ctx, sqlRuleChange, r.ID, r.Kind, text(r.Reason), text(r.Comment), r.ExpiresAt, r.OnExpiry, epoch); err != nil {
		return 0, err
	}
	closed := 0
	if r.Kind != old.Kind {
		o := ingest.RuleOrder{Kind: r.Kind, Target: r.Target, Scope: r.Scope, KeepOpen: c.KeepOpen}
		var err error
		if closed, err = closeRuled(ctx, tx, o, r.ID); err != nil {
			return 0, err
		}
	}
	if err := record(ctx, tx, c.Actor, "rule.change", "rule:"+strconv.FormatInt(r.ID, 10), changeSaid(c, old, r)); err != nil {
		return closed, err
	}
	return closed, tellRules(ctx, tx, "rule.changed", r.ID)
}

// changeSaid is the change in codes, for the audit.
func changeSaid(c ingest.RuleChange, old, r ingest.Rule) map[string]any {
	said := map[string]any{}
	if r.Kind != old.Kind {
		said["kind"], said["was"] = r.Kind, old.Kind
	}
	if c.NewEnd {
		said["expires_at"] = r.ExpiresAt
	}
	if r.OnExpiry != old.OnExpiry {
		said["on_expiry"] = r.OnExpiry
	}
	said["reason"], said["comment"] = r.Reason != old.Reason, r.Comment != old.Comment // whether, never what
	if len(c.Forced) > 0 {
		said["forced"] = c.Forced
	}
	return said
}

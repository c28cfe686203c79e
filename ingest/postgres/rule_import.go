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
	sqlRulesImport      = statement("rules_import")
	sqlRulesImportFound = statement("rules_import_found")
	sqlRulesImportStand = statement("rules_import_stand")
	sqlAuditRules       = statement("audit_rules")
)

// errTried undoes what a dry run did.
var errTried = errors.New("only tried")

// ImportRules sets and lifts rules in one transaction under the exclusive rules
// lock, by as many statements for ten thousand as for one. Those lifted are
// lifted as by [Store.Lift], and the same *ingest.HeldChoiceError is returned.
// It closes no conversations.
func (s *Store) ImportRules(ctx context.Context, o ingest.RuleImport) (ingest.RuleImported, error) {
	var done ingest.RuleImported
	var lifting []int64
	err := s.tx(ctx, func(tx pgx.Tx) (err error) {
		done, lifting, err = s.importRules(ctx, tx, o)
		if err == nil && o.DryRun {
			err = errTried
		}
		return err
	})
	switch {
	case errors.Is(err, errTried):
		done.Job = 0 // it never was
	case errors.Is(err, errHeldChoice):
		return ingest.RuleImported{}, s.heldChoice(ctx, lifting)
	case err != nil:
		return ingest.RuleImported{}, fmt.Errorf("import rules: %w", err)
	}
	return done, nil
}

func (s *Store) importRules(ctx context.Context, tx pgx.Tx, o ingest.RuleImport) (done ingest.RuleImported, lifting []int64, err error) {
	if _, err := tx.Exec(ctx, sqlRulesLock); err != nil {
		return done, nil, err
	}
	items, toLift := importDocument(o.Items)
	if lifting, err = s.importFound(ctx, tx, items, true, false); err != nil {
		return done, nil, err
	}
	if len(lifting) > 0 {
		lifted, err := liftThese(ctx, tx, ingest.LiftOrder{Rules: lifting, Held: o.Held, To: o.To, Actor: o.Actor}, lifting)
		if err != nil {
			return done, lifting, err
		}
		done.Job = lifted.Job
	}
	set, err := s.importSet(ctx, tx, items, o)
	if err != nil {
		return done, nil, err
	}
	done.Set, done.Standing = len(set), len(o.Items)-toLift-len(set)
	done.Lifted, done.Absent = len(lifting), toLift-len(lifting)
	said := map[string]any{"set": done.Set, "lifted": done.Lifted}
	if len(o.Forced) > 0 {
		said["forced"] = o.Forced
	}
	return done, lifting, record(ctx, tx, o.Actor, "rule.import", "rules", said)
}

// importSet makes room where a rule has expired, as setting it alone does, and
// sets what does not stand.
func (s *Store) importSet(ctx context.Context, tx pgx.Tx, items string, o ingest.RuleImport) ([]int64, error) {
	if err := s.endRules(ctx, tx); err != nil { // those that let go what they hold
		return nil, err
	}
	var epoch int64
	if err := tx.QueryRow(ctx, sqlEpochRaise).Scan(&epoch); err != nil {
		return nil, err
	}
	expired, err := s.importFound(ctx, tx, items, false, true)
	if err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, sqlRuleLift, expired, "expiry", ingest.KeepHeld, epoch); err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, sqlRulesImport, items, o.Actor, epoch)
	if err != nil {
		return nil, err
	}
	set, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, err
	}
	if err := recordRules(ctx, tx, o.Actor, "rule.set", set, map[string]any{"import": true}); err != nil {
		return nil, err
	}
	return set, tellRules(ctx, tx, "rule.set", set...)
}

func (s *Store) importFound(ctx context.Context, tx pgx.Tx, items string, lifted, expired bool) ([]int64, error) {
	rows, err := tx.Query(ctx, sqlRulesImportFound, items, lifted, expired, s.now())
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[int64])
}

// importDocument is the items as the statements read them, and how many of
// them are to be lifted.
func importDocument(items []ingest.RuleItem) (string, int) {
	type row struct {
		Kind       ingest.RuleKind `json:"kind"`
		TargetKind string          `json:"target_kind"`
		Target     string          `json:"target"`
		Reason     string          `json:"reason"`
		Comment    string          `json:"comment"`
		Scope      []string        `json:"scope"`
		SpareKnown bool            `json:"spare_known"`
		ExpiresAt  *time.Time      `json:"expires_at"`
		OnExpiry   ingest.OnExpiry `json:"on_expiry"`
		Lifted     bool            `json:"lifted"`
	}
	rows, lifts := make([]row, len(items)), 0
	for i, r := range items {
		rows[i] = row{r.Kind, r.Target.Kind, r.Target.Value, r.Reason, r.Comment, r.Scope, r.SpareKnown, r.ExpiresAt, r.OnExpiry, r.Lifted}
		if r.Lifted {
			lifts++
		}
	}
	return toJSON(rows), lifts
}

// recordRules is record for several rules, with their kind.
func recordRules(ctx context.Context, q querier, actor, action string, rules []int64, data any) error {
	_, err := q.Exec(ctx, sqlAuditRules, actor, action, rules, toJSON(data))
	return err
}

// ImportStands says of each item what stands of what it names.
func (s *Store) ImportStands(ctx context.Context, items []ingest.RuleItem) ([]ingest.ImportStand, error) {
	list := make([]ingest.ImportStand, len(items))
	document, _ := importDocument(items)
	rows, err := s.pool.Query(ctx, sqlRulesImportStand, document, s.now())
	if err != nil {
		return nil, classify(err)
	}
	var ord, rule int64
	var same bool
	_, err = pgx.ForEachRow(rows, []any{&ord, &rule, &same}, func() error {
		if at := &list[ord-1]; same {
			at.Same = rule
		} else {
			at.Others = append(at.Others, rule)
		}
		return nil
	})
	return list, classify(err)
}

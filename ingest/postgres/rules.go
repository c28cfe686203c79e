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
	sqlRulesLock          = "select pg_advisory_xact_lock(1, 0)"
	sqlRuleInsert         = statement("rule_insert")
	sqlRuleStanding       = statement("rule_standing")
	sqlEpochRaise         = statement("epoch_raise")
	sqlContactLastIP      = statement("contact_last_ip")
	sqlContactOfTarget    = statement("contact_of_target")
	sqlContactLock        = statement("contact_lock")
	sqlConversationsClose = statement("conversations_close")
	sqlAuditAppend        = statement("audit_append")
	sqlRulesTell          = statement("rules_tell")
)

// ErrNoIP says that AlsoIP was asked for a contact whose address is not known.
var ErrNoIP = errors.New("no address is known that the contact wrote from")

// SetRule makes a rule stand, under the exclusive rules lock: no decision
// straddles it. The same rule standing already is returned as it is.
func (s *Store) SetRule(ctx context.Context, o ingest.RuleOrder) (ingest.RuleSet, error) {
	var set ingest.RuleSet
	err := s.tx(ctx, func(tx pgx.Tx) (err error) {
		set, err = s.setRule(ctx, tx, o)
		return err
	})
	if err != nil {
		return ingest.RuleSet{}, fmt.Errorf("set rule: %w", err)
	}
	return set, nil
}

func (s *Store) setRule(ctx context.Context, tx pgx.Tx, o ingest.RuleOrder) (ingest.RuleSet, error) {
	if _, err := tx.Exec(ctx, sqlRulesLock); err != nil {
		return ingest.RuleSet{}, err
	}
	var epoch int64
	rule, fresh, err := s.ensureRule(ctx, tx, o, 0, &epoch)
	set := ingest.RuleSet{Rule: rule, Fresh: fresh}
	if err != nil {
		return set, err
	}
	if o.AlsoIP {
		if set.Also, err = s.alsoIP(ctx, tx, o, rule.ID, epoch); err != nil {
			return set, err
		}
	}
	if fresh {
		set.Closed, err = closeRuled(ctx, tx, o, rule.ID)
	}
	return set, err
}

// ensureRule returns the same rule if it stands, else makes it, at an epoch that
// it raises if none was raised yet (0). One that has expired by the clock makes
// room: it is lifted, and what it holds stays held or goes free, as it says.
func (s *Store) ensureRule(ctx context.Context, tx pgx.Tx, o ingest.RuleOrder, with int64, epoch *int64) (rule ingest.Rule, fresh bool, err error) {
	rows, err := tx.Query(ctx, sqlRuleStanding, o.Kind, o.Target.Kind, o.Target.Value, scopeOf(o))
	if err != nil {
		return rule, false, err
	}
	rule, err = pgx.CollectExactlyOneRow(rows, scanRule)
	found := !errors.Is(err, pgx.ErrNoRows)
	if found && (err != nil || rule.InForce(s.now())) {
		return rule, false, err
	}
	if *epoch == 0 {
		if err := tx.QueryRow(ctx, sqlEpochRaise).Scan(epoch); err != nil {
			return rule, false, err
		}
	}
	if found {
		if err := endRule(ctx, tx, rule.ID, rule.OnExpiry, *epoch); err != nil {
			return rule, false, err
		}
	}
	rule, err = insertRule(ctx, tx, o, with, *epoch)
	return rule, true, err
}

func insertRule(ctx context.Context, tx pgx.Tx, o ingest.RuleOrder, with, epoch int64) (ingest.Rule, error) {
	if o.OnExpiry == "" {
		o.OnExpiry = ingest.ExpiryKeep
	}
	r := ingest.Rule{Kind: o.Kind, Target: o.Target, Reason: text(o.Reason), Comment: text(o.Comment), Scope: scopeOf(o),
		SpareKnown: o.SpareKnown, CreatedBy: o.Actor, ExpiresAt: o.ExpiresAt, OnExpiry: o.OnExpiry, With: with, Epoch: epoch, About: o.Contact}
	err := tx.QueryRow(ctx, sqlRuleInsert, r.Kind, r.Target.Kind, r.Target.Value, r.Reason, r.Comment, r.Scope,
		r.SpareKnown, r.CreatedBy, r.ExpiresAt, r.OnExpiry, with, epoch, r.About).Scan(&r.ID, &r.CreatedAt)
	if err != nil {
		return r, err
	}
	said := map[string]any{"kind": r.Kind}
	if len(o.Forced) > 0 {
		said["forced"] = o.Forced
	}
	if err := record(ctx, tx, o.Actor, "rule.set", "rule:"+strconv.FormatInt(r.ID, 10), said); err != nil {
		return r, err
	}
	return r, tellRules(ctx, tx, "rule.set", r.ID)
}

// tellRules tells of rules that were set, changed or lifted.
func tellRules(ctx context.Context, tx pgx.Tx, event string, rules ...int64) error {
	_, err := tx.Exec(ctx, sqlRulesTell, rules, event)
	return err
}

func scopeOf(o ingest.RuleOrder) []string {
	if o.Scope == nil {
		return []string{}
	}
	return o.Scope
}

// alsoIP sets the same rule on the address the contact last wrote from.
func (s *Store) alsoIP(ctx context.Context, tx pgx.Tx, o ingest.RuleOrder, with, epoch int64) ([]ingest.Rule, error) {
	var ip string
	err := tx.QueryRow(ctx, sqlContactLastIP, o.Contact).Scan(&ip)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, ingest.AsInvalid(ErrNoIP)
	}
	if err != nil {
		return nil, err
	}
	o.Target = ingest.Target{Kind: "ip", Value: ip}
	r, _, err := s.ensureRule(ctx, tx, o, with, &epoch)
	return []ingest.Rule{r}, err
}

// closeRuled closes the unclosed conversations of whom a ban or block names.
func closeRuled(ctx context.Context, tx pgx.Tx, o ingest.RuleOrder, rule int64) (int, error) {
	if o.KeepOpen || o.Kind != ingest.Ban && o.Kind != ingest.Block {
		return 0, nil
	}
	contact, err := contactOfTarget(ctx, tx, o)
	if err != nil || contact.IsZero() {
		return 0, err
	}
	if contact, err = lockContact(ctx, tx, contact); err != nil {
		if errors.Is(err, ingest.ErrNotFound) {
			return 0, nil // a rule may name whom nobody knows
		}
		return 0, err
	}
	rows, err := tx.Query(ctx, sqlConversationsClose, contact, "rule "+strconv.FormatInt(rule, 10), scopeOf(o))
	if err != nil {
		return 0, err
	}
	closed, err := pgx.CollectRows(rows, pgx.RowTo[ingest.ID])
	if err != nil {
		return 0, err
	}
	var events eventColumns
	for _, id := range closed {
		events.add("conversation.closed", id, contact, ingest.ID{}, map[string]string{"rule": strconv.FormatInt(rule, 10)})
	}
	return len(closed), events.insert(ctx, tx)
}

func contactOfTarget(ctx context.Context, tx pgx.Tx, o ingest.RuleOrder) (ingest.ID, error) {
	if o.Target.Kind == "contact" {
		return ingest.ParseID(o.Target.Value)
	}
	var id ingest.ID
	err := tx.QueryRow(ctx, sqlContactOfTarget, o.Target.Kind, o.Target.Value).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return ingest.ID{}, nil
	}
	return id, err
}

// record writes the audit: who did what to what, in ids and codes.
func record(ctx context.Context, q querier, actor, action, subject string, data any) error {
	d := ""
	if data != nil {
		d = toJSON(data)
	}
	_, err := q.Exec(ctx, sqlAuditAppend, actor, action, subject, d)
	return err
}

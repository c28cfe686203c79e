package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlIdentityAdd          = statement("identity_add")
	sqlIdentityRemove       = statement("identity_remove")
	sqlRulesOfContactItself = statement("rules_of_contact_itself")
)

// ChangeIdentity adds an address to a contact, takes one away, or both, under
// the exclusive rules lock: no decision straddles it. What kept something from
// the contact stays on an address that is taken away, which whoever has it could
// else write from. A *TakenError says that the new one is somebody else's.
func (s *Store) ChangeIdentity(ctx context.Context, c ingest.IdentityChange) error {
	err := s.tx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlRulesLock); err != nil {
			return err
		}
		var err error
		if c.Contact, err = lockContact(ctx, tx, c.Contact); err != nil {
			return err
		}
		var epoch int64
		if err := tx.QueryRow(ctx, sqlEpochRaise).Scan(&epoch); err != nil {
			return err
		}
		said, err := s.changeIdentity(ctx, tx, c, &epoch)
		if err != nil || said == nil {
			return err
		}
		return tellContact(ctx, tx, "contact.changed", c.Contact, c.Actor, said)
	})
	if err != nil {
		return fmt.Errorf("change an address: %w", err)
	}
	return nil
}

// changeIdentity returns what it did, in codes; nil: nothing was to be done.
func (s *Store) changeIdentity(ctx context.Context, tx pgx.Tx, c ingest.IdentityChange, epoch *int64) (map[string]string, error) {
	said := map[string]string{}
	if c.Remove != 0 {
		was, err := removeIdentity(ctx, tx, c)
		if err != nil {
			return nil, err
		}
		said["removed"] = was.Kind
		if was.Joins() && was.Key() != c.Add.Key() {
			if err := s.keepRules(ctx, tx, c, was, epoch); err != nil {
				return nil, err
			}
		}
	}
	if c.Add.Kind != "" {
		added, err := addIdentity(ctx, tx, c.Contact, c.Add)
		if err != nil {
			return nil, err
		}
		if added {
			said["added"] = c.Add.Kind
		}
	}
	if len(said) == 0 {
		return nil, nil
	}
	return said, rereadRules(ctx, tx, c.Contact)
}

func removeIdentity(ctx context.Context, tx pgx.Tx, c ingest.IdentityChange) (was ingest.Identity, err error) {
	err = tx.QueryRow(ctx, sqlIdentityRemove, c.Remove, c.Contact).Scan(&was.Kind, &was.Value, &was.How)
	if errors.Is(err, pgx.ErrNoRows) {
		err = fmt.Errorf("the contact has no address %d: %w", c.Remove, ingest.ErrNotFound)
	}
	return was, err
}

// addIdentity reports whether the contact did not have the address already.
func addIdentity(ctx context.Context, tx pgx.Tx, contact ingest.ID, id ingest.Identity) (bool, error) {
	var row int64
	err := tx.QueryRow(ctx, sqlIdentityAdd, contact, text(id.Kind), text(id.Value), id.How).Scan(&row)
	if err == nil { // whoever claimed it may be the same person
		_, err = tx.Exec(ctx, sqlLinksClaimed, []string{text(id.Kind)}, []string{text(id.Value)})
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return err == nil, err
	}
	holder, err := knownTo(ctx, tx, []ingest.Identity{id})
	switch {
	case err != nil:
		return false, err
	case holder[0].IsZero():
		return false, ingest.AsTemporary(fmt.Errorf("%s was taken away from somebody meanwhile", id.Kind))
	case holder[0] != contact:
		return false, &ingest.TakenError{Identity: id, Contact: holder[0]}
	}
	return false, nil
}

// keepRules sets the rules that stand on a contact on an address that it had,
// with their terms. Its conversations stay as they are: they are the contact's.
func (s *Store) keepRules(ctx context.Context, tx pgx.Tx, c ingest.IdentityChange, was ingest.Identity, epoch *int64) error {
	rows, err := tx.Query(ctx, sqlRulesOfContactItself, c.Contact, s.now())
	if err != nil {
		return err
	}
	rules, err := pgx.CollectRows(rows, scanRule)
	if err != nil {
		return err
	}
	for _, r := range rules {
		o := ingest.RuleOrder{Kind: r.Kind, Target: ingest.Target{Kind: was.Kind, Value: was.Value}, Reason: r.Reason, Comment: r.Comment,
			Scope: r.Scope, ExpiresAt: r.ExpiresAt, OnExpiry: r.OnExpiry, SpareKnown: r.SpareKnown, KeepOpen: true, Actor: c.Actor}
		if _, _, err := s.ensureRule(ctx, tx, o, 0, epoch); err != nil {
			return err
		}
	}
	return nil
}

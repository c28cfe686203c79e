package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlContactWrite = statement("contact_write")
	sqlContactMake  = statement("contact_make")
)

// ChangeContact does what the desk asks and returns the contact after it, but
// for its standing. ErrStale says that it is not what the desk read.
func (s *Store) ChangeContact(ctx context.Context, c ingest.ContactChange) (ingest.Contact, error) {
	var now ingest.Contact
	err := s.tx(ctx, func(tx pgx.Tx) (err error) {
		now, err = changeContact(ctx, tx, c)
		return err
	})
	if err != nil {
		return ingest.Contact{}, fmt.Errorf("change contact: %w", err)
	}
	return now, nil
}

func changeContact(ctx context.Context, tx pgx.Tx, c ingest.ContactChange) (ingest.Contact, error) {
	was, err := lockedContact(ctx, tx, c.Contact)
	if err != nil {
		return was, err
	}
	if c.Version != 0 && c.Version != was.Version {
		return was, ingest.ErrStale
	}
	now, err := c.Apply(was)
	if err != nil || reflect.DeepEqual(was, now) {
		return now, err
	}
	if _, err := tx.Exec(ctx, sqlContactWrite, contactColumns(now)...); err != nil {
		return now, err
	}
	now.Version++
	return now, tellContact(ctx, tx, "contact.changed", now.ID, c.Actor, nil)
}

// lockedContact reads a contact that is changed by nobody else until the
// transaction ends. One that was merged stands for whom it was merged into.
func lockedContact(ctx context.Context, tx pgx.Tx, id ingest.ID) (ingest.Contact, error) {
	id, err := lockContact(ctx, tx, id)
	if err != nil {
		return ingest.Contact{}, err
	}
	list, err := readContacts(ctx, tx, []ingest.ID{id})
	return one(list, err, "contact", id)
}

// lockContact locks a contact, and returns it: whom it was merged into, if it
// was, even while this waited.
func lockContact(ctx context.Context, tx pgx.Tx, id ingest.ID) (ingest.ID, error) {
	for {
		var into ingest.ID
		var erased bool
		err := tx.QueryRow(ctx, sqlContactLock, id).Scan(&into, &erased)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return id, fmt.Errorf("contact %s: %w", id, ingest.ErrNotFound)
		case err == nil && erased:
			return id, ingest.ErrErased
		case err != nil || into.IsZero():
			return id, err
		}
		id = into
	}
}

func contactColumns(c ingest.Contact) []any {
	fields := map[string]string{}
	for name, value := range c.Fields {
		fields[text(name)] = text(value)
	}
	return []any{c.ID, text(c.Name), text(c.Nickname), text(c.Username), text(c.Company), text(c.Location), text(c.AvatarURL),
		textsOf(append([]string{}, c.Tags...)), fields}
}

// tellContact tells of what the desk did to a contact, in the log of events and
// in the audit.
func tellContact(ctx context.Context, tx pgx.Tx, what string, contact ingest.ID, actor string, said any) error {
	var events eventColumns
	events.add(what, ingest.ID{}, contact, ingest.ID{}, nil)
	if err := events.insert(ctx, tx); err != nil {
		return err
	}
	return record(ctx, tx, actor, what, "contact:"+contact.String(), said)
}

// inOneOrder sorts addresses as all do who write several, so that none waits for
// another who waits for it.
func inOneOrder(ids []ingest.Identity) []ingest.Identity {
	return slices.SortedFunc(slices.Values(ids), func(a, b ingest.Identity) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Value, b.Value))
	})
}

// MakeContact makes a contact that never wrote. A *TakenError says whose an
// address of it is. The rules lock comes first: whoever waits for one of
// the addresses may hold it.
func (s *Store) MakeContact(ctx context.Context, n ingest.NewContact) (ingest.ID, error) {
	n.ID = ingest.NewID(s.now())
	err := s.tx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlRulesLockShared); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, sqlContactMake, contactColumns(n.Contact)...); err != nil {
			return err
		}
		for _, id := range inOneOrder(n.Identities) {
			if _, err := addIdentity(ctx, tx, n.ID, id); err != nil {
				return err
			}
		}
		return tellContact(ctx, tx, "contact.created", n.ID, n.Actor, nil)
	})
	if err != nil {
		return ingest.ID{}, fmt.Errorf("make a contact: %w", err)
	}
	return n.ID, nil
}

package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var sqlOrderPeople = statement("order_people")

var (
	errManyAlso = ingest.AsInvalid(fmt.Errorf("also: this is about more than %d contacts: choose fewer", ingest.MaxAlso))
	errNoAlso   = ingest.AsInvalid(errors.New("also.target: no address is known of one of these: name the contact"))
)

// setAlso sets the rule that goes with an order, on everyone whom it is about,
// in the order's transaction and under the exclusive rules lock.
func (s *Store) setAlso(ctx context.Context, tx pgx.Tx, o ingest.TicketOrder, t orderedOf) error {
	if o.Also == nil {
		return nil
	}
	rows, err := tx.Query(ctx, sqlOrderPeople, t.tickets, t.messages, t.snapshot, ingest.MaxAlso+1)
	if err != nil {
		return err
	}
	people, err := pgx.CollectRows(rows, pgx.RowToStructByPos[personOf])
	if err != nil {
		return err
	}
	if len(people) > ingest.MaxAlso {
		return errManyAlso
	}
	for _, p := range people {
		r, err := p.rule(*o.Also)
		if err != nil {
			return err
		}
		r.Actor = o.Actor
		if _, err := s.setRule(ctx, tx, r); err != nil {
			return err
		}
	}
	return nil
}

// personOf is whom a ticket is about, and the address it was written from.
type personOf struct {
	Contact     ingest.ID
	Kind, Value string
}

func (p personOf) rule(also ingest.AlsoOrder) (ingest.RuleOrder, error) {
	o := also.RuleOrder
	o.Contact = p.Contact
	o.Target = ingest.Target{Kind: "contact", Value: p.Contact.String()}
	if also.Identity {
		if o.Target = (ingest.Target{Kind: p.Kind, Value: p.Value}); p.Kind == "" {
			return o, errNoAlso
		}
	}
	return o, nil
}

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

// AlsoTargets lists what an order would also set its rule on, and names the
// moment that holds for. It changes nothing; its errors are those of the order.
func (s *Store) AlsoTargets(ctx context.Context, o ingest.TicketOrder) ([]ingest.Target, string, error) {
	var targets []ingest.Target
	if o.AsOf == "" {
		var err error
		if o.AsOf, err = s.asOf(ctx); err != nil {
			return nil, "", classify(err)
		}
	}
	err := s.tx(ctx, func(tx pgx.Tx) error {
		t, err := s.ordered(ctx, tx, o)
		if err != nil {
			return err
		}
		rules, err := alsoRules(ctx, tx, o, t)
		for _, r := range rules {
			targets = append(targets, r.Target)
		}
		return err
	})
	return targets, o.AsOf, err
}

// setAlso sets the rule that goes with an order, on everyone whom it is about,
// in the order's transaction and under the exclusive rules lock.
func (s *Store) setAlso(ctx context.Context, tx pgx.Tx, o ingest.TicketOrder, t orderedOf) error {
	if o.Also == nil {
		return nil
	}
	rules, err := alsoRules(ctx, tx, o, t)
	if err != nil {
		return err
	}
	for _, r := range rules {
		if _, err := s.setRule(ctx, tx, r); err != nil {
			return err
		}
	}
	return nil
}

// alsoRules is the order's rule for each person.
func alsoRules(ctx context.Context, q querier, o ingest.TicketOrder, t orderedOf) ([]ingest.RuleOrder, error) {
	rows, err := q.Query(ctx, sqlOrderPeople, t.tickets, t.messages, t.snapshot, ingest.MaxAlso+1, o.Also.Identity)
	if err != nil {
		return nil, err
	}
	people, err := pgx.CollectRows(rows, pgx.RowToStructByPos[personOf])
	if err != nil {
		return nil, err
	}
	if len(people) > ingest.MaxAlso {
		return nil, errManyAlso
	}
	rules := make([]ingest.RuleOrder, len(people))
	for i, p := range people {
		if rules[i], err = p.rule(*o.Also, o.Actor); err != nil {
			return nil, err
		}
	}
	return rules, nil
}

// personOf is whom a ticket or a message is about, and the address it was
// written from.
type personOf struct {
	Contact     ingest.ID
	Nameless    bool // not proven, and so without an address that a rule on the contact could match
	Kind, Value string
}

func (p personOf) rule(also ingest.AlsoOrder, actor string) (ingest.RuleOrder, error) {
	o := also.RuleOrder
	o.Contact, o.Actor = p.Contact, actor
	o.Target = ingest.Target{Kind: "contact", Value: p.Contact.String()}
	if also.Identity || p.Nameless && p.Kind != "" {
		if o.Target = (ingest.Target{Kind: p.Kind, Value: p.Value}); p.Kind == "" {
			return o, errNoAlso
		}
	}
	return o, nil
}

package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlHeldCount  = statement("held_count")
	sqlHeldSample = statement("held_sample")
)

// HeldCases tells what an order would take by now, with at most so many of its
// messages.
func (s *Store) HeldCases(ctx context.Context, o ingest.HeldOrder, most int) (ingest.HeldCases, error) {
	var found ingest.HeldCases
	var err error
	if found.AsOf, err = s.asOf(ctx); err != nil { // before anything is counted: what comes between was not shown
		return found, fmt.Errorf("held cases: %w", classify(err))
	}
	if o.Filter != nil {
		if o.Tickets, err = s.ticketsNow(ctx, *o.Filter); err != nil {
			return found, fmt.Errorf("held cases: %w", classify(err))
		}
	}
	err = s.pool.QueryRow(ctx, sqlHeldCount, o.Tickets, o.Messages, o.Rules).Scan(&found.Messages, &found.Tickets, &found.People)
	if err != nil || most == 0 {
		return found, classify(err)
	}
	rows, err := s.pool.Query(ctx, sqlHeldSample, o.Tickets, o.Messages, o.Rules, most)
	if err == nil {
		found.Cases, err = pgx.CollectRows(rows, s.heldCase)
	}
	if err == nil {
		err = s.nameCases(ctx, found.Cases)
	}
	if err != nil {
		return found, fmt.Errorf("held cases: %w", classify(err))
	}
	return found, nil
}

func (s *Store) heldCase(row pgx.CollectableRow) (ingest.HeldCase, error) {
	var c ingest.HeldCase
	var e envelope
	var doc []byte
	var contact ingest.ID
	var talked *time.Time
	m := &c.Message
	if err := row.Scan(&m.ID, &m.Channel, &c.Facts.Kind, &m.Family, &m.ReceivedAt, &doc, &contact, &talked); err != nil {
		return c, err
	}
	if err := json.Unmarshal(doc, &e); err != nil {
		return c, fmt.Errorf("envelope of %s: %w", m.ID, err)
	}
	e.fill(m)
	c.Facts.Now, c.Facts.TalkedAt = s.now(), value(talked)
	c.Facts.Contact = &ingest.Contact{ID: contact}
	return c, nil
}

// nameCases finds whom the senders' identities name by now: rules on those
// contacts are met, too.
func (s *Store) nameCases(ctx context.Context, cases []ingest.HeldCase) error {
	var asked []ingest.Identity
	at := map[ingest.Identity]int{}
	for _, c := range cases {
		for i := range c.Message.Joining() {
			if _, seen := at[i]; !seen {
				at[i], asked = len(asked), append(asked, i)
			}
		}
	}
	known, err := s.Known(ctx, asked)
	if err != nil {
		return err
	}
	for n := range cases {
		f := &cases[n].Facts
		for i := range cases[n].Message.Joining() {
			if id := known[at[i]]; !id.IsZero() && !slices.Contains(f.Names, id) {
				f.Names = append(f.Names, id)
			}
		}
	}
	return nil
}

// RulesOf lists the rules that lifting those of a kind from a contact would
// lift.
func (s *Store) RulesOf(ctx context.Context, contact ingest.ID, kind ingest.RuleKind) ([]ingest.Rule, error) {
	rows, err := s.pool.Query(ctx, sqlRulesOfContact, contact, []ingest.RuleKind{kind})
	if err != nil {
		return nil, classify(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, classify(err)
	}
	rules, err := s.readRules(ctx, ids)
	return rules, classify(err)
}

// EachTicket hands over the tickets that a filter chooses, in its order, a part
// at a time. One that is released meanwhile is left out.
func (s *Store) EachTicket(ctx context.Context, f ingest.TicketFilter, each func([]ingest.Ticket) error) error {
	c, err := s.texted(ctx, f)
	if err != nil {
		return classify(err)
	}
	c.Limit = maxLimit
	for {
		list, more, err := s.ticketMarks(ctx, c)
		if err != nil {
			return classify(err)
		}
		items, err := s.readTickets(ctx, s.pool, idsOf(list))
		if err != nil {
			return classify(err)
		}
		if err := each(items); err != nil || !more {
			return err
		}
		c.After = list[len(list)-1].String()
	}
}

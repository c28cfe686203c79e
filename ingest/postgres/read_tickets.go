package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlTicketsList = statement("tickets_list")
	sqlTicketsRead = statement("tickets_read")
	sqlTicketOpen  = statement("ticket_open")
	sqlHeldBare    = statement("held_bare")
)

// Tickets lists the blocked list, newest first, with counts of all that the
// filter chooses.
func (s *Store) Tickets(ctx context.Context, f ingest.TicketFilter) (ingest.Blocked, error) {
	m, err := after(f.After)
	if err != nil {
		return ingest.Blocked{}, err
	}
	limit := limitOf(f.Limit)
	var b ingest.Blocked
	if b.AsOf, err = s.asOf(ctx); err != nil { // before the list: what comes between was not shown
		return ingest.Blocked{}, fmt.Errorf("blocked list: %w", classify(err))
	}
	list, more, err := s.ticketMarks(ctx, &b, limit, f.Contact, given(f.Channel), given(f.Kind), f.Rule,
		given(f.Reason), like(f.Text), f.Expired, s.now(), m.at(), m.id(), limit+1, f.Found)
	var items []ingest.Ticket
	if err == nil {
		items, err = s.readTickets(ctx, idsOf(list))
	}
	if err != nil {
		return ingest.Blocked{}, fmt.Errorf("blocked list: %w", classify(err))
	}
	b.List = listed(items, list, more)
	return b, nil
}

// ticketMarks is marks, with the counts that each row repeats. A part without
// tickets is one row of counts.
func (s *Store) ticketMarks(ctx context.Context, b *ingest.Blocked, limit int, args ...any) ([]mark, bool, error) {
	rows, err := s.pool.Query(ctx, sqlTicketsList, append([]any{planned}, args...)...)
	if err != nil {
		return nil, false, err
	}
	var list []mark
	for rows.Next() {
		var m mark
		var at = new(m.At)
		if err := rows.Scan(&b.Total, &b.Unopened, &at, &m.ID); err != nil {
			rows.Close()
			return nil, false, err
		}
		if m.At = value(at); !m.ID.IsZero() {
			list = append(list, m)
		}
	}
	return list[:min(len(list), limit)], len(list) > limit, rows.Err()
}

// HeldBare lists the newest held messages that the filter chooses, its text
// aside, and whose text is only in their raw bytes: at most so many, and how
// many there are.
func (s *Store) HeldBare(ctx context.Context, f ingest.TicketFilter, most int) ([]ingest.Bare, int, error) {
	rows, err := s.pool.Query(ctx, sqlHeldBare, planned, f.Contact, given(f.Channel), given(f.Kind), f.Rule, given(f.Reason), most)
	if err != nil {
		return nil, 0, classify(err)
	}
	var n int
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (ingest.Bare, error) {
		var b ingest.Bare
		err := row.Scan(&b.Message, &b.Ticket, &b.Kind, &b.RawBytes, &n)
		return b, err
	})
	return list, n, classify(err)
}

// Ticket returns one ticket, as long as it holds something.
func (s *Store) Ticket(ctx context.Context, id ingest.ID) (ingest.Ticket, error) {
	list, err := s.readTickets(ctx, []ingest.ID{id})
	return one(list, classify(err), "ticket", id)
}

// OpenTicket marks a ticket as seen and records who read it.
func (s *Store) OpenTicket(ctx context.Context, id ingest.ID, actor string) (ingest.Ticket, error) {
	err := s.tx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, sqlTicketOpen, id, s.now())
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return fmt.Errorf("ticket %s: %w", id, ingest.ErrNotFound)
		}
		return record(ctx, tx, actor, "ticket.open", "ticket:"+id.String(), nil)
	})
	if err != nil {
		return ingest.Ticket{}, err
	}
	return s.Ticket(ctx, id)
}

func (s *Store) readTickets(ctx context.Context, ids []ingest.ID) ([]ingest.Ticket, error) {
	rows, err := s.pool.Query(ctx, sqlTicketsRead, ids)
	if err != nil {
		return nil, err
	}
	rules := map[int64]bool{}
	var by []int64
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (ingest.Ticket, error) {
		var t ingest.Ticket
		var rule int64
		err := row.Scan(&t.ID, &t.ContactID, &t.Channel, &t.Subject, &t.Messages, &rule, &t.Reason, &t.HeldAt, &t.OpenedAt, &t.LikelyWrong)
		by = append(by, rule)
		if rule != 0 {
			rules[rule] = true
		}
		return t, err
	})
	if err != nil {
		return nil, err
	}
	known, err := s.rulesByID(ctx, keysOf(rules))
	for i := range list {
		r := known[by[i]]
		list[i].Rule = r
		list[i].Expired = r != nil && r.ExpiresAt != nil && !s.now().Before(*r.ExpiresAt)
	}
	return list, err
}

package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlTicketsBy = map[ingest.TicketSort]string{
		"":                statement("tickets_by_likely"),
		ingest.SortLikely: statement("tickets_by_likely"),
		ingest.SortNewest: statement("tickets_by_newest"),
		ingest.SortOldest: statement("tickets_by_oldest"),
	}
	sqlTicketsCounts     = statement("tickets_counts")
	sqlTicketsUnsearched = statement("tickets_unsearched")
	sqlTicketsRead       = statement("tickets_read")
	sqlTicketOpen        = statement("ticket_open")
)

// Tickets lists the blocked list in the filter's order, with counts of all that
// it chooses.
func (s *Store) Tickets(ctx context.Context, f ingest.TicketFilter) (ingest.Blocked, error) {
	var b ingest.Blocked
	var err error
	if b.AsOf, err = s.asOf(ctx); err != nil { // before the list: what comes between was not shown
		return ingest.Blocked{}, fmt.Errorf("blocked list: %w", classify(err))
	}
	c, err := s.texted(ctx, f)
	if err == nil {
		b.List, err = s.ticketPart(ctx, c)
	}
	if err == nil {
		err = s.countTickets(ctx, c, &b)
	}
	if err == nil {
		b.Unsearched, err = s.unsearchedOf(ctx, f)
	}
	if err != nil {
		return ingest.Blocked{}, fmt.Errorf("blocked list: %w", classify(err))
	}
	return b, nil
}

func (s *Store) ticketPart(ctx context.Context, c texted) (ingest.List[ingest.Ticket], error) {
	list, more, err := s.ticketMarks(ctx, c)
	if err != nil {
		return ingest.List[ingest.Ticket]{}, err
	}
	items, err := s.readTickets(ctx, s.pool, idsOf(list))
	return listed(items, list, more), err
}

func (s *Store) ticketMarks(ctx context.Context, c texted) ([]mark, bool, error) {
	query, known := sqlTicketsBy[c.Sort]
	if !known {
		return nil, false, ingest.AsInvalid(fmt.Errorf("sort: no order is called %q", c.Sort))
	}
	m, err := after(c.After)
	if err != nil {
		return nil, false, err
	}
	limit := limitOf(c.Limit)
	args := append(s.having(c), m.n(), m.at(), m.id(), limit+1)
	return marks(ctx, s.pool, limit, byLikely, query, args...)
}

// chosen is the parameters of the statements that take in tickets_chosen.
func (s *Store) chosen(f ingest.TicketFilter) []any {
	return []any{f.Contact, given(f.Channel), given(f.Kind), f.Rule, given(f.Reason), like(folded(f.Text)), f.Expired, s.now(),
		f.Opened, f.LikelyWrong, f.Review, f.From, f.To, given(strings.ToLower(f.Domain))}
}

// countTickets counts what a filter chooses; of a text that very many have, the
// first tickets only.
func (s *Store) countTickets(ctx context.Context, c texted, b *ingest.Blocked) error {
	var most *int
	if c.like != nil {
		most = new(ingest.TextCounted)
	}
	args := append([]any{planned}, append(s.having(c), most)...)
	if err := s.pool.QueryRow(ctx, sqlTicketsCounts, args...).Scan(&b.Total, &b.Unopened); err != nil {
		return err
	}
	b.TotalMore = most != nil && b.Total == *most
	return nil
}

// unsearchedOf is how many messages a filter with a text may miss, for they
// cannot be searched yet.
func (s *Store) unsearchedOf(ctx context.Context, f ingest.TicketFilter) (n int, err error) {
	if f.Text == "" {
		return 0, nil
	}
	f.Text = ""
	err = s.pool.QueryRow(ctx, sqlTicketsUnsearched, append([]any{planned}, s.chosen(f)...)...).Scan(&n)
	return n, err
}

// Ticket returns one ticket, as long as it holds something.
func (s *Store) Ticket(ctx context.Context, id ingest.ID) (ingest.Ticket, error) {
	list, err := s.readTickets(ctx, s.pool, []ingest.ID{id})
	return one(list, classify(err), "ticket", id)
}

// OpenTicket marks a ticket as seen, unless it was before, and records who read
// it.
func (s *Store) OpenTicket(ctx context.Context, id ingest.ID, actor string) (ingest.Ticket, error) {
	err := s.tx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, sqlTicketOpen, id, s.now(), text(actor))
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

func (s *Store) readTickets(ctx context.Context, q querier, ids []ingest.ID) ([]ingest.Ticket, error) {
	rows, err := q.Query(ctx, sqlTicketsRead, ids)
	if err != nil {
		return nil, err
	}
	var list []ingest.Ticket
	var by []int64 // the rule of each, 0 for none
	rules := map[int64]bool{}
	for rows.Next() {
		t, rule, err := readTicket(rows)
		if err != nil {
			rows.Close()
			return nil, err
		}
		if list, by = append(list, t), append(by, rule); rule != 0 {
			rules[rule] = true
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	known, err := rulesByID(ctx, q, keysOf(rules))
	for i := range list {
		r := known[by[i]]
		list[i].Rule = r
		list[i].Expired = r != nil && r.ExpiresAt != nil && !s.now().Before(*r.ExpiresAt)
	}
	return list, err
}

// readTicket reads a row of tickets_read, and the rule that holds it.
func readTicket(row pgx.Rows) (ingest.Ticket, int64, error) {
	var t ingest.Ticket
	var from ingest.Sender
	var rule int64
	var bits int
	var review reviewColumns
	err := row.Scan(&t.ID, &t.ContactID, &t.Channel, &t.Subject, &from, &t.Preview, &t.Messages, &rule, &t.Reason, &t.HeldAt,
		&t.OpenedAt, &t.OpenedBy, &bits, &review.at, &review.by, &review.reason)
	t.Sender, t.Review = shownSender(from), review.review()
	t.LikelyWrong, t.WhyLikelyWrong = bits >= answeredBefore, whyLikely(bits)
	return t, rule, err
}

package yard

import (
	"context"
	_ "embed"
	"fmt"
	"strconv"
)

//go:embed desk.sql
var deskStatements string

// Desk fills a store with n messages and what a desk has around so many: people,
// conversations, tickets, jobs, audit. Three channels, of mail, SMS and chat, and
// rules must be there.
func (d *DB) Desk(ctx context.Context, n int) error {
	conn, err := d.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "select set_config('bench.n', $1, false)", strconv.Itoa(n)); err != nil {
		return err
	}
	// Without arguments all statements go as one, in one transaction.
	if _, err := conn.Exec(ctx, deskStatements); err != nil {
		return fmt.Errorf("fill the desk: %w", err)
	}
	return nil
}

// Somebody is one of the people of a desk.
type Somebody struct{ Contact, Talk, Ticket, Rule string }

// Somebody finds the person who wrote most, one of their conversations, a ticket
// and the rule that holds most.
func (d *DB) Somebody(ctx context.Context) (s Somebody, err error) {
	err = d.pool.QueryRow(ctx, `select contact::text, id::text, (select id::text from tickets where messages > 0 order by held_at desc limit 1),
		(select rule::text from tickets where rule is not null group by rule order by count(*) desc limit 1)
		from conversations where contact = (select contact from conversations group by contact order by count(*) desc limit 1) limit 1`).
		Scan(&s.Contact, &s.Talk, &s.Ticket, &s.Rule)
	return s, err
}

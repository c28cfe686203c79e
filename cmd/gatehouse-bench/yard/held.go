package yard

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Hold makes the waiting messages of a channel held by a rule: each sender is a
// contact with one ticket.
func (d *DB) Hold(ctx context.Context, channel string, rule int64) error {
	id, err := d.channel(ctx, channel)
	if err != nil {
		return err
	}
	_, err = d.pool.Exec(ctx, holdMessages, id, rule)
	return err
}

const holdMessages = `with p as materialized (
  select sender, gen_random_uuid() as contact, gen_random_uuid() as ticket, count(*)::int as n
  from messages where channel = $1 and state = 'received' group by sender),
c as (insert into contacts (id, name) select contact, sender from p),
t as (insert into tickets (id, contact, channel, messages, rule) select ticket, contact, $1, n, $2 from p)
update messages m set state = 'held', contact = p.contact, ticket = p.ticket, rule = $2, trail = 'screen: held', settled_at = now(),
  held_xid = pg_current_xact_id()
from p where m.channel = $1 and m.state = 'received' and m.sender = p.sender`

// Unblock puts all held messages of a channel into conversations, one a ticket,
// as Unblock All leaves them: in one transaction, one statement, each row moved
// once. The trigger of pairs would refuse that short cut and is off meanwhile.
func (d *DB) Unblock(ctx context.Context, channel, trail string) error {
	return d.alone(ctx, channel, "alter table messages disable trigger messages_pairs", unblockMessages,
		"alter table messages enable trigger messages_pairs", trail)
}

const unblockMessages = `with p as materialized (
  select id as ticket, contact, messages as n, gen_random_uuid() as talk from tickets where channel = $1 and messages > 0),
v as (insert into conversations (id, contact, channel, family, status, messages) select talk, contact, $1, 'chat', 'unassigned', n from p),
o as (insert into events (type, conversation, contact) select 'conversation.opened', talk, contact from p),
z as (update tickets t set messages = 0 from p where t.id = p.ticket),
m as (
  update messages m set state = 'conversed', conversation = p.talk, rule = null, reason = null, ticket = null, held_xid = null,
    pass_job = 0, pass_epoch = 0, pass_order = false, trail = $2, settled_at = now()
  from p where m.ticket = p.ticket and m.state = 'held' returning m.id, p.talk, p.contact),
e as (insert into events (type, conversation, contact, message, data) select 'message.conversed', talk, contact, id, '{"released_by": "0"}' from m)
insert into transitions (message, from_state, to_state, actor)
select id, f::state, t::state, 'sam' from m, (values ('held', 'received'), ('received', 'conversed')) x(f, t)`

// Purge deletes all held messages of a channel in one statement, and leaves
// what Delete All leaves.
func (d *DB) Purge(ctx context.Context, channel string) error {
	id, err := d.channel(ctx, channel)
	if err != nil {
		return err
	}
	_, err = d.pool.Exec(ctx, purgeMessages, id)
	return err
}

const purgeMessages = `with x as materialized (select id from messages where channel = $1 and state = 'held'),
b as (delete from bodies b using x where b.message = x.id),
r as (delete from raw r using x where r.message = x.id),
z as (update tickets set messages = 0 where channel = $1 and messages > 0),
u as (
  update messages m set state = 'purged', sender = '', envelope = '{}', thread = null, answers = null, contact = null, ticket = null,
    rule = null, reason = null, note = null, trail = null, held_xid = null
  from x where m.id = x.id returning m.id)
insert into transitions (message, from_state, to_state, actor) select id, 'held', 'purged', 'sam' from u`

// alone runs a statement on a channel between two others, in one transaction.
func (d *DB) alone(ctx context.Context, channel, before, statement, after string, args ...any) error {
	id, err := d.channel(ctx, channel)
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, before); err != nil {
			return fmt.Errorf("%s: %w", before, err)
		}
		if _, err := tx.Exec(ctx, statement, append([]any{id}, args...)...); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, after)
		return err
	})
}

// Ended reports whether a job is done.
func (d *DB) Ended(ctx context.Context, job int64) (done bool, err error) {
	err = d.pool.QueryRow(ctx, "select finished_at is not null from jobs where id = $1", job).Scan(&done)
	return done, err
}

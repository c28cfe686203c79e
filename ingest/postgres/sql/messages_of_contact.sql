-- A contact's messages over all its conversations, by (received_at, seq), the newest first, and with $2 what is held of it.
-- They are gathered first: in that order, the planner would look for them among all messages. What is new is in the
-- conversations whose newest message is: of the others no more than that is read.
select m.id, m.received_at, m.seq
from (
  select id, received_at, seq, state from messages
  where conversation = any (array(
    select v.id
    from conversations v
    cross join lateral (
      select n.received_at, n.seq from messages n
      where n.conversation = v.id and ($3::timestamptz is null or (n.received_at, n.seq) < ($3, $4::bigint))
      order by n.received_at desc, n.seq desc limit 1) n
    where v.contact = any (kin($1))
    order by n.received_at desc, n.seq desc
    limit $5))
  union all
  select id, received_at, seq, state from messages
  where $2::bool and state = 'held' and ticket = any (array(select id from tickets where contact = any (kin($1)) and messages > 0))
  offset 0
) m
where ($2 or m.state in ('conversed', 'purged')) and ($3::timestamptz is null or (m.received_at, m.seq) < ($3, $4::bigint))
order by m.received_at desc, m.seq desc
limit $5

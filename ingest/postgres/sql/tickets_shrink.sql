-- What holds a ticket is what holds the newest message left in it; an empty one keeps what it was.
with k as materialized (
  select t.id, x.n from tickets t join unnest($1::uuid[], $2::int[]) x(id, n) on x.id = t.id order by t.id for no key update of t
)
update tickets t
set messages = t.messages - k.n,
    rule = case when h.id is null then t.rule else h.rule end,
    reason = case when h.id is null then t.reason else coalesce(h.reason, '') end
from k left join lateral (
  select m.id, m.rule, m.reason from messages m where m.ticket = k.id and m.state = 'held' order by m.seq desc limit 1
) h on true
where t.id = k.id

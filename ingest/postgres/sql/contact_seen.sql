-- The message in which the device of a contact last said something of itself, else its last chat; with $2 also what is held
-- counts. Mail says nothing of the kind, so its channels are left out. Looked at are the newest messages of the newest
-- conversations and tickets, which are gathered first: in that order, the planner would look for them among all there are.
with place as (
  (select v.id, null::uuid as ticket
   from (select id, channel, last_message_at from conversations where contact = any (kin($1)) offset 0) v
   join channels c on c.id = v.channel and c.family = 'chat' order by v.last_message_at desc, v.id limit 10)
  union all
  (select null, t.id
   from (select id, channel, held_at from tickets where $2::bool and contact = any (kin($1)) and messages > 0 offset 0) t
   join channels c on c.id = t.channel and c.family = 'chat' order by t.held_at desc, t.id limit 10)
)
select m.id
from place p
cross join lateral (
  (select * from messages where conversation = p.id and state = 'conversed' order by received_at desc, seq desc limit 10)
  union all
  (select * from messages where ticket = p.ticket and state = 'held' order by seq desc limit 10)
) m
left join bodies b on b.message = m.id
order by (m.envelope ? 'client_ip' or coalesce(b.doc ? 'technical', false)) desc, m.received_at desc, m.seq desc
limit 1

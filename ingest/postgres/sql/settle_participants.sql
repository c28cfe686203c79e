-- Which addresses the desk wrote to in the conversations that they answer into.
select p.conversation, x.kind, x.value
from unnest($1::int[], $2::bytea[], $3::text[], $4::text[], $5::bytea[]) x(channel, thread, kind, value, identity)
cross join lateral (
  select m.conversation from messages m where m.channel = x.channel and m.thread = x.thread and m.state = 'conversed'
  union
  select o.conversation from outgoing o where o.channel = x.channel and o.thread = x.thread
) v
join participants p on p.conversation = v.conversation and p.identity = x.identity

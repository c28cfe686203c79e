-- Locks the tickets that a batch may join: the contact's on one-at-a-time channels, and those of what it answers.
select t.id, t.contact, t.channel
from tickets t
where t.messages > 0 and t.id in (
  select c.id
  from unnest($1::int[], $2::text[], $3::text[]) x(channel, kind, value)
  join identities i on i.kind = x.kind and i.value = x.value and i.how <> 'claimed'
  join tickets c on c.contact = i.contact and c.channel = x.channel and c.messages > 0
  union
  select c.id
  from unnest($4::int[], $5::uuid[]) x(channel, contact)
  join tickets c on c.contact = x.contact and c.channel = x.channel and c.messages > 0
  union
  select m.ticket
  from unnest($6::int[], $7::bytea[]) x(channel, thread)
  join messages m on m.channel = x.channel and m.thread = x.thread and m.state = 'held'
)
order by t.id
for no key update of t

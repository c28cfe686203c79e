-- Locks, in one statement and in the order of ids, the conversations that a batch may touch: on one-at-a-time channels
-- the contact's unclosed one, else its last; of mail those of the messages it answers, and what continues these.
with recursive thread as (
  select m.conversation as id
  from unnest($6::int[], $7::bytea[]) x(channel, thread)
  join messages m on m.channel = x.channel and m.thread = x.thread and m.state = 'conversed'
  union
  select c.id from thread t join conversations c on c.continues = t.id
)
select v.id, v.number, v.contact, v.channel, v.family, v.status, v.closed_at, v.opened_at, v.continues, v.imported
from conversations v
where v.id in (
  select l.id
  from unnest($1::int[], $2::text[], $3::text[]) x(channel, kind, value)
  join identities i on i.kind = x.kind and i.value = x.value and i.how <> 'claimed'
  cross join lateral (select c.id from conversations c where c.contact = i.contact and c.channel = x.channel
                      order by (c.status <> 'closed') desc, c.number desc limit 1) l
  union
  select l.id
  from unnest($4::int[], $5::uuid[]) x(channel, contact)
  cross join lateral (select c.id from conversations c where c.contact = x.contact and c.channel = x.channel
                      order by (c.status <> 'closed') desc, c.number desc limit 1) l
  union
  select t.id from thread t
)
order by v.id
for no key update of v

-- Locks, in one statement and in the order of ids, the conversations that a batch may touch: on one-at-a-time channels
-- the contact's unclosed one, else its last; of mail those of what it answers, holds a token of or is a copy from, and what
-- continues these.
-- However many conversations a contact has, two are looked at; those of whom was merged with it are its own.
with recursive thread as (
  (select m.conversation as id
   from unnest($6::int[], $7::bytea[]) x(channel, thread)
   join messages m on m.channel = x.channel and m.thread = x.thread and m.state = 'conversed'
   union
   select o.conversation
   from unnest($6::int[] || $8::int[], $7::bytea[] || $9::bytea[]) x(channel, thread)
   join outgoing o on o.channel = x.channel and o.thread = x.thread
   union
   select id from conversations where number = any ($10::bigint[]))
  union
  select c.id from thread t join conversations c on c.continues = t.id
),
place as (
  select x.channel, coalesce(c.merged_into, c.id) as contact
  from unnest($1::int[], $2::text[], $3::text[]) x(channel, kind, value)
  join identities i on i.kind = x.kind and i.value = x.value and i.how <> 'claimed'
  join contacts c on c.id = i.contact
  union
  select x.channel, coalesce(c.merged_into, c.id)
  from unnest($4::int[], $5::uuid[]) x(channel, contact) join contacts c on c.id = x.contact
)
select v.id, v.number, v.contact, coalesce(w.merged_into, w.id), v.channel, v.family, v.status, v.closed_at, v.opened_at, v.continues,
       v.imported
from conversations v join contacts w on w.id = v.contact
where v.id in (
  select l.id
  from place p
  cross join lateral (
    select c.id
    from (select p.contact union all select m.id from contacts m where m.merged_into = p.contact) k(id)
    cross join lateral (
      select o.id, o.number, 1 as rank from conversations o
      where o.contact = k.id and o.channel = p.channel and o.family in ('chat', 'sms') and o.status <> 'closed'
      union all
      (select o.id, o.number, 2 from conversations o where o.contact = k.id and o.channel = p.channel order by o.number desc limit 1)
    ) c order by c.rank, c.number desc limit 1) l
  union
  select t.id from thread t
)
order by v.id
for no key update of v

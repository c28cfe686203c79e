-- Locks the contacts that a batch is about, in the order of their ids, and says which of its identities, and which contacts that
-- it already has, name them. One that was merged stands for whom it was merged into. Whatever makes a conversation unclosed
-- locks its contact first.
-- One list of ids, not two conditions with "or": that would read all contacts there are.
with named as materialized (
  select i.kind, i.value, c.id as named, coalesce(c.merged_into, c.id) as contact
  from unnest($1::text[], $2::text[]) x(kind, value)
  join identities i on i.kind = x.kind and i.value = x.value and i.how <> 'claimed'
  join contacts c on c.id = i.contact
  union all
  select null, null, c.id, coalesce(c.merged_into, c.id) from contacts c where c.id = any ($3::uuid[])
),
locked as materialized (
  select c.id, c.created_at
  from contacts c
  where c.id in (select contact from named)
  order by c.id
  for no key update of c
),
talked as materialized (
  select l.id, l.created_at,
         (select min(f.opened_at) from (select l.id union all select m.id from contacts m where m.merged_into = l.id) k(id)
          cross join lateral (select v.opened_at from conversations v where v.contact = k.id order by v.number limit 1) f) as talked_at
  from locked l
)
select t.id, t.created_at, t.talked_at, n.named, n.kind, n.value
from talked t join named n on n.contact = t.id

-- Locks the contacts that a batch is about, in the order of their ids, and says which of its identities name them.
-- Whatever makes a conversation unclosed locks its contact first.
-- One list of ids, not two conditions with "or": that would read all contacts there are.
with named as materialized (
  select i.kind, i.value, i.contact
  from unnest($1::text[], $2::text[]) x(kind, value)
  join identities i on i.kind = x.kind and i.value = x.value and i.how <> 'claimed'
),
locked as materialized (
  select c.id, c.created_at, (select v.opened_at from conversations v where v.contact = c.id order by v.number limit 1) as talked_at
  from contacts c
  where c.id in (select contact from named union select unnest($3::uuid[]))
  order by c.id
  for no key update of c
)
select c.id, c.created_at, c.talked_at, n.kind, n.value
from locked c left join named n on n.contact = c.id

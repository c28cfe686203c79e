-- Locks the contacts that a batch is about. Whatever makes a conversation unclosed locks its contact first.
-- One list of ids, not two conditions with "or": that would read all contacts there are.
select c.id, c.created_at, (select min(v.opened_at) from conversations v where v.contact = c.id)
from contacts c
where c.id in (
  select i.contact from unnest($1::text[], $2::text[]) x(kind, value)
  join identities i on i.kind = x.kind and i.value = x.value and i.how <> 'claimed'
  union
  select unnest($3::uuid[])
)
order by c.id
for no key update of c

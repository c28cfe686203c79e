-- The rules in force that name a contact, or an address of it.
with name as (
  select 'contact' as kind, unnest(kin($1))::text as value
  union
  select i.kind, i.value from identities i where i.contact = any (kin($1)) and i.how <> 'claimed'
)
select distinct r.kind, array_to_string(r.scope, ' ')
from name n join rules r on r.target_kind = n.kind and r.target = n.value
where r.lifted_at is null and (r.expires_at is null or r.expires_at > $2)
order by 1, 2

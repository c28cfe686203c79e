-- The kinds of rules in force that name contacts as persons: by contact or by identity.
select x.contact, array_agg(distinct x.kind order by x.kind)
from (
  select i.contact, r.kind
  from identities i join rules r on r.target_kind = i.kind and r.target = i.value
  where i.contact = any ($1::uuid[]) and i.how <> 'claimed' and r.lifted_at is null and (r.expires_at is null or r.expires_at > $2)
  union all
  select c, r.kind
  from unnest($1::uuid[]) c join rules r on r.target_kind = 'contact' and r.target = c::text
  where r.lifted_at is null and (r.expires_at is null or r.expires_at > $2)
) x
group by x.contact

-- The kinds of rules in force that name contacts as persons: by contact or by identity.
select x.contact, array_agg(distinct x.kind order by x.kind)
from (
  select w.id as contact, r.kind
  from unnest($1::uuid[]) w(id)
  join identities i on i.contact = any (kin(w.id)) and i.how <> 'claimed'
  join rules r on r.target_kind = i.kind and r.target = i.value
  where r.lifted_at is null and (r.expires_at is null or r.expires_at > $2)
  union all
  select w.id, r.kind
  from unnest($1::uuid[]) w(id) join rules r on r.target_kind = 'contact' and r.target = any (kin(w.id)::text[])
  where r.lifted_at is null and (r.expires_at is null or r.expires_at > $2)
) x
group by x.contact

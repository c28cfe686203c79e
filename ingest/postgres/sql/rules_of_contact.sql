-- The rules of some kinds that stand on a contact, on its identities, and those set together with them.
with direct as (
  select r.id from rules r
  where r.lifted_at is null and r.kind = any($2)
    and ((r.target_kind = 'contact' and r.target = $1::uuid::text)
         or exists (select from identities i where i.contact = $1 and i.how <> 'claimed' and i.kind = r.target_kind and i.value = r.target))
)
select id from direct
union
select r.id from rules r join direct d on r.set_with = d.id where r.lifted_at is null
order by 1

-- The rules of some kinds that stand on a contact, on its identities, and those set together with them; and such as had
-- expired, were set anew, and still hold something.
with name as materialized (
  select 'contact' as kind, unnest(kin($1))::text as value
  union
  select kind, value from identities where contact = any (kin($1)) and how <> 'claimed'
),
of_contact as (
  select r.id, r.lifted_at from name n join rules r on r.target_kind = n.kind and r.target = n.value and r.lifted_at is null
  where r.kind = any($2)
  union all
  select r.id, r.lifted_at from rules r
  where r.lifted_by = 'expiry' and r.kind = any($2) and (r.target_kind, r.target) in (select kind, value from name)
),
together as (
  select id, lifted_at from of_contact
  union
  select r.id, r.lifted_at from rules r join of_contact c on r.set_with = c.id where r.lifted_at is null or r.lifted_by = 'expiry'
)
select f.id from together f
where f.lifted_at is null or exists (select from messages m where m.state = 'held' and m.rule = f.id)
order by 1

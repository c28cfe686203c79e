-- The rules of some kinds that stand on a contact, on its identities, and those set together with them; and such as had
-- expired, were set anew, and still hold something.
with of_contact as (
  select r.id, r.lifted_at from rules r
  where (r.lifted_at is null or r.lifted_by = 'expiry') and r.kind = any($2)
    and ((r.target_kind = 'contact' and r.target = any (kin($1)::text[]))
         or exists (select from identities i where i.contact = any (kin($1)) and i.how <> 'claimed' and i.kind = r.target_kind and i.value = r.target))
),
together as (
  select id, lifted_at from of_contact
  union
  select r.id, r.lifted_at from rules r join of_contact c on r.set_with = c.id where r.lifted_at is null or r.lifted_by = 'expiry'
)
select f.id from together f
where f.lifted_at is null or exists (select from messages m where m.state = 'held' and m.rule = f.id)
order by 1

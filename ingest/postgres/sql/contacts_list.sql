-- Marks of contacts, newest first, out of the $8 newest that were looked at. If that ended the part, a row with false says
-- where to go on. Blocked are those whom a rule in force names as a person, by contact or by identity; banned and blacklisted
-- those of them whom a rule of that kind does.
with blocked as materialized (
  select coalesce(c.merged_into, c.id) as id
  from rules r join identities i on i.kind = r.target_kind and i.value = r.target and i.how <> 'claimed'
  join contacts c on c.id = i.contact
  where r.lifted_at is null and (r.expires_at is null or r.expires_at > $5::timestamptz) and r.kind <> 'allow'
    and ($4::text is null or r.kind = case $4 when 'banned' then 'ban' when 'blacklisted' then 'blacklist' else r.kind end)
  union
  select coalesce(c.merged_into, c.id)
  from rules r join contacts c on c.id = case when r.target_kind = 'contact' then r.target::uuid end
  where r.lifted_at is null and (r.expires_at is null or r.expires_at > $5) and r.kind <> 'allow' and r.target_kind = 'contact'
    and ($4 is null or r.kind = case $4 when 'banned' then 'ban' when 'blacklisted' then 'blacklist' else r.kind end)
),
looked as materialized (
  select c.created_at, c.id, c.tags from contacts c
  where c.merged_into is null and c.erased is null
    and ($2::timestamptz is null or c.created_at >= $2)
    and ($3::timestamptz is null or c.created_at < $3)
    and ($6::timestamptz is null or (c.created_at <= $6 and (c.created_at < $6 or c.id > $7::uuid)))
  order by c.created_at desc, c.id
  limit $8
),
part as materialized (
  select c.created_at, c.id from looked c
  where ($1::text is null or $1 = any (c.tags))
    and ($4::text is null or ($4 <> 'active') = (c.id in (select id from blocked)))
  order by c.created_at desc, c.id
  limit $9
)
(select created_at, id, true from part)
union all
(select created_at, id, false from looked
 where (select count(*) from part) < $9
 order by created_at desc, id
 offset $8 - 1 limit 1)
order by 3 desc, 1 desc, 2

-- Marks of contacts, newest first, out of the $9 newest that were looked at, and those that the search names exactly,
-- wherever they are: unless $14, which says that these were shown. If that ended the part, a row with false says where
-- to go on. Blocked are those whom a rule in force names as a person: by contact or by identity.
with blocked as materialized (
  select i.contact as id
  from rules r join identities i on i.kind = r.target_kind and i.value = r.target and i.how <> 'claimed'
  where r.lifted_at is null and (r.expires_at is null or r.expires_at > $6::timestamptz) and r.kind <> 'allow'
  union
  select r.target::uuid
  from rules r
  where r.lifted_at is null and (r.expires_at is null or r.expires_at > $6) and r.kind <> 'allow' and r.target_kind = 'contact'
),
named as materialized (
  select $13::uuid as id where $13 is not null
  union
  select i.contact from unnest($11::text[], $12::text[]) x(kind, value)
  join identities i on i.kind = x.kind and i.value = x.value and i.how <> 'claimed'
),
part as materialized (
  (select c.created_at, c.id
   from (select c.created_at, c.id, c.name, c.tags from contacts c
         where c.merged_into is null
           and ($3::timestamptz is null or c.created_at >= $3)
           and ($4::timestamptz is null or c.created_at < $4)
           and ($7::timestamptz is null or (c.created_at <= $7 and (c.created_at < $7 or c.id > $8::uuid)))
         order by c.created_at desc, c.id
         limit $9) c
   where ($1::text is null or c.name ilike $1 or c.id::text ilike $1
          or exists (select from identities i where i.contact = c.id and i.value ilike any ($10::text[])))
     and ($2::text is null or $2 = any (c.tags))
     and ($5::text is null or ($5 = 'blocked') = (c.id in (select id from blocked)))
     and c.id not in (select id from named)
   order by c.created_at desc, c.id
   limit $15)
  union all
  select c.created_at, c.id
  from contacts c
  where c.id in (select id from named) and not $14::bool
    and c.merged_into is null
    and ($3 is null or c.created_at >= $3)
    and ($4 is null or c.created_at < $4)
    and ($7 is null or (c.created_at <= $7 and (c.created_at < $7 or c.id > $8)))
    and ($2 is null or $2 = any (c.tags))
    and ($5 is null or ($5 = 'blocked') = (c.id in (select id from blocked)))
)
(select created_at, id, true from part order by created_at desc, id limit $15)
union all
select e.created_at, e.id, false
from (select c.created_at, c.id from contacts c
      where c.merged_into is null
        and ($3 is null or c.created_at >= $3)
        and ($4 is null or c.created_at < $4)
        and ($7 is null or (c.created_at <= $7 and (c.created_at < $7 or c.id > $8)))
      order by c.created_at desc, c.id
      offset $9 - 1 limit 1) e
where (select count(*) from part) < $15
order by 3 desc, 1 desc, 2

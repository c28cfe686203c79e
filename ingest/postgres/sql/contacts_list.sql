-- Marks of contacts, newest first. Blocked are those whom a rule in force names as a person: by contact or by identity.
select c.created_at, c.id
from contacts c
where c.merged_into is null
  and ($1::text is null or c.name ilike $1 or c.id::text ilike $1
       or exists (select from identities i where i.contact = c.id and i.value ilike $1))
  and ($2::text is null or $2 = any (c.tags))
  and ($3::timestamptz is null or c.created_at >= $3)
  and ($4::timestamptz is null or c.created_at < $4)
  and ($5::text is null or ($5 = 'blocked') = (c.id in (
    select i.contact
    from rules r join identities i on i.kind = r.target_kind and i.value = r.target and i.how <> 'claimed'
    where r.lifted_at is null and (r.expires_at is null or r.expires_at > $6::timestamptz) and r.kind <> 'allow'
    union all
    select r.target::uuid
    from rules r
    where r.lifted_at is null and (r.expires_at is null or r.expires_at > $6) and r.kind <> 'allow' and r.target_kind = 'contact')))
  and ($7::timestamptz is null or (c.created_at <= $7 and (c.created_at < $7 or c.id > $8::uuid)))
order by c.created_at desc, c.id
limit $9

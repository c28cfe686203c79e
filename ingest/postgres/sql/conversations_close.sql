with v as (
  select id from conversations
  where contact = any (kin($1)) and status <> 'closed' and (cardinality($3::text[]) = 0 or exists (
    select from channels c where c.id = channel and (c.name = any($3) or 'kind:' || c.kind = any($3))))
  order by id for no key update
)
update conversations c set status = 'closed', closed_at = now(), closed_by = $2 from v where c.id = v.id returning c.id

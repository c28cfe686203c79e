-- The rules that name a person: by an address or its keyed hash ($2), as a contact, or by the address of the net that was set with
-- one of these; lifted ones, too.
with named as (
  select r.id from rules r
  where r.target_kind || ':' || r.target = any ($2::text[]) or r.target_kind = 'contact' and r.target = any ($1::uuid[]::text[])
),
family as (
  select id from named
  union
  select r.id from rules r where r.about = any ($1::uuid[]) or r.set_with in (select id from named)
)
select (to_jsonb(r) || jsonb_build_object('refused', (select coalesce(sum(n), 0) from refusals f where f.rule = r.id)))::text
from rules r where r.id in (select id from family) order by r.id

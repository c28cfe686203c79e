-- The rules that name a person: by an address, as a contact, or by the address of the net that was set with one of these; lifted
-- ones, too. Those of whose address only a hash remains do not.
with named as (
  select r.id from rules r
  where r.target_kind || ':' || r.target = any ($2::text[]) or r.target_kind = 'contact' and r.target = any ($1::text[])
),
family as (
  select id from named
  union
  select r.id from rules r where r.target_kind = 'ip' and r.target !~ '^#' and (r.about = any ($1::uuid[]) or r.set_with in (select id from named))
)
select id, kind, target_kind, target, reason, comment, scope, spare_known, created_by, created_at, expires_at, on_expiry,
       lifted_at, lifted_by, held_choice, coalesce(set_with, 0), hits, last_hit_at, epoch, about
from rules where id in (select id from family) order by id

-- The rules that stand on contacts which got another address, also on those that took them in.
select id, kind, target_kind, target, reason, comment, scope, spare_known, created_by, created_at, expires_at, on_expiry,
       lifted_at, lifted_by, held_choice, coalesce(set_with, 0), hits, last_hit_at, epoch, about
from rules
where target_kind = 'contact' and lifted_at is null and target in (
  select k::text
  from (select distinct contact from joined where changed >= $1::text::xid8) j
  join contacts c on c.id = j.contact
  cross join lateral (values (c.id), (c.merged_into)) x(k)
  where k is not null)
order by id

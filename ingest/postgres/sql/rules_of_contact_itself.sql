-- The rules in force that name a contact itself and keep something from it.
select id, kind, target_kind, target, reason, comment, scope, spare_known, created_by, created_at, expires_at, on_expiry,
       lifted_at, lifted_by, held_choice, coalesce(set_with, 0), hits, last_hit_at, epoch, about
from rules
where target_kind = 'contact' and target = any (kin($1)::text[]) and lifted_at is null and (expires_at is null or expires_at > $2)
  and kind <> 'allow'
order by id

-- Rules as they were set, for others like them to be set.
select id, kind, target_kind, target, reason, comment, scope, spare_known, created_by, created_at, expires_at, on_expiry,
       lifted_at, lifted_by, held_choice, coalesce(set_with, 0), hits, last_hit_at, epoch, about
from rules where id = any ($1) order by id

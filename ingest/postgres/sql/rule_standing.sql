-- The same rule, if it stands: the same kind, target and scope.
select id, kind, target_kind, target, reason, comment, scope, spare_known, created_by, created_at, expires_at, on_expiry,
       lifted_at, lifted_by, held_choice, coalesce(set_with, 0), hits, last_hit_at, epoch, about
from rules where kind = $1 and target_kind = $2 and target = $3 and scope = $4 and lifted_at is null

-- A rule that had expired and was set anew is lifted already; what it still holds follows this choice too.
with k as (select id from rules where id = any($1) and (lifted_at is null or lifted_by = 'expiry') order by id for no key update)
update rules r
set lifted_at = coalesce(r.lifted_at, now()), lifted_by = case when r.lifted_at is null then $2 else r.lifted_by end,
    held_choice = $3, epoch = $4
from k where r.id = k.id
returning r.id

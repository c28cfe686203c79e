with k as (select id from rules where id = any($1) and lifted_at is null order by id for no key update)
update rules r set lifted_at = now(), lifted_by = $2, held_choice = $3, epoch = $4
from k where r.id = k.id
returning r.id

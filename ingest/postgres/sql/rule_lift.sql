update rules set lifted_at = now(), lifted_by = $2, held_choice = $3, epoch = $4
where id = any($1) and lifted_at is null
returning id

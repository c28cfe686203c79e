-- Ends a rule that another one stands for by now.
update rules set lifted_at = now(), lifted_by = 'erasure', held_choice = 'keep', epoch = $2 where id = $1 and lifted_at is null

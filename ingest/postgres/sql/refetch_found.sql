-- What was refused without a row has one now: it moved, too.
insert into transitions (message, from_state, to_state, job, actor) select unnest($1::uuid[]), 'refused', 'received', $2, $3

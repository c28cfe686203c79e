with x as (
  update messages set state = 'dead', reason = 'unsettled', note = left($2, 500), settled_at = now(),
    trail = 'settle: the database refuses it alone'
  where id = $1 and state = 'received'
  returning id, pass_job
)
insert into transitions (message, from_state, to_state, job, reason)
select id, 'received', 'dead', pass_job, 'unsettled' from x where pass_job is not null

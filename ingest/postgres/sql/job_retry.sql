-- Takes a job up again that was ended before its time: it is queued, so that it waits for what runs in its scope.
with j as (
  update jobs set state = 'queued', finished_at = null, error = '', strikes = 0, retry_at = null,
    total = case when kind in ('refetch', 'fetch') then total else 0 end -- of sources it is known, of what is held it is counted
  where id = $1 and state in ('failed', 'cancelled')
  returning id, kind
),
x as (update job_rules x set after_seq = 0 from j where x.job = j.id returning x.rule),
r as (
  update rules r set held_choice = j.kind from j, x
  where r.id = x.rule and r.held_choice = 'keep'
)
select kind from j

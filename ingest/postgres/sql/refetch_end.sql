-- A source has been asked; what it did not give is skipped, counted by why.
with s as (update job_sources set done = true, skipped = $3::jsonb where job = $1 and channel = $2 and not done returning 1)
update jobs set skipped = skipped + $4 where id = $1 and exists (select from s)

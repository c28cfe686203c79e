with j as (update jobs set purged = purged + $4, strikes = 0, retry_at = null, error = '' from erasures e where e.id = $1 and jobs.id = e.job)
update erasures set after_id = $2, counts = $3, contacts = $5 where id = $1

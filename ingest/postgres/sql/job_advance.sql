with r as (update job_rules set after_seq = greatest(after_seq, $2) where job = $1)
update jobs set released = released + $3, purged = purged + $4, skipped = skipped + $5, on_hold = on_hold + $6, strikes = 0, retry_at = null, error = ''
where id = $1

with r as (update job_rules set after_seq = greatest(after_seq, $2) where job = $1),
t as (update job_tickets set after_seq = greatest(after_seq, $2) where job = $1)
update jobs set released = released + $3, purged = purged + $4 where id = $1

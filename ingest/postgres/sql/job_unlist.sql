-- Takes what job_next_list looked at off the list; what was not held any more is skipped.
with x as (select seq from job_messages where job = $1 order by seq limit $2)
delete from job_messages l using x where l.job = $1 and l.seq = x.seq

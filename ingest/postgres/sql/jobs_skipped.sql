-- What jobs could not fetch again or delete, by why.
select s.job, x.key, sum(x.value::int)::int from job_sources s cross join lateral jsonb_each_text(s.skipped) x
where s.job = any ($1::bigint[])
group by s.job, x.key
union all
select id, 'legal_hold', on_hold from jobs where id = any ($1) and on_hold > 0

-- Rules that join a running job are worked from the start.
insert into job_rules (job, rule) select $1, unnest($2::bigint[])
on conflict (job, rule) do update set after_seq = 0

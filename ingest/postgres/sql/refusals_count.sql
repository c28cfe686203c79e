-- Counts refusals; what n was before tells how many of them still get rows of their own.
insert into refusals (rule, channel, hour, n)
select rule, channel, date_trunc('hour', now()), n from unnest($1::bigint[], $2::int[], $3::bigint[]) x(rule, channel, n)
order by rule, channel
on conflict (rule, channel, hour) do update set n = refusals.n + excluded.n
returning rule, channel, n

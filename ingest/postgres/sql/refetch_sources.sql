-- Where a rule refused something that is still refused. What no source keeps is skipped at once.
with rows as (select channel, count(*) n from messages where state = 'refused' and rule = $2 group by channel),
counted as (
  select channel, sum(greatest(n - 100, 0) - fetched)::bigint n, min(hour) since from refusals where rule = $2 group by channel
),
source as (
  select c.id, coalesce(r.n, 0) + k.n as n, k.since, c.kind = any($3::text[]) and c.state <> 'retired' as has
  from counted k join channels c on c.id = k.channel left join rows r on r.channel = k.channel
  where coalesce(r.n, 0) + k.n > 0
),
s as (
  insert into job_sources (job, channel, rule, since, done, skipped)
  select $1, id, $2, since, not has, case when has then '{}' else jsonb_build_object('no_source', n) end
  from source order by id
)
update jobs set total = x.n, skipped = x.skipped
from (select coalesce(sum(n), 0) n, coalesce(sum(n) filter (where not has), 0) skipped from source) x
where id = $1
returning total

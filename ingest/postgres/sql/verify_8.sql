select 8, says, count(*), (array_agg(id))[1:20] from (
  select 'more than one running job of a scope' says, scope id from jobs where state = 'running' group by scope having count(*) > 1
  union all
  select 'a job whose counts are not its transitions', j.id::text from jobs j
  left join (select job, count(*) filter (where from_state in ('held', 'refused') and to_state = 'received') released,
                    count(*) filter (where to_state = 'purged') purged from transitions where job is not null group by job) t on t.job = j.id
  where j.kind <> 'fetch' and j.released <> coalesce(t.released, 0) or j.purged <> coalesce(t.purged, 0)
  union all
  select 'a job that is done while its messages wait', j.id::text from jobs j
  where j.state = 'done' and exists (select from messages m where m.pass_job = j.id and m.state = 'received')
  union all
  select 'a job that is done with messages left on its list', j.id::text from jobs j
  where j.state = 'done' and (exists (select from job_messages l where l.job = j.id) or exists (select from job_tickets t where t.job = j.id))) v
where $1::timestamptz is not null
group by says

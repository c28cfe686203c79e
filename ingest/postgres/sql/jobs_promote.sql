-- The oldest queued job of a scope in which nothing runs.
update jobs j set state = 'running'
where j.id in (
  select distinct on (q.scope) q.id from jobs q
  where q.state = 'queued' and not exists (select from jobs r where r.scope = q.scope and r.state = 'running')
  order by q.scope, q.id
) and j.state = 'queued'

select 6, 'held by a rule that was lifted, and no job covers it', count(*), (array_agg(m.id::text))[1:20]
from messages m join rules r on r.id = m.rule
where m.state = 'held' and r.lifted_at is not null and r.held_choice <> 'keep' and $1::timestamptz is not null
  and not exists (select from job_rules x join jobs j on j.id = x.job where x.rule = r.id and j.state in ('queued', 'running'))
having count(*) > 0

-- What an ended job leaves held by rules is as if their lift had said keep, unless another job sees to it.
update rules r set held_choice = 'keep'
from job_rules x
where x.job = $1 and r.id = x.rule and r.lifted_at is not null
  and not exists (select from job_rules y join jobs j on j.id = y.job
                  where y.rule = r.id and y.job <> $1 and j.state in ('queued', 'running'))

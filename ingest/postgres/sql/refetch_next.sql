select s.job, coalesce(s.rule, 0), coalesce(s.message, '00000000-0000-0000-0000-000000000000'), coalesce(s.since, 'epoch')
from job_sources s join jobs j on j.id = s.job and j.state = 'running'
where s.channel = $1 and not s.done
order by s.job limit 1

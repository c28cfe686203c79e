-- The job under way that does the same with all of this already. A release goes by the rules that stood when it was
-- ordered. The row stays locked, so that the job does not end before what joins it is written.
select j.id
from jobs j
where j.state in ('queued', 'running') and j.kind = $1 and j.send_to = $2 and (j.kind <> 'release' or j.pass_epoch = $3)
  and not exists (select from unnest($4::uuid[]) x(id)
                  where not exists (select from job_tickets t where t.job = j.id and t.ticket = x.id))
  and not exists (select from unnest($5::uuid[]) x(id)
                  where not exists (select from messages m join job_messages l on l.seq = m.seq where m.id = x.id and l.job = j.id))
order by j.id
limit 1
for update

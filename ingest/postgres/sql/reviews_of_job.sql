-- Whose requests for a review a job answers: few tickets have one, and an index knows them.
select survivor($2::uuid) where $2::uuid is not null
union
select survivor(t.contact)
from tickets t
where t.messages > 0 and t.likely >= 4
  and (exists (select from job_tickets j where j.job = $1 and j.ticket = t.id)
       or exists (select from messages m join job_messages l on l.job = $1 and l.seq = m.seq where m.ticket = t.id and m.state = 'held')
       or exists (select from job_rules j where j.job = $1 and j.rule = t.rule))

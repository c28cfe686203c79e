-- Tickets that hold something which was visible at the moment. Each is looked into by its index: joined, all messages
-- that there are would be read.
insert into job_tickets (job, ticket, as_of)
select $1, t.id, $3::pg_snapshot
from tickets t
cross join lateral (
  select from messages m
  where m.ticket = t.id and m.state = 'held' and pg_visible_in_snapshot(m.held_xid, $3::pg_snapshot)
  limit 1
) h
where t.id = any($2) and t.messages > 0
on conflict (job, ticket) do update set listed = false, as_of = later(job_tickets.as_of, excluded.as_of)

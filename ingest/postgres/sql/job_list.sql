-- Writes down the messages of the next tickets of a job, each as it was seen, and how many tickets those were. Each is
-- looked into by its index: offset 0 keeps the planner from joining all messages that there are.
with t as materialized (select ticket, as_of from job_tickets where job = $1 and not listed order by ticket limit $2),
l as (
  insert into job_messages (job, seq, message, held_xid)
  select $1, h.seq, h.id, h.held_xid
  from t cross join lateral (
    select m.seq, m.id, m.held_xid from messages m
    where m.ticket = t.ticket and m.state = 'held' and pg_visible_in_snapshot(m.held_xid, t.as_of)
    offset 0
  ) h
  on conflict (job, seq) do update set held_xid = excluded.held_xid
),
u as (update job_tickets j set listed = true from t where j.job = $1 and j.ticket = t.ticket returning 1)
select count(*) from u

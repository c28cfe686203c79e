-- Writes down the messages of the next tickets of a job, each as it was seen, and how many tickets those were.
with t as materialized (select ticket, as_of from job_tickets where job = $1 and not listed order by ticket limit $2),
l as (
  insert into job_messages (job, seq, message, held_xid)
  select $1, m.seq, m.id, m.held_xid
  from t join messages m on m.ticket = t.ticket and m.state = 'held' and pg_visible_in_snapshot(m.held_xid, t.as_of)
  on conflict (job, seq) do update set held_xid = excluded.held_xid
),
u as (update job_tickets j set listed = true from t where j.job = $1 and j.ticket = t.ticket returning 1)
select count(*) from u

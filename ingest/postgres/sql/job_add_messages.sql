insert into job_messages (job, seq, message, held_xid)
select $1, m.seq, m.id, m.held_xid
from messages m
where m.id = any($2) and m.state::text = 'held' and pg_visible_in_snapshot(m.held_xid, $3::pg_snapshot)
on conflict (job, seq) do update set held_xid = excluded.held_xid

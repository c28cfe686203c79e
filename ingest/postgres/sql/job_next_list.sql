-- The next rows of a job's list that are still held as they were seen. Asked where the rows are locked: another job may
-- have taken one meanwhile. "state = 'held'" is said in another way, lest the planner join the whole partial index.
-- What a legal hold covers at $3 is left; null if none matters.
select m.id, m.ticket, m.seq, m.lane
from messages m
where m.id = any(array(select l.message from job_messages l where l.job = $1 order by l.seq limit $2))
  and m.state::text = 'held'
  and ($3::timestamptz is null or m.contact not in (select contacts_on_hold($3)))
  and m.held_xid = (select l.held_xid from job_messages l where l.job = $1 and l.seq = m.seq)
order by m.seq for update

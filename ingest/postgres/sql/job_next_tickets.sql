-- The next rows of a job by ticket, of those that the order's author could see; asked for again where they are locked,
-- as in job_next_rules.
select m.id, m.ticket, m.seq, m.lane
from messages m
where m.id = any(array(
    select x.id from jobs j join job_tickets t on t.job = j.id
    cross join lateral (select h.id, h.seq from messages h where h.state = 'held' and h.ticket = t.ticket and h.seq > t.after_seq
                          and pg_visible_in_snapshot(h.held_xid, j.as_of)
                        order by h.seq limit $2) x
    where j.id = $1 order by x.seq limit $2))
  and m.state::text = 'held'
  and exists (select from jobs j join job_tickets t on t.job = j.id
              where j.id = $1 and t.ticket = m.ticket and pg_visible_in_snapshot(m.held_xid, j.as_of))
order by m.seq for update

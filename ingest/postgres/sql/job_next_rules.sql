-- The next rows of a job by rule, above what it has done in each. The lift was made under the exclusive rules lock, so
-- none arrives below. "state = 'held'" is said in another way where the rows are read again, lest the planner join the
-- whole partial index.
select m.id, m.ticket, m.seq, m.lane
from messages m
where m.id = any(array(
    select x.id from job_rules r
    cross join lateral (select h.id, h.seq from messages h where h.state = 'held' and h.rule = r.rule and h.seq > r.after_seq
                        order by h.seq limit $2) x
    where r.job = $1 order by x.seq limit $2))
  and m.state::text = 'held'
order by m.seq for update

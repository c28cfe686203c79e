-- The next rows of a job by rule, above what it has done in each. The lift was made under the exclusive rules lock, so
-- none arrives below. What is chosen is asked for again where the rows are locked: another job may have taken one
-- meanwhile, and another rule hold it. "state = 'held'" is said in another way there, lest the planner join the whole
-- partial index.
select m.id, m.ticket, m.seq, m.lane
from messages m
where m.id = any(array(
    select x.id from job_rules r
    cross join lateral (select h.id, h.seq from messages h where h.state = 'held' and h.rule = r.rule and h.seq > r.after_seq
                        order by h.seq limit $2) x
    where r.job = $1 order by x.seq limit $2))
  and m.state::text = 'held'
  and exists (select from job_rules r where r.job = $1 and r.rule = m.rule)
order by m.seq for update

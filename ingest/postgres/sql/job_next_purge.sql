-- The next rows of a job that deletes by rule: those of the tickets in which the next messages lie, so that a ticket is
-- changed once and not for each of its messages. The mark that is returned goes no further than the next messages of
-- all tickets went. Asked for again where the rows are locked, as in job_next_rules. What a legal hold covers at
-- $3 is left.
with next as materialized (
  select x.ticket, x.seq from job_rules r
  cross join lateral (select h.ticket, h.seq from messages h where h.state = 'held' and h.rule = r.rule and h.seq > r.after_seq
                        and h.contact not in (select contacts_on_hold($3))
                      order by h.seq limit greatest($2::int / 8, 1)) x
  where r.job = $1 order by x.seq limit greatest($2::int / 8, 1)
)
select m.id, m.ticket, least(m.seq, (select max(seq) from next)), m.lane
from messages m
where m.id = any(array(
    select x.id from (select distinct ticket from next) t
    cross join lateral (select h.id, h.seq from messages h where h.state = 'held' and h.ticket = t.ticket
                          and h.contact not in (select contacts_on_hold($3))
                          and exists (select from job_rules r where r.job = $1 and r.rule = h.rule)
                        order by h.seq limit $2) x
    order by x.seq limit $2))
  and m.state::text = 'held'
  and exists (select from job_rules r where r.job = $1 and r.rule = m.rule)
order by m.seq for update of m

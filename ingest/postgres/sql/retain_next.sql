-- The oldest held messages that are past their time: held by the system before $1, by rules before $2; null is for ever. What a legal hold covers at $4 stays.
-- Asked for again where the rows are locked, as in job_next_rules.
select m.id, m.ticket, m.seq, coalesce(m.reason, 'rule')
from messages m
where m.id = any(array(
    select x.id from (
      (select h.id, h.settled_at from messages h where h.state = 'held' and h.rule is null and h.settled_at < $1::timestamptz
         and h.contact not in (select contacts_on_hold($4))
       order by h.settled_at limit $3)
      union all
      (select h.id, h.settled_at from messages h where h.state = 'held' and h.rule is not null and h.settled_at < $2::timestamptz
         and h.contact not in (select contacts_on_hold($4))
       order by h.settled_at limit $3)
    ) x order by x.settled_at limit $3))
  and m.state::text = 'held' and m.settled_at < case when m.rule is null then $1 else $2 end
order by m.seq for update

-- The tickets that a filter chose at the moment $15, as the list does: by what held the newest message that was there by
-- then and still is. A text counts in what was there by then; and where it matters when a ticket was last held, by
-- which domain or whether it was opened, one that has grown since was not shown as it is now.
select t.id
from tickets t
cross join lateral (
  select m.rule, m.reason from messages m
  where m.ticket = t.id and m.state = 'held' and pg_visible_in_snapshot(m.held_xid, $15::pg_snapshot)
  order by m.seq desc limit 1
) h
left join rules r on r.id = h.rule
where
  -- include tickets_where
  and ($6 is null or exists (
    select from held_texts x join messages m on m.id = x.message
    where x.ticket = t.id and x.text like $6 and pg_visible_in_snapshot(m.held_xid, $15)))
  and (num_nonnulls($9, $12, $13, $14) = 0 or not exists (
    select from messages m where m.ticket = t.id and m.state = 'held' and not pg_visible_in_snapshot(m.held_xid, $15)))
order by t.id

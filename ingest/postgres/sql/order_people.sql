-- Whom an order is about: the contact of each ticket that it takes from, with the address that the ticket was last
-- written from, if that is not merely claimed.
select distinct t.contact, coalesce(h.kind, ''), coalesce(h.value, '')
from tickets t
cross join lateral (
  select f.kind, f.value
  from messages m
  left join lateral jsonb_to_record(m.envelope -> 'from') f(kind text, value text, how text) on f.how <> 'claimed'
  where m.ticket = t.id and m.state = 'held' and pg_visible_in_snapshot(m.held_xid, $3::pg_snapshot)
  order by m.seq desc limit 1
) h
where t.messages > 0
  and t.id in (select unnest($1::uuid[]) union select m.ticket from messages m where m.id = any($2::uuid[]) and m.state::text = 'held')
limit $4

-- Whom an order is about: the contact of each ticket and message that it takes, whether it is nameless, for its sender is
-- not proven, and of such, or if $5 asks for it, the address that the ticket was last written from, or the message was,
-- if that is not merely claimed.
select distinct w.contact, n.nameless, coalesce(f.kind, ''), coalesce(f.value, '')
from (
  select t.contact, h.envelope
  from tickets t
  cross join lateral (
    select m.envelope from messages m
    where m.ticket = t.id and m.state = 'held' and pg_visible_in_snapshot(m.held_xid, $3::pg_snapshot)
    order by m.seq desc limit 1
  ) h
  where t.id = any($1::uuid[]) and t.messages > 0
  union all
  select m.contact, m.envelope
  from messages m
  where m.id = any($2::uuid[]) and m.state::text = 'held' and pg_visible_in_snapshot(m.held_xid, $3::pg_snapshot)
) w
cross join lateral (
  select coalesce((w.envelope ->> 'unproven')::bool, false)
         and not exists (select from identities i where i.contact = any (kin(w.contact)) and i.how <> 'claimed') as nameless
) n
left join lateral jsonb_to_record(w.envelope -> 'from') f(kind text, value text, how text) on ($5 or n.nameless) and f.how <> 'claimed'
limit $4

-- So many of the messages that an order would take, with what rules ask of them.
select m.id, c.name, c.kind, c.family, m.received_at, m.envelope, m.contact,
       (select v.opened_at from conversations v where v.contact = m.contact order by v.number limit 1)
from (select x.id from (
  -- include held_ordered
) x limit $4) s
join messages m on m.id = s.id
join channels c on c.id = m.channel

-- So many of the messages that an order would take, with what rules ask of them.
select m.id, c.name, c.kind, c.family, m.received_at, m.envelope, survivor(m.contact),
       (select min(v.opened_at) from conversations v where v.contact = any (kin(m.contact)))
from (select x.id from (
  -- include held_ordered
) x limit $4) s
join messages m on m.id = s.id
join channels c on c.id = m.channel

-- So many of the messages that an order would take, with what rules ask of them. No part of the order is read further than
-- that, and each person is asked for once.
with s as materialized (
  select id from (
    (select h.id from unnest($1::uuid[]) t cross join lateral (select id from messages where state = 'held' and ticket = t limit $4) h limit $4)
    union
    (select id from messages where id = any ($2::uuid[]) and state::text = 'held' limit $4)
    union
    (select id from messages where state = 'held' and rule = any ($3::bigint[]) limit $4)
  ) x limit $4),
m as materialized (select m.* from s cross join lateral (select id, channel, received_at, envelope, contact from messages where id = s.id offset 0) m),
p as materialized (
  select d.contact, k.id, (select min(v.opened_at) from conversations v where v.contact = any (kin(k.id))) as talked
  from (select distinct contact from m) d
  cross join lateral (select coalesce(c.merged_into, c.id) as id from contacts c where c.id = d.contact offset 0) k)
select m.id, c.name, c.kind, c.family, m.received_at, m.envelope, p.id, p.talked
from m join channels c on c.id = m.channel join p on p.contact = m.contact

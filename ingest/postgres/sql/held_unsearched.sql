-- Held messages whose text cannot be searched yet, with what it is made of: the readable text, cut, where that is kept
-- apart, else how much there is to read again. An index knows the tickets that have such.
select m.id, c.kind, m.envelope, left(b.text, $2),
       case when b.message is null then (select coalesce(sum(octet_length(r.data)), 0) from raw r where r.message = m.id) else 0 end
from (select id, channel from tickets where searched < messages order by id limit $1) t
join channels c on c.id = t.channel
cross join lateral (
  select h.id, h.envelope from messages h
  where h.ticket = t.id and h.state = 'held' and not exists (select from held_texts x where x.message = h.id)
  order by h.seq desc limit $1
) m
left join bodies b on b.message = m.id
limit $1

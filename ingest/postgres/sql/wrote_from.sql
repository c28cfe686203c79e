-- Who wrote from which address lately, as far as the $2 newest messages go. Mail has none.
select distinct survivor(m.contact), m.envelope->>'client_ip'
from (select channel, state, received_at, contact, envelope from messages order by id desc limit $2) m
where m.received_at >= $1 and m.contact is not null and m.envelope ? 'client_ip'
  and m.channel in (select id from channels where family <> 'email')

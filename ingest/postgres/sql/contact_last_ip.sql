-- The address the contact last wrote from, in a conversation or in what is held: chats only, mail has none.
select m.ip
from (
  select m.envelope->>'client_ip' as ip, m.received_at, m.seq
  from conversations v join messages m on m.conversation = v.id
  where v.contact = any (kin($1))
  union all
  select m.envelope->>'client_ip', m.received_at, m.seq
  from tickets t join messages m on m.ticket = t.id and m.state = 'held'
  where t.contact = any (kin($1)) and t.messages > 0
) m
where m.ip is not null
order by m.received_at desc, m.seq desc limit 1

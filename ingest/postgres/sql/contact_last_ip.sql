-- The address the contact last wrote from: chats only, mail has none.
select m.envelope->>'client_ip'
from conversations v join messages m on m.conversation = v.id
where v.contact = $1 and m.envelope ? 'client_ip'
order by m.received_at desc, m.seq desc limit 1

-- The messages that the batch answers, wherever they are by now.
select m.id, m.channel, m.thread, m.state, m.sender, m.lane, m.received_at, m.contact, m.conversation, m.ticket
from unnest($1::int[], $2::bytea[]) x(channel, thread)
join messages m on m.channel = x.channel and m.thread = x.thread
where m.state in ('received', 'conversed', 'held')
order by m.seq desc

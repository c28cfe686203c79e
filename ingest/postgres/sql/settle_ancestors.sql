-- What the batch answers: what the desk sent, and messages, wherever they are by now, the newest first. The desk's own comes
-- first, since anybody who has seen its Message-ID can send mail under it, and would be given its bounces.
select m.id, m.channel, m.thread, m.state, m.sender, m.lane, m.received_at, m.contact, m.conversation, m.ticket
from (
  select m.id, m.channel, m.thread, m.state, m.sender, m.lane, m.received_at, m.contact, m.conversation, m.ticket, m.seq
  from unnest($1::int[], $2::bytea[]) x(channel, thread)
  join messages m on m.channel = x.channel and m.thread = x.thread
  where m.state in ('received', 'conversed', 'held')
  union all
  select null, o.channel, o.thread, 'conversed', '', 0, o.at, null, o.conversation, null, 9223372036854775807
  from unnest($1::int[], $2::bytea[]) x(channel, thread)
  join outgoing o on o.channel = x.channel and o.thread = x.thread
) m
order by m.seq desc

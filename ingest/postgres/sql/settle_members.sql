-- Who has a part in the conversations that the batch answers into.
select distinct p.conversation, p.contact
from messages p
where p.conversation in (
  select m.conversation
  from unnest($1::int[], $2::bytea[]) x(channel, thread)
  join messages m on m.channel = x.channel and m.thread = x.thread and m.state = 'conversed'
) and p.contact is not null

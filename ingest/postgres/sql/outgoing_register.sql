-- A name that is known stays where it is: the answer says where.
with made as (
  insert into outgoing (channel, thread, conversation, sender, at)
  select channel, $2, id, $3, $4 from conversations where id = $1
  on conflict do nothing
  returning conversation
)
select conversation, true from made
union all
select o.conversation, false
from conversations v join outgoing o on o.channel = v.channel and o.thread = $2
where v.id = $1

-- Ids of the messages of a conversation or a contact, newest first. A contact's are found by its conversations and
-- tickets. They are gathered first: in the order of ids, the planner would look for them among all messages.
select m.id
from (
  select id, channel, state, conversation from messages
  where conversation = any (array(select id from conversations
                                  where ($3::uuid is null or id = $3) and ($4::uuid is null or contact = any (kin($4)))))
  union all
  select id, channel, state, conversation from messages
  where $3 is null and state = 'held' and ticket = any (array(select id from tickets where contact = any (kin($4)) and messages > 0))
  offset 0
) m
where ($1::text is null or m.channel = (select id from channels where name = $1))
  and ($2::state[] is null or m.state = any ($2))
  and (not $5::bool or m.conversation is not null)
  and ($6::uuid is null or m.id < $6)
order by m.id desc
limit $7

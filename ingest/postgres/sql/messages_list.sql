-- Ids of messages, newest first. A contact's are found by its conversations and tickets.
select m.id
from messages m
where ($1::text is null or m.channel = (select id from channels where name = $1))
  and ($2::state[] is null or m.state = any ($2))
  and ($3::uuid is null or m.conversation = $3)
  and ($4::uuid is null
       or m.conversation = any (array(select id from conversations where contact = $4))
       or (m.state = 'held' and m.ticket = any (array(select id from tickets where contact = $4 and messages > 0))))
  and ($5::uuid is null or m.id < $5)
order by m.id desc
limit $6

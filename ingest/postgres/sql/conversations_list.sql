-- Marks of conversations, newest message first. Status may also be unclosed.
select last_message_at, id
from conversations
where ($1::text is null or channel = (select id from channels where name = $1))
  and ($2::text is null or status = $2 or ($2 = 'unclosed' and status <> 'closed'))
  and ($3::uuid is null or contact = any (kin($3)))
  and ($4::text is null or assignee = $4)
  and ($5::text is null or $5 = any (tags))
  and ($6::timestamptz is null or (last_message_at <= $6 and (last_message_at < $6 or id > $7::uuid)))
order by last_message_at desc, id
limit $8

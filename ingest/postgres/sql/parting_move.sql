-- Takes messages out of one conversation into another. Both are locked in the order of their ids, and count what they have.
with v as materialized (select id from conversations where id in ($2, $3) order by id for no key update),
moved as (
  update messages m set conversation = $3
  where m.id = any ($1) and m.conversation = $2 and (select count(*) from v) = 2
  returning m.received_at
),
fewer as (
  update conversations c
  set messages = messages - (select count(*) from moved),
      last_message_at = coalesce((select max(received_at) from messages where conversation = $2 and id <> all ($1)), c.last_message_at)
  where c.id = $2
)
update conversations c
set messages = messages + (select count(*) from moved), last_message_at = greatest(c.last_message_at, (select max(received_at) from moved))
where c.id = $3

with v as (
  select id from conversations
  where status <> 'closed' and (family = 'chat' and last_message_at < now() - $1::interval
                             or family = 'sms' and last_message_at < now() - $2::interval)
  order by id limit 500 for update skip locked
), u as (
  update conversations c set status = 'closed', closed_at = now(), closed_by = 'idle' from v where c.id = v.id
  returning c.id, c.contact
)
insert into events (type, conversation, contact, data) select 'conversation.closed', id, survivor(contact), '{"by":"idle"}' from u

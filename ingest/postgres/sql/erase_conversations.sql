-- Closes a person's conversations and leaves nothing that was said of them; how many there are, and which of them were open.
with v as (select id, contact, status from conversations where contact = any ($1::uuid[]) order by id for no key update),
u as (
  update conversations c set subject = '', tags = '{}', status = 'closed', closed_at = coalesce(c.closed_at, now()),
    closed_by = case when c.closed_at is null then 'erasure' else c.closed_by end
  from v where c.id = v.id
),
told as (
  insert into events (type, conversation, contact, data)
  select 'conversation.closed', id, contact, '{"by":"erasure"}' from v where status <> 'closed'
)
select count(*) from v

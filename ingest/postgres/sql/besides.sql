-- Counts what a request had in it besides messages, and tells of each report on what was sent. Where that was registered, the
-- event names its conversation.
with counted as (
  insert into intake (channel, ignored, strange) values ($1, $2, $3)
)
insert into events (type, conversation, contact, data)
select x.type, o.conversation, v.contact, x.data::jsonb
from unnest($4::text[], $5::bytea[], $6::text[]) with ordinality x(type, thread, data, ord)
left join outgoing o on o.channel = $1 and o.thread = x.thread
left join conversations v on v.id = o.conversation
order by x.ord

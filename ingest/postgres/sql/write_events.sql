insert into events (type, conversation, contact, message, data)
select type, conversation, contact, message, nullif(data, '')::jsonb
from unnest($1::text[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[]) x(type, conversation, contact, message, data)

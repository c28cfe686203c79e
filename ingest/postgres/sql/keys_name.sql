-- Further names of messages that stand.
insert into message_keys (channel, key_hash, message, content)
select $1, x.key_hash, x.message, x.content
from unnest($2::bytea[], $3::uuid[], $4::bytea[]) x(key_hash, message, content)
order by x.key_hash
on conflict do nothing

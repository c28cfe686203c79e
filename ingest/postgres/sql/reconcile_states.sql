-- In which state the messages of keys are; '' where a key is left of a message that is gone: purged ones keep their row.
select x.ord, coalesce(m.state::text, '')
from unnest($2::bytea[]) with ordinality x(key_hash, ord)
join message_keys k on k.channel = $1 and k.key_hash = x.key_hash
left join messages m on m.id = k.message

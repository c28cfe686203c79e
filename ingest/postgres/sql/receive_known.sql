-- The messages that stand under keys already known, and what their keys stood for.
select x.ord, k.message, k.content
from unnest($1::int[], $2::bytea[]) with ordinality x(channel, key_hash, ord)
join message_keys k on k.channel = x.channel and k.key_hash = x.key_hash

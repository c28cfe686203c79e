select x.ord from unnest($2::bytea[]) with ordinality x(key_hash, ord)
where exists (select from message_keys k where k.channel = $1 and k.key_hash = x.key_hash)

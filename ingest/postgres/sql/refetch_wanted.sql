-- What of a source's keys is known, and whether it is wanted: refused by the rule, or the one message that is held.
select x.ord, m.received_at < $5 as earlier,
       case when $3::bigint <> 0 then m.state = 'refused' and m.rule = $3
            else m.id = $4 and m.state = 'held' and m.reason = 'size' end as wanted
from unnest($2::bytea[]) with ordinality x(key_hash, ord)
join message_keys k on k.channel = $1 and k.key_hash = x.key_hash
join messages m on m.id = k.message

-- The wanted messages under these keys, locked in the order of receipt as steps of jobs do, and what the keys stand for.
select x.ord, m.id, k.content, m.lane
from unnest($2::bytea[]) with ordinality x(key_hash, ord)
join message_keys k on k.channel = $1 and k.key_hash = x.key_hash
join messages m on m.id = k.message
where case when $3::bigint <> 0 then m.state::text = 'refused' and m.rule = $3
           else m.id = $4 and m.state::text = 'held' and m.reason = 'size' end
order by m.seq for update of m

select id, received_at, seq
from messages
where conversation = $1 and ($2::timestamptz is null or (received_at, seq) > ($2, $3::bigint))
order by received_at, seq
limit $4

select id, seq
from messages
where ticket = $1 and state = 'held' and ($2::bigint is null or seq > $2)
order by seq
limit $3

select id, endpoint, since, until, types, deliveries, asked_by, asked_at, done_at
from replays where ($1::uuid is null or endpoint = $1) and ($2::bigint = 0 or id = $2)
order by id desc limit $3

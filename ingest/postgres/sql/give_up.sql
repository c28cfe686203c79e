with x as (
  select id from messages where state = 'received' and lane = $1 order by seq limit 1 for update
)
update messages m set state = 'dead', reason = 'unsettled', note = left($2, 500), settled_at = now(),
  trail = 'settle: the database refuses it alone'
from x where m.id = x.id

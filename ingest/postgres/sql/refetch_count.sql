-- Takes what was found off the refusals without a row, the oldest hour first. They were accepted when they were refused:
-- the ledger must not count them once more.
with room as (
  select hour, greatest(n - 100, 0) - fetched as free, sum(greatest(n - 100, 0) - fetched) over (order by hour) as upto
  from refusals where rule = $1 and channel = $2
),
l as (insert into intake (channel, accepted, refused) values ($2, -$3::bigint, -$3::bigint))
update refusals r set fetched = r.fetched + least(room.free, $3 - (room.upto - room.free))
from room
where r.rule = $1 and r.channel = $2 and r.hour = room.hour and room.free > 0 and $3 > room.upto - room.free

-- Takes what was found off the refusals without a row, the oldest hour first. They were accepted when they were refused:
-- the ledger must not count them once more, nor in the hour of their refusal.
with room as (
  select hour, greatest(n - 100, 0) - fetched as free, sum(greatest(n - 100, 0) - fetched) over (order by hour) as upto
  from refusals where rule = $1 and channel = $2
),
taken as (
  select hour, least(free, $3 - (upto - free)) as n from room where free > 0 and $3 > upto - free
),
l as (insert into intake (channel, hour, accepted, refused) select $2, hour, -n, -n from taken)
update refusals r set fetched = r.fetched + taken.n
from taken
where r.rule = $1 and r.channel = $2 and r.hour = taken.hour

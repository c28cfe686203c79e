-- What came in each hour since a moment and where it is now, all from the ledger: it reads a row an hour and what was not
-- folded yet, whatever number of messages came.
select c.name, x.hour, sum(x.accepted)::bigint, sum(x.conversed)::bigint, sum(x.held)::bigint, sum(x.refused)::bigint, sum(x.dead)::bigint,
       sum(x.purged)::bigint, sum(x.accepted - x.conversed - x.held - x.refused - x.dead - x.purged)::bigint
from channels c
join (
  select channel, hour, accepted, conversed, held, refused, dead, purged from hours where hour >= $2
  union all
  select channel, hour, accepted, conversed, held, refused, dead, purged from intake where hour >= $2
) x on x.channel = c.id
where $1 = '' or c.name = $1
group by c.name, x.hour
having sum(x.accepted) > 0
order by c.name, x.hour

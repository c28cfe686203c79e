-- What was accepted is the ledger's word, where the messages are is their own; and the ledger's word for that, which the
-- statistics rest on, must be the same.
with ledger as (
  select channel, sum(accepted) accepted, sum(conversed) conversed, sum(held) held, sum(refused) refused, sum(dead) dead, sum(purged) purged
  from (select channel, accepted, conversed, held, refused, dead, purged from accounts
        union all select channel, accepted, conversed, held, refused, dead, purged from intake) x
  group by 1
),
place as (
  select channel, count(*) n, count(*) filter (where state = 'conversed') conversed, count(*) filter (where state = 'held') held,
         count(*) filter (where state = 'refused') refused, count(*) filter (where state = 'dead') dead,
         count(*) filter (where state = 'purged') purged
  from messages group by 1
),
counted as (select channel, sum(greatest(n - 100, 0) - fetched) n from refusals group by 1),
books as (
  select c.name, coalesce(l.accepted, 0) accepted, coalesce(p.n, 0) + coalesce(r.n, 0) found,
         array[coalesce(l.conversed, 0), coalesce(l.held, 0), coalesce(l.refused, 0), coalesce(l.dead, 0), coalesce(l.purged, 0)] said,
         array[coalesce(p.conversed, 0), coalesce(p.held, 0), coalesce(p.refused, 0) + coalesce(r.n, 0), coalesce(p.dead, 0), coalesce(p.purged, 0)] are
  from channels c
  left join ledger l on l.channel = c.id
  left join place p on p.channel = c.id
  left join counted r on r.channel = c.id
)
select 2, 'accepted is not what the messages add up to', count(*), array_agg(name)
from books where accepted <> found having count(*) > 0 and $1::timestamptz is not null
union all
select 2, 'the statistics do not say where the messages are', count(*), array_agg(name)
from books where said <> are having count(*) > 0

-- What was accepted is the ledger's word, where the messages are is their own; and the ledger's word for that, which the
-- statistics rest on, must be the same. So must the hours: those that are kept are whole, and the messages are read once
-- for both.
with ledger as (
  select channel, sum(accepted) accepted, sum(conversed) conversed, sum(held) held, sum(refused) refused, sum(dead) dead, sum(purged) purged
  from (select channel, accepted, conversed, held, refused, dead, purged from accounts
        union all select channel, accepted, conversed, held, refused, dead, purged from intake) x
  group by 1
),
place as materialized (
  select channel, case when received_at >= now() - interval '36 days' then date_trunc('hour', received_at) end as hour, count(*) n,
         count(*) filter (where state = 'conversed') conversed, count(*) filter (where state = 'held') held,
         count(*) filter (where state = 'refused') refused, count(*) filter (where state = 'dead') dead,
         count(*) filter (where state = 'purged') purged
  from messages group by 1, 2
  union all
  select channel, hour, n, 0, 0, n, 0, 0
  from (select channel, hour, sum(greatest(n - 100, 0) - fetched) n from refusals group by 1, 2) x
),
found as (
  select channel, sum(n) n, sum(conversed) conversed, sum(held) held, sum(refused) refused, sum(dead) dead, sum(purged) purged
  from place group by 1
),
books as (
  select c.name, coalesce(l.accepted, 0) accepted, coalesce(f.n, 0) found,
         array[coalesce(l.conversed, 0), coalesce(l.held, 0), coalesce(l.refused, 0), coalesce(l.dead, 0), coalesce(l.purged, 0)] said,
         array[coalesce(f.conversed, 0), coalesce(f.held, 0), coalesce(f.refused, 0), coalesce(f.dead, 0), coalesce(f.purged, 0)] are
  from channels c
  left join ledger l on l.channel = c.id
  left join found f on f.channel = c.id
),
wrong_hours as (
  select channel, hour
  from (select channel, hour, accepted, conversed, held, refused, dead, purged from hours
        union all select channel, hour, accepted, conversed, held, refused, dead, purged from intake
        union all select channel, hour, -n, -conversed, -held, -refused, -dead, -purged from place) x
  where hour >= now() - interval '36 days'
  group by 1, 2
  having (sum(accepted), sum(conversed), sum(held), sum(refused), sum(dead), sum(purged)) <> (0, 0, 0, 0, 0, 0)
)
select 2, 'accepted is not what the messages add up to', count(*), array_agg(name)
from books where accepted <> found having count(*) > 0 and $1::timestamptz is not null
union all
select 2, 'the statistics do not say where the messages are', count(*), array_agg(name)
from books where said <> are having count(*) > 0
union all
select 2, 'an hour of the statistics is not what came in it', count(*), (array_agg(format('%s %s', c.name, w.hour) order by w.hour))[1:20]
from wrong_hours w join channels c on c.id = w.channel having count(*) > 0

-- The books of each channel. Accepted is the ledger's word; where the messages are is their own.
with ledger as (
  select channel, sum(accepted)::bigint accepted, sum(repeats)::bigint repeats, sum(ignored)::bigint ignored, sum(strange)::bigint strange
  from (select channel, accepted, repeats, ignored, strange from accounts
        union all select channel, accepted, repeats, ignored, strange from intake) x group by channel
),
place as (
  select channel,
         count(*) filter (where state = 'conversed') conversed, count(*) filter (where state = 'held') held,
         count(*) filter (where state = 'refused') refused, count(*) filter (where state = 'dead') dead,
         count(*) filter (where state = 'purged') purged, count(*) filter (where state = 'received') in_flight
  from messages group by channel
),
counted as (select channel, sum(greatest(n - 100, 0))::bigint n from refusals group by channel)
select c.name, c.kind, coalesce(l.accepted, 0), coalesce(p.conversed, 0), coalesce(p.held, 0),
       coalesce(p.refused, 0) + coalesce(r.n, 0), coalesce(p.dead, 0), coalesce(p.purged, 0), coalesce(p.in_flight, 0),
       coalesce(l.repeats, 0), coalesce(l.ignored, 0), coalesce(l.strange, 0)
from channels c
left join ledger l on l.channel = c.id
left join place p on p.channel = c.id
left join counted r on r.channel = c.id
order by c.name

-- The books of each channel, all from the ledger: reading the messages would take as long as there are many. What was
-- accepted and is nowhere yet is in flight. Whether the messages are where the ledger says is asked by verify.
with ledger as (
  select channel, sum(accepted)::bigint accepted, sum(repeats)::bigint repeats, sum(ignored)::bigint ignored, sum(strange)::bigint strange,
         sum(conversed)::bigint conversed, sum(held)::bigint held, sum(refused)::bigint refused, sum(dead)::bigint dead, sum(purged)::bigint purged
  from (select channel, accepted, repeats, ignored, strange, conversed, held, refused, dead, purged from accounts
        union all
        select channel, accepted, repeats, ignored, strange, conversed, held, refused, dead, purged from intake) x
  group by channel
)
select c.name, c.kind, coalesce(l.accepted, 0), coalesce(l.conversed, 0), coalesce(l.held, 0), coalesce(l.refused, 0),
       coalesce(l.dead, 0), coalesce(l.purged, 0), coalesce(l.accepted - l.conversed - l.held - l.refused - l.dead - l.purged, 0),
       coalesce(l.repeats, 0), coalesce(l.ignored, 0), coalesce(l.strange, 0)
from channels c
left join ledger l on l.channel = c.id
order by c.name

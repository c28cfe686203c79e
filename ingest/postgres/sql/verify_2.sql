select 2, 'accepted is not what the messages add up to', count(*), array_agg(name) from (
  with ledger as (select channel, sum(accepted) n from (select channel, accepted from accounts union all select channel, accepted from intake) x group by 1),
  place as (select channel, count(*) n from messages group by 1),
  counted as (select channel, sum(greatest(n - 100, 0)) n from refusals group by 1)
  select c.name from channels c left join ledger l on l.channel = c.id left join place p on p.channel = c.id left join counted r on r.channel = c.id
  where coalesce(l.n, 0) <> coalesce(p.n, 0) + coalesce(r.n, 0)) v
having count(*) > 0 and $1::timestamptz is not null

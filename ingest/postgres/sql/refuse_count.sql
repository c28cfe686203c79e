-- Counts what is refused before it is stored, and the hits of the rules, and says how many keep a row. The others are
-- entered in the ledger here, since no message of them will be.
with x as (select rule, channel, n from unnest($1::bigint[], $2::int[], $3::int[]) x(rule, channel, n)),
c as (
  insert into refusals (rule, channel, hour, n)
  select rule, channel, date_trunc('hour', now()), n from x order by rule, channel
  on conflict (rule, channel, hour) do update set n = refusals.n + excluded.n
  returning rule, channel, n
),
k as (select x.rule, x.channel, x.n, least(greatest(100 - (c.n - x.n), 0), x.n)::int as kept from c join x using (rule, channel)),
h as (insert into hits (rule, n) select rule, sum(n) from x group by rule),
l as (insert into intake (channel, accepted, refused) select channel, sum(n - kept), sum(n - kept) from k group by channel having sum(n - kept) > 0)
select rule, channel, kept from k

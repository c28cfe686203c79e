-- Folds the ledger, and returns how many rows of it. Taken rows are deleted and added in one statement, so the sum is
-- right in every snapshot. What is of an hour that nobody asks for any more is not counted by the hour.
with d as (
  delete from intake where id in (select id from intake order by id limit $1 for update skip locked) returning *
),
a as (
  insert into accounts (channel, accepted, repeats, ignored, strange, conversed, held, refused, dead, purged)
  select channel, sum(accepted), sum(repeats), sum(ignored), sum(strange), sum(conversed), sum(held), sum(refused), sum(dead), sum(purged)
  from d group by channel order by channel
  on conflict (channel) do update
  set accepted = accounts.accepted + excluded.accepted, repeats = accounts.repeats + excluded.repeats,
      ignored = accounts.ignored + excluded.ignored, strange = accounts.strange + excluded.strange,
      conversed = accounts.conversed + excluded.conversed, held = accounts.held + excluded.held,
      refused = accounts.refused + excluded.refused, dead = accounts.dead + excluded.dead, purged = accounts.purged + excluded.purged
),
h as (
  insert into arrivals (channel, hour, n, last_at)
  select channel, date_trunc('hour', at), sum(accepted), max(at) from d where accepted + repeats > 0 group by 1, 2 order by 1, 2
  on conflict (channel, hour) do update set n = arrivals.n + excluded.n, last_at = greatest(arrivals.last_at, excluded.last_at)
),
w as (
  insert into hours (channel, hour, accepted, conversed, held, refused, dead, purged)
  select channel, hour, sum(accepted), sum(conversed), sum(held), sum(refused), sum(dead), sum(purged)
  from d where hour >= now() - interval '36 days' and (accepted, conversed, held, refused, dead, purged) <> (0, 0, 0, 0, 0, 0)
  group by 1, 2 order by 1, 2
  on conflict (channel, hour) do update
  set accepted = hours.accepted + excluded.accepted, conversed = hours.conversed + excluded.conversed, held = hours.held + excluded.held,
      refused = hours.refused + excluded.refused, dead = hours.dead + excluded.dead, purged = hours.purged + excluded.purged
)
select count(*) from d

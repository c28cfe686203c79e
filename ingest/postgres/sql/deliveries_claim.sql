-- Takes what is due of an endpoint for one try each, until $3: as many as the caller can send and as leave no more than $5
-- under way in all processes. In a conversation the next one waits for the end of the one before it. What holds one up is
-- asked for each row by itself: joined, all that waits would be read each time. Where much waits in one conversation, those that
-- are due for the longest are all held up: then the first of each conversation are looked through, and those of none.
with recursive room as materialized (
  select greatest(0, least($4::int, $5::int - (select count(*) from deliveries b
    where b.endpoint = $1 and b.state = 'pending' and b.leased_until is not null and b.leased_until > $2))) as n
),
looked as materialized (
  select d.id, d.lane, d.next_at from deliveries d
  where d.endpoint = $1 and d.state = 'pending' and d.next_at <= $2 and (d.leased_until is null or d.leased_until <= $2)
  order by d.next_at, d.id limit 500
),
early as materialized (
  select l.id, l.lane, l.next_at from looked l
  where l.lane is null
    or l.id = (select b.id from deliveries b where b.endpoint = $1 and b.lane = l.lane and b.state = 'pending' order by b.id limit 1)
  limit (select n from room)
),
short as materialized (select where (select count(*) from early) < (select n from room) and (select count(*) from looked) >= 500),
heads as (
  (select d.id, d.lane, d.next_at, d.leased_until, 1 as n from deliveries d
   where exists (select from short) and d.endpoint = $1 and d.state = 'pending' and d.lane is not null order by d.lane, d.id limit 1)
  union all
  select x.id, x.lane, x.next_at, x.leased_until, h.n + 1 from heads h cross join lateral (
    select d.id, d.lane, d.next_at, d.leased_until from deliveries d
    where d.endpoint = $1 and d.state = 'pending' and d.lane > h.lane order by d.lane, d.id limit 1) x
  where h.n < 2000
),
none as (
  select d.id, d.lane, d.next_at, d.leased_until from deliveries d
  where exists (select from short) and d.endpoint = $1 and d.state = 'pending' and d.lane is null order by d.id limit 2000
),
next as (
  select c.id from (
    select id, lane, next_at from early
    union select id, lane, next_at from heads where next_at <= $2 and (leased_until is null or leased_until <= $2)
    union select id, lane, next_at from none where next_at <= $2 and (leased_until is null or leased_until <= $2)) c
  where c.lane is null or (select b.id from deliveries b where b.endpoint = $1 and b.lane = c.lane and b.state = 'pending'
    and b.leased_until is not null and b.leased_until > $2 limit 1) is null
  order by c.next_at, c.id
  limit (select n from room)
),
taken as (
  update deliveries d set tries = d.tries + 1, spent = d.spent + 1, leased_until = $3 from next where d.id = next.id
  returning d.id, d.tries, d.spent, d.lane, d.event
)
select t.id, t.tries, t.spent, t.lane, coalesce(e.xid::text || '-' || e.id, ''), coalesce(e.type, ''), coalesce(e.at, $2),
  e.conversation, e.contact, e.message, e.data
from taken t left join events e on e.id = t.event
order by t.id
